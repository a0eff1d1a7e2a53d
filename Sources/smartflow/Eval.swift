internal import ArgumentParser
internal import DecisionEngine
internal import Filtrex
internal import JSON

/// `smartflow eval`: one expression, without a daemon.
struct Eval: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate an expression here, without a daemon.",
    discussion: """
      smartflow eval 'daysInactive > 5 and tier == "Gold"' --set daysInactive=7 --set tier=Gold

      With --batch, each line of standard input is an object {"expression": …, "context": {…}}, \
      and each gives one line: {"value": …}, or {"error": "UNKNOWN_PROPERTY", "property": …, \
      "message": …, "start": …, "end": …}. A number that JSON can't hold is {"$number": "NaN"}, \
      "Infinity", "-Infinity" or "-0".
      """)

  @Argument(help: "The expression.")
  var expression: String?

  @OptionGroup var context: ContextOptions

  @Flag(help: "Read lines of JSON from standard input, and answer each with a line.")
  var batch = false

  @Flag(help: "Print the answer as JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "The instant that now() gives: Unix seconds or 2026-11-24T10:00:00Z; the default is now.",
      valueName: "instant"))
  var now: Instant?

  func validate() throws {
    guard batch == (expression == nil) else {
      throw ValidationError("Give either an expression or --batch.")
    }
  }

  func run() async throws {
    try await reporting {
      if batch { try runBatch() } else { try runOnce(expression ?? "") }
    }
  }

  private func runOnce(_ expression: String) throws(Failure) {
    let value: JSONValue = try context.value()
    let properties = Context(Value(value))
    if let violation = properties.violation { throw Failure(.badData, "the context: \(violation)") }
    let answer = Evaluation(
      of: expression, in: properties, now: now?.unixSeconds ?? Clock.unixSeconds)
    if json {
      Terminal.print(answer.json.compactText)
    } else {
      switch answer {
      case .value(let value): Terminal.print(JSONValue(exact: value).compactText)
      case .diagnostics(let diagnostics):
        for diagnostic in diagnostics {
          Terminal.complain(
            Excerpt.text(
              of: expression, range: diagnostic.range,
              message: "\(diagnostic.severity): \(diagnostic.message)"))
        }
      case .failure(let error):
        Terminal.complain(
          Excerpt.text(of: expression, range: error.range, message: "error: \(error.message)"))
      }
    }
    guard case .value = answer else {
      throw Failure(.badData, "the expression has no value")
    }
  }

  private func runBatch() throws(Failure) {
    var badLines = 0
    while let line = Terminal.readLine() {
      if line.allSatisfy(\.isWhitespace) { continue }
      do throws(Failure) {
        Terminal.print(try answer(line).compactText)
      } catch {
        badLines += 1
        Terminal.print(
          JSONValue.object([
            ("error", .string("BAD_LINE")), ("message", .string(error.description)),
          ])
          .compactText)
      }
    }
    if badLines > 0 { throw Failure(.badData, "\(badLines) lines were not as they should be") }
  }

  private func answer(_ line: String) throws(Failure) -> JSONValue {
    let value: JSONValue
    do throws(JSONError) {
      value = unsafe try JSONParser.parse(Array(line.utf8).span.bytes)
    } catch {
      throw Failure(.badData, "the line is not JSON: \(error)")
    }
    guard case .object(let object) = value, case .string(let expression)? = object["expression"]
    else { throw Failure(.badData, "the line is no object with a text `expression`") }
    let properties = object["context"] ?? .object(JSONObject())
    guard case .object = properties else {
      throw Failure(.badData, "`context` is not an object")
    }
    let context = Context(Value(properties))
    if let violation = context.violation {
      throw Failure(.badData, "`context`: \(violation)")
    }
    return Evaluation(of: expression, in: context, now: now?.unixSeconds ?? Clock.unixSeconds).json
  }
}
