import Foundation
import TestSupport
import Testing

private typealias Requests = `A published tree`

private func subTree(_ treeID: String) -> String {
  #"{"type":"SubTree","parameters":{"treeId":"\#(treeID)"}}"#
}

private func bonus(_ amount: String = "1") -> String {
  #"{"type":"GrantBonus","parameters":{"amount":\#(amount)}}"#
}

private func condition(_ expression: String, _ yes: String) -> String {
  #"{"type":"Condition","parameters":{"expression":"\#(expression)"},"trueAction":\#(yes)}"#
}

private func sequence(_ actions: String...) -> String {
  #"{"type":"Sequence","actions":[\#(actions.joined(separator: ","))]}"#
}

@Suite struct `A published tree with sub-trees` {
  private let daemon: DaemonProcess
  private let admin: Caller
  private let data: Caller

  /// A connection that counts its streams.
  private final class Caller {
    private let connection: RawConnection
    private var stream: UInt32 = 1

    init(_ path: String) throws { connection = try RawConnection(path: path) }

    func call(_ request: (UInt32) -> [UInt8]) throws -> Wire.Answer {
      defer { stream += 2 }
      return try connection.call(request(stream))
    }
  }

  init() throws {
    daemon = try DaemonProcess(workers: 2)
    admin = try Caller(daemon.adminSocketPath)
    data = try Caller(daemon.socketPath)
  }

  // MARK: Requests

  private func publish(
    _ tree: String, as id: String, _ rest: [UInt8] = Requests.active
  ) throws -> Wire.Answer {
    try admin.call { Requests.publish($0, tree, as: id, rest) }
  }

  private func mustPublish(_ tree: String, as id: String) throws {
    let answer = try publish(tree, as: id)
    try #require(answer.code == 0, "\(answer)")
  }

  private func service(_ method: String, _ id: String, version: UInt64 = 0) throws -> Wire.Answer {
    let payload = Wire.field(1, id) + (version == 0 ? [] : Wire.field(2, version))
    return try admin.call { Requests.service($0, method, payload) }
  }

  private func execute(_ tree: [UInt8], on caller: Caller) throws -> Wire.Answer {
    try caller.call {
      Wire.request(
        stream: $0, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
        payload: tree + Wire.field(5, #"{"a": 7}"#) + Wire.field(6, "p-1"))
    }
  }

  private func execute(
    _ id: String, version: UInt64 = 0, on caller: Caller? = nil
  ) throws -> Wire.Answer {
    let reference = Wire.field(1, id) + (version == 0 ? [] : Wire.field(2, version))
    return try execute(Wire.field(2, reference), on: caller ?? data)
  }

  /// Paths and amounts of the bonuses that an execution has granted: `/subTree 5`.
  private func bonuses(_ answer: Wire.Answer) throws -> [String] {
    try #require(answer.code == 0, "\(answer)")
    return try answer.execution().filter { $0.number == 5 }.map { action in
      let parts = try Wire.fields(of: action.bytes)
      let path = parts.first { $0.number == 2 }.map(\.text) ?? ""
      // `amount` is all that there is: a number, in a value, in an entry of a map, in the parameters.
      var bytes = parts.first { $0.number == 4 }.map(\.bytes) ?? []
      bytes = try Wire.fields(of: bytes).first.map(\.bytes) ?? []
      bytes = try Wire.fields(of: bytes).first { $0.number == 2 }.map(\.bytes) ?? []
      let amount = try #require(try Wire.fields(of: bytes).first { $0.number == 2 })
      return "\(path) \(Double(bitPattern: amount.value))"
    }
  }

  /// `outer` uses `middle`, which uses `inner`.
  private func publishThree() throws {
    try mustPublish(bonus("1"), as: "inner")
    try mustPublish(condition("a > 5", subTree("inner")), as: "middle")
    try mustPublish(sequence(bonus("9"), subTree("middle")), as: "outer")
  }

  private static let three = ["/actions/0 9.0", "/actions/1/subTree/trueAction/subTree 1.0"]

  // MARK: Tests

  @Test func `is decided through three of them`() throws {
    try publishThree()
    #expect(try bonuses(execute("outer")) == Self.three)
    #expect(try bonuses(execute("outer")) == Self.three, "from the cache")
  }

  @Test func `is another on every worker once one deep in it is`() throws {
    try publishThree()
    let callers = try (0..<16).map { _ in try Caller(daemon.socketPath) }
    for amount in 2...12 {
      try mustPublish(bonus("\(amount)"), as: "inner")
      for caller in callers {
        #expect(try bonuses(execute("outer", on: caller)).last?.hasSuffix(" \(amount).0") == true)
      }
    }
    #expect(try service("ActivateTree", "inner", version: 1).code == 0)
    for caller in callers {
      #expect(try bonuses(execute("outer", on: caller)) == Self.three)
    }
  }

  @Test func `is one state of them in every call`() throws {
    try mustPublish(bonus("1"), as: "inner")
    try mustPublish(sequence(subTree("inner"), subTree("inner")), as: "outer")
    let folder = daemon.folder
    let callers = try (0..<4).map { _ in try Caller(daemon.socketPath) }
    for amount in 2...60 {
      // Asked before it is answered: calls run while it is published.
      let publisher = try RawConnection(path: folder.path("a.sock"))
      try publisher.send(Requests.publish(1, bonus("\(amount)"), as: "inner", Requests.active))
      for caller in callers {
        let amounts = try bonuses(execute("outer", on: caller)).map { $0.split(separator: " ")[1] }
        #expect(amounts.count == 2 && amounts[0] == amounts[1], "\(amounts)")
      }
      #expect(try publisher.answer().code == 0)
    }
  }

  @Test func `is refused where one is not there, with its place`() throws {
    let missing = try publish(condition("a", subTree("nobody")), as: "outer")
    #expect(missing.code == 5, "\(missing)")
    #expect(try missing.reason() == "UNKNOWN_TREE")
    #expect(try missing.violatedFields() == ["tree/trueAction/parameters/treeId"])
    #expect(try publish(bonus(), as: "inner", []).code == 0)
    let inactive = try publish(subTree("inner"), as: "outer")
    #expect(inactive.code == 9, "\(inactive)")
    #expect(try inactive.reason() == "INACTIVE_TREE")
    #expect(try service("GetTree", "outer").code == 5)
  }

  @Test func `is refused where it would be part of itself`() throws {
    #expect(try publish(subTree("a"), as: "a").code == 3)
    try mustPublish(bonus(), as: "a")
    try mustPublish(subTree("a"), as: "b")
    try mustPublish(subTree("b"), as: "c")
    let circle = try publish(sequence(bonus(), subTree("c")), as: "a")
    #expect(circle.code == 3, "\(circle)")
    #expect(try circle.reason() == "CYCLIC_TREE")
    #expect(circle.message.contains("`a` → `c` → `b` → `a`"), "\(circle)")
    #expect(try bonuses(execute("c")) == ["/subTree/subTree 1.0"])
  }

  @Test func `is not broken by another version of one of them`() throws {
    try publishThree()
    // Alone it is sound; 63 deep, it is too deep for both that use it.
    let deep = (0..<62).reduce(bonus()) { tree, _ in condition("a", tree) }
    let refused = try publish(deep, as: "inner")
    #expect(refused.code == 9, "\(refused)")
    #expect(try refused.reason() == "BREAKS_USER")
    #expect(refused.message.contains("`middle`") && refused.message.contains("`outer`"))
    #expect(refused.message.contains("/subTree/"), "\(refused)")
    #expect(try service("GetTree", "inner", version: 2).code == 5, "nothing was kept")
    #expect(try bonuses(execute("outer")) == Self.three)
    // It may be kept, with a warning, and not activated.
    let kept = try publish(deep, as: "inner", [])
    #expect(kept.code == 0, "\(kept)")
    let codes = try Wire.fields(of: kept.payload).filter { $0.number == 3 }.map {
      try Wire.fields(of: $0.bytes).first { $0.number == 2 }.map(\.text) ?? ""
    }
    #expect(codes.filter { $0 == "BREAKS_USER" }.count == 2, "\(codes)")
    let activated = try service("ActivateTree", "inner", version: 2)
    #expect(activated.code == 9, "\(activated)")
    #expect(try activated.reason() == "BREAKS_USER")
    #expect(try bonuses(execute("outer")) == Self.three)
  }

  @Test func `is told of before a version is kept`() throws {
    try publishThree()
    let deep = (0..<62).reduce(bonus()) { tree, _ in condition("a", tree) }
    let validateOnly = Wire.field(10, 1 as UInt64)
    let refused = try publish(deep, as: "inner", Requests.active + validateOnly)
    #expect(try refused.reason() == "BREAKS_USER", "\(refused)")
    #expect(try publish(deep, as: "inner", validateOnly).code == 0)
    #expect(try publish(bonus("5"), as: "inner", Requests.active + validateOnly).code == 0)
    #expect(try service("GetTree", "inner", version: 2).code == 5)
  }

  @Test func `is checked by its own schema when one of them changes`() throws {
    try mustPublish(bonus(), as: "inner")
    let schema =
      #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#
    let outer = try publish(
      subTree("inner"), as: "outer", Requests.active + Wire.field(4, schema))
    #expect(outer.code == 0, "\(outer)")
    let changed = try publish(condition("a > 5", bonus()), as: "inner")
    #expect(changed.code == 0, "\(changed)")
    let messages = try Wire.fields(of: changed.payload).filter { $0.number == 3 }.compactMap {
      try Wire.fields(of: $0.bytes).first { $0.number == 6 }?.text
    }
    #expect(
      messages.contains { $0.contains("`outer` at `/subTree/parameters/expression`") },
      "\(messages)")
  }

  @Test func `keeps those from being retired`() throws {
    try publishThree()
    let inUse = try service("RetireTree", "inner")
    #expect(inUse.code == 9, "\(inUse)")
    #expect(try inUse.reason() == "IN_USE")
    #expect(try service("RetireTree", "outer").code == 0)
    #expect(try service("RetireTree", "middle").code == 0)
    #expect(try service("RetireTree", "inner").code == 0)
    // Its first version is still there to be called, and what it uses is not.
    let alone = try execute("middle", version: 1)
    #expect(alone.code == 9, "\(alone)")
    #expect(try alone.reason() == "INACTIVE_TREE")
    #expect(try service("ActivateTree", "middle", version: 1).code == 9)
    #expect(try service("ActivateTree", "inner", version: 1).code == 0)
    #expect(try service("ActivateTree", "middle", version: 1).code == 0)
    #expect(try execute("middle").code == 0)
  }

  @Test func `may be sent with the call`() throws {
    try mustPublish(bonus("3"), as: "inner")
    let tree = Wire.field(1, condition("a > 5", subTree("inner")))
    #expect(try bonuses(execute(tree, on: data)) == ["/trueAction/subTree 3.0"])
    try mustPublish(bonus("4"), as: "inner")
    #expect(try bonuses(execute(tree, on: data)) == ["/trueAction/subTree 4.0"])
    let missing = Wire.field(1, subTree("later"))
    #expect(try execute(missing, on: data).code == 5)
    try mustPublish(bonus("6"), as: "later")
    #expect(try bonuses(execute(missing, on: data)) == ["/subTree 6.0"], "it is there now")
  }

  @Test func `says in its log lines which versions ran`() throws {
    try publishThree()
    try mustPublish(bonus("2"), as: "inner")
    #expect(try execute("outer").code == 0)
    let isThere = waitUntil(within: .seconds(10)) {
      daemon.log().contains(#""sub_trees":"middle@1 inner@2""#)
    }
    #expect(isThere, "\(daemon.log())")
  }

  @Test func `says which trees it uses`() throws {
    try publishThree()
    let got = try service("GetTree", "outer")
    let version = try Wire.fields(
      of: #require(Wire.fields(of: got.payload).first { $0.number == 1 }).bytes)
    #expect(version.filter { $0.number == 13 }.map(\.text) == ["middle"])
  }
}
