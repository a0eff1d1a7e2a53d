import Foundation
import TestSupport
import Testing

@Suite struct `A trace over the socket` {
  private let daemon: DaemonProcess
  private let connection: RawConnection

  init() throws {
    daemon = try DaemonProcess(workers: 1)
    connection = try RawConnection(path: daemon.socketPath)
  }

  /// `ExecutionOptions` of a dry run that is traced.
  private static let options = Wire.field(1, 1) + Wire.field(2, 1)

  private static func condition(_ expression: String) -> String {
    #"{"type":"Condition","parameters":{"expression":"\#(expression)"},"trueAction":"#
      + #"{"type":"SendSMS","parameters":{"phone":"+1234567890","message":"{{name}}"}}}"#
  }

  private func execute(_ tree: String, _ context: String) throws -> Wire.Answer {
    try connection.call(
      Wire.executeTree(stream: 1, tree: tree, context: context, options: Self.options))
  }

  /// The fields of each step of an execution.
  private func steps(of execution: [Wire.Field]) throws -> [[Wire.Field]] {
    try execution.filter { $0.number == 6 }.map { try Wire.fields(of: $0.bytes) }
  }

  private func nanoseconds(of step: [Wire.Field]) throws -> UInt64 {
    let duration = try #require(step.first { $0.number == 7 })
    return try Wire.fields(of: duration.bytes).first { $0.number == 2 }?.value ?? 0
  }

  private func reads(of step: [Wire.Field]) throws -> [(name: String, value: String, missing: Bool)]
  {
    try step.filter { $0.number == 8 }.map {
      let parts = try Wire.fields(of: $0.bytes)
      return (
        parts.first { $0.number == 1 }?.text ?? "", parts.first { $0.number == 2 }?.text ?? "",
        parts.first { $0.number == 3 }?.value == 1
      )
    }
  }

  @Test func `tells the value, the time and what was read of each expression`() throws {
    let answer = try execute(
      Self.condition("vip or wallet.cash > 5 and missing"),
      #"{"vip":true,"wallet":{"cash":9},"name":"Maria"}"#)
    #expect(answer.code == 0, "\(answer)")
    let steps = try steps(of: answer.execution())
    #expect(steps.count == 2)
    #expect(steps[0].first { $0.number == 4 }?.text == "true")
    #expect(steps[0].first { $0.number == 9 }?.text == "/parameters/expression")
    // What stands behind the `or` was not needed.
    #expect(try reads(of: steps[0]).map(\.name) == ["vip"])
    #expect(try reads(of: steps[1]).map(\.value) == ["\"Maria\""])
    #expect(steps[1].first { $0.number == 9 }?.text == "/trueAction/parameters/message")
    let elapsed = try #require(try answer.execution().first { $0.number == 7 })
    let whole = try Wire.fields(of: elapsed.bytes).first { $0.number == 2 }?.value ?? 0
    let parts = try steps.map { try nanoseconds(of: $0) }
    #expect(parts.allSatisfy { $0 > 0 } && parts.reduce(0, +) <= whole, "\(parts) of \(whole)")
  }

  @Test func `comes with a failure too, up to where it failed`() throws {
    let tree =
      #"{"type":"Switch","cases":[{"expression":"n > 5","action":\#(Self.condition("true"))},"#
      + #"{"expression":"n > x","action":\#(Self.condition("true"))}]}"#
    let answer = try execute(tree, #"{"n":3}"#)
    #expect(answer.code == 9, "\(answer)")
    let detail = try #require(
      answer.details.first { $0.type == "type.googleapis.com/smartflow.v1.Execution" })
    let execution = try Wire.fields(of: detail.value)
    #expect(execution.first { $0.number == 1 }?.text.count == 36)
    #expect(execution.first { $0.number == 4 }?.bytes.count == 32)
    // Nothing was decided, so that there is neither a status nor an action.
    #expect(!execution.contains { $0.number == 2 || $0.number == 5 })
    let steps = try steps(of: execution)
    #expect(steps.map { $0.first { $0.number == 4 }?.text } == ["false", nil])
    #expect(try reads(of: steps[1]).map(\.missing) == [false, true])
    let error = try #require(steps[1].first { $0.number == 5 })
    #expect(try Wire.fields(of: error.bytes).first { $0.number == 1 }?.value == 9)
    let facts = try #require(try answer.detail("google.rpc.ErrorInfo"))
    let metadata = try facts.filter { $0.number == 3 }.map { try Wire.fields(of: $0.bytes) }
      .map { fields in fields.map(\.text).joined(separator: "=") }
    #expect(metadata.contains("start=4") && metadata.contains("end=5"), "\(metadata)")
    let untraced = try connection.call(
      Wire.executeTree(stream: 3, tree: tree, context: #"{"n":3}"#))
    #expect(untraced.code == 9)
    #expect(untraced.details.map(\.type) == ["type.googleapis.com/google.rpc.ErrorInfo"])
  }

  @Test func `comes with each item of a batch, failed or not, and the tree's digest`() throws {
    let items = [#"{"n":7,"name":"Maria"}"#, #"{"n":"x"}"#].flatMap {
      Wire.field(4, Wire.field(2, $0) + Wire.field(3, "p"))
    }
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: Wire.field(1, Self.condition("n > 5")) + items + Wire.field(5, Self.options)))
    #expect(answer.code == 0, "\(answer)")
    let results = try Wire.fields(of: answer.payload).map { try Wire.fields(of: $0.bytes) }
    #expect(results.count == 2)
    let first = try Wire.fields(of: try #require(results[0].first { $0.number == 1 }).bytes)
    #expect(try steps(of: first).count == 2)
    let digest = try #require(first.first { $0.number == 4 }?.bytes)
    #expect(digest.count == 32 && digest.contains { $0 != 0 })
    let error = try Wire.fields(of: try #require(results[1].first { $0.number == 2 }).bytes)
    let types = try error.filter { $0.number == 3 }.map {
      try Wire.fields(of: $0.bytes).first { $0.number == 1 }?.text
    }
    #expect(types.contains("type.googleapis.com/smartflow.v1.Execution"), "\(types)")
  }

  @Test func `cuts long values, and leaves out the end of what is too long, and says both`() throws
  {
    let names = ["a", "b", "c", "d", "e"]
    let expression = names.map { "length(\($0)) < 0" }.joined(separator: " or ")
    let branch =
      #"{"type":"Condition","parameters":{"expression":"\#(expression)"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}"#
    func sequence(_ count: Int, _ element: String) -> String {
      let elements = Array(repeating: element, count: count).joined(separator: ",")
      return #"{"type":"Sequence","actions":[\#(elements)]}"#
    }
    let text = String(repeating: "é", count: 2_000)
    let context = names.map { #""\#($0)":"\#(text)""# }.joined(separator: ",")
    let answer = try connection.call(
      Wire.executeTree(
        stream: 1, tree: sequence(6, sequence(100, branch)), context: "{\(context)}",
        options: Self.options, timeoutNanoseconds: 5_000_000_000))
    #expect(answer.code == 0, "\(answer.message)")
    #expect((500_000..<1 << 20).contains(answer.payload.count), "\(answer.payload.count)")
    let steps = try steps(of: answer.execution())
    let omitted = try answer.execution().first { $0.number == 10 }?.value ?? 0
    #expect(steps.count > 300 && omitted > 0 && steps.count + Int(omitted) == 600)
    for read in try #require(steps.first).filter({ $0.number == 8 }) {
      let parts = try Wire.fields(of: read.bytes)
      #expect((500...512).contains(parts.first { $0.number == 2 }?.bytes.count ?? 0))
      #expect(parts.first { $0.number == 4 }?.value == 1)
    }
  }

  @Test func `is the same decision as one without it`() throws {
    let tree = Self.condition("n > 5")
    let traced = try execute(tree, #"{"n":7,"name":"Maria"}"#)
    let plain = try connection.call(
      Wire.executeTree(
        stream: 3, tree: tree, context: #"{"n":7,"name":"Maria"}"#, options: Wire.field(1, 1)))
    #expect(try traced.actions().map(\.type) == plain.actions().map(\.type))
    let fuel = try [traced, plain].map { try $0.execution().first { $0.number == 8 }?.value }
    #expect(fuel[0] == fuel[1] && fuel[0] != nil)
    #expect(try steps(of: plain.execution()).isEmpty)
  }
}
