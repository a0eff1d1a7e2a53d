internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages

/// `smartflow log-level`: how much the daemon writes, changed while it runs.
struct LogLevel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-level",
    abstract: "Show or change which lines the daemon writes to its log.",
    discussion: """
      trace, debug, info, notice, warning, error or critical; without a level, says what it is. From debug on \
      there is a line for every request, and up to info one for every action; what was accepted is in the audit \
      whatever the level. Asks the admin socket.
      """)

  @Argument(help: "The level from now on.")
  var level: String?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "How long it holds, a week at most: 30s, 10m, 2h. Then the one before comes back.",
      valueName: "time"))
  var time: String?

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func run() async throws {
    try await reporting {
      let answer = try await connection.call(try request())
      Terminal.print(json ? Self.report(answer).compactText : Self.text(of: answer))
    }
  }

  private func request() throws(Failure) -> SetLogLevelRequest {
    guard let level else {
      guard time == nil else { throw Failure(.usage, "--for belongs to a level; give one") }
      return SetLogLevelRequest()
    }
    let known = LogLevelMessage.allCases.first { $0 != .unspecified && "\($0)" == level }
    guard let known else {
      throw Failure(
        .usage,
        "`\(level)` is no level; use trace, debug, info, notice, warning, error or critical")
    }
    guard let time else { return SetLogLevelRequest(level: known) }
    guard let duration = Self.duration(time) else {
      throw Failure(.usage, "`\(time)` is no time; use 30s, 10m or 2h, a week at most")
    }
    return SetLogLevelRequest(level: known, duration: duration)
  }

  private static func duration(_ text: String) -> Duration? {
    let seconds: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ seconds[$0] }), let count = Int(text.dropLast()),
      count > 0, count <= 7 * 86_400 / unit
    else { return nil }
    return .seconds(count * unit)
  }

  private static func text(of answer: SetLogLevelResponse) -> String {
    guard let remaining = answer.remaining else { return "\(answer.level)" }
    let seconds = remaining.components.seconds + 1
    return "\(answer.level), for \(seconds) s at most, then \(answer.usual)"
  }

  private static func report(_ answer: SetLogLevelResponse) -> JSONValue {
    .object([
      ("level", .string("\(answer.level)")), ("previous", .string("\(answer.previous)")),
      (
        "remainingSeconds",
        answer.remaining.map { .number(Double($0.components.seconds)) } ?? .null
      ),
      ("usual", .string("\(answer.usual)")),
    ])
  }
}
