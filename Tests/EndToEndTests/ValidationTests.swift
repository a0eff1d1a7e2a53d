import Foundation
import TestSupport
import Testing

@Suite struct `ValidateTree over the socket` {
  private let daemon: DaemonProcess
  private let connection: RawConnection

  init() throws {
    daemon = try DaemonProcess(workers: 1)
    connection = try RawConnection(path: daemon.socketPath)
  }

  private struct Found {
    var severity: UInt64
    var code: String
    var path: String
    var range: Range<UInt64>
    var message: String
  }

  private func validate(
    stream: UInt32, _ tree: String, schema: String? = nil, timeout: Int64 = 0
  ) throws -> Wire.Answer {
    try connection.call(
      Wire.request(
        stream: stream, service: "smartflow.v1.ExecutionService", method: "ValidateTree",
        payload: Wire.field(1, tree) + (schema.map { Wire.field(3, $0) } ?? []),
        timeoutNanoseconds: timeout))
  }

  private func found(_ answer: Wire.Answer) throws -> [Found] {
    try Wire.fields(of: answer.payload).filter { $0.number == 2 }.map {
      let fields = try Wire.fields(of: $0.bytes)
      func field(_ number: UInt64) -> Wire.Field? { fields.first { $0.number == number } }
      return Found(
        severity: field(1)?.value ?? 0, code: field(2)?.text ?? "", path: field(3)?.text ?? "",
        range: (field(4)?.value ?? 0)..<(field(5)?.value ?? 0), message: field(6)?.text ?? "")
    }
  }

  private func isValid(_ answer: Wire.Answer) throws -> Bool {
    try Wire.fields(of: answer.payload).first { $0.number == 1 }?.value == 1
  }

  private static let bonus = #"{"type":"GrantBonus","parameters":{"amount":1}}"#

  private static func condition(_ expression: String, _ yes: String, _ no: String) -> String {
    #"{"type":"Condition","parameters":{"expression":"\#(expression)"},"trueAction":\#(yes),"falseAction":\#(no)}"#
  }

  private static let schema =
    #"{"type":"object","required":["level"],"properties":{"level":{"type":"integer","minimum":1,"maximum":50}}}"#

  @Test func `says what the schema makes certain, and leaves the tree valid`() throws {
    let tree = Self.condition(
      "level > 3", Self.bonus, Self.condition("level > 5 or lvel > 1", Self.bonus, Self.bonus))
    let answer = try validate(stream: 1, tree, schema: Self.schema)
    #expect(answer.code == 0, "\(answer)")
    #expect(try isValid(answer))
    let diagnostics = try found(answer)
    #expect(diagnostics.map(\.code) == ["ALWAYS_FALSE", "UNKNOWN_PROPERTY"])
    #expect(diagnostics.map(\.severity) == [3, 2])
    #expect(
      diagnostics.map(\.path) == Array(repeating: "/falseAction/parameters/expression", count: 2))
    #expect(diagnostics.map(\.range) == [0..<9, 13..<17])
    #expect(diagnostics.last?.message.contains("did you mean `level`?") == true)
  }

  @Test func `says more of a tree with a schema than without, and keeps neither for the other`()
    throws
  {
    let tree = Self.condition("level > 100", Self.bonus, Self.bonus)
    #expect(try found(validate(stream: 1, tree)).isEmpty)
    #expect(
      try found(validate(stream: 3, tree, schema: Self.schema)).map(\.code) == ["ALWAYS_FALSE"])
    #expect(try found(validate(stream: 5, tree)).isEmpty)
  }

  @Test func `finds without a schema what no context can make true`() throws {
    let tree = Self.condition(
      "x > 3", Self.bonus, Self.condition("x > 5", Self.bonus, Self.bonus))
    let diagnostics = try found(validate(stream: 1, tree))
    #expect(diagnostics.map(\.code) == ["UNREACHABLE_BRANCH"])
    #expect(diagnostics.first?.message.contains("`/falseAction/trueAction`") == true)
  }

  @Test(arguments: [
    ("{", "context_schema"), (#"{"type":"nope"}"#, "context_schema/type"),
    (#"{"properties":{"a":{"not":{}}}}"#, "context_schema/properties/a/not"),
    ("[]", "context_schema"), (#"{"type":"array"}"#, "context_schema"),
  ])
  func `refuses a schema that is none, at its place`(schema: String, field: String) throws {
    let answer = try validate(stream: 1, Self.bonus, schema: schema)
    #expect(answer.code == 3, "\(answer)")
    #expect(try answer.violatedFields() == [field])
  }

  @Test func `tells a slip in the schema beside what it finds in the tree`() throws {
    let answer = try validate(
      stream: 1, Self.bonus, schema: #"{"type":"object","requird":["level"]}"#)
    #expect(answer.code == 0, "\(answer)")
    #expect(try found(answer).map(\.code) == ["UNKNOWN_KEYWORD"])
  }

  @Test func `lets others have their turn while it checks a large tree`() throws {
    let cases = (0..<100).map { #"{"expression":"x == \#($0)","action":\#(Self.bonus)}"# }
    let choice = #"{"type":"Switch","cases":[\#(cases.joined(separator: ","))]}"#
    let tree =
      #"{"type":"Sequence","actions":[\#(Array(repeating: choice, count: 20).joined(separator: ","))]}"#
    func request(_ stream: UInt32) -> [UInt8] {
      Wire.request(
        stream: stream, service: "smartflow.v1.ExecutionService", method: "ValidateTree",
        payload: Wire.field(1, tree) + Wire.field(3, #"{"type":"object"}"#),
        timeoutNanoseconds: 5_000_000_000)
    }
    // The second time the tree is known already, so that all there is to do is the check.
    #expect(try connection.call(request(1)).code == 0)
    try connection.send(
      request(3)
        + Wire.executeTree(
          stream: 5, tree: mariaTree, context: #"{"daysInactive": 7}"#,
          timeoutNanoseconds: 5_000_000_000))
    let first = try connection.answer()
    #expect(first.stream == 5, "the light call waited for the whole check")
    let second = try connection.answer()
    #expect(second.stream == 3 && second.code == 0, "\(second.code) \(second.message)")
    #expect(try found(second).isEmpty)
  }
}
