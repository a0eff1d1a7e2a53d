internal import ArgumentParser
internal import JSON

/// Where the player's properties come from.
struct ContextOptions: ParsableArguments {
  @Option(
    name: [.customLong("context"), .customShort("c")],
    help: ArgumentHelp(
      "A file with the context, one JSON object; - is standard input.", valueName: "file"))
  var contextFile: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      """
      A property to set, after the file's: key=value. The value is JSON where it is JSON \
      (7, true, [1,2], "7"), else a text as it stands. May be repeated.
      """,
      valueName: "key=value"))
  var assignments: [String] = []

  /// The context as one JSON object.
  ///
  /// - Parameter base: What is set in where no file is given.
  /// - Returns: The object.
  /// - Throws: ``Failure`` where the file can't be read, or an option is not of its form.
  func value(over base: JSONObject = JSONObject()) throws(Failure) -> JSONValue {
    var object = base
    if let contextFile {
      let bytes = try Terminal.read(contextFile, what: "context")
      let value: JSONValue
      do throws(JSONError) {
        // Safe: bytes of any content are bytes, here and below.
        value = unsafe try JSONParser.parse(bytes.span.bytes)
      } catch {
        throw Failure(.badData, "context `\(contextFile)` is not JSON: \(error)")
      }
      guard case .object(let read) = value else {
        throw Failure(.badData, "context `\(contextFile)` is not a JSON object")
      }
      object = read
    }
    for assignment in assignments {
      guard let separator = assignment.firstIndex(of: "="), separator != assignment.startIndex
      else { throw Failure(.usage, "--set `\(assignment)` is not of the form key=value") }
      let text = String(assignment[assignment.index(after: separator)...])
      object[String(assignment[..<separator])] = Self.value(of: text)
    }
    return .object(object)
  }

  private static func value(of text: String) -> JSONValue {
    do throws(JSONError) {
      return unsafe try JSONParser.parse(Array(text.utf8).span.bytes)
    } catch {
      // Not JSON, so it is meant as it stands: --set tier=Gold.
      return .string(text)
    }
  }
}
