import Foundation
import TestSupport
import Testing

/// The format's origin, as it stands in the documentation.
let mariaTree = """
  {
    "type": "Condition",
    "parameters": { "expression": "daysInactive > 5" },
    "trueAction":  { "type": "SendSMS",   "parameters": { "phone": "+1234567890", "message": "We miss you!" } },
    "falseAction": { "type": "SendEmail", "parameters": { "from": "promo@game.com", "to": "maria@example.com", "subject": "New offers await!" } }
  }
  """

@Suite struct `Maria's decision over the socket` {
  private let daemon: DaemonProcess
  private let connection: RawConnection

  init() throws {
    daemon = try DaemonProcess(workers: 1)
    connection = try RawConnection(path: daemon.socketPath)
  }

  @Test(arguments: [(7, "SendSMS"), (5, "SendEmail")])
  func `follows her context`(daysInactive: Int, action: String) throws {
    let answer = try connection.call(
      Wire.executeTree(stream: 1, tree: mariaTree, context: #"{"daysInactive": \#(daysInactive)}"#))
    #expect(answer.code == 0, "\(answer)")
    let actions = try answer.actions()
    #expect(actions.map(\.type) == [action])
    #expect(actions.map(\.status) == [1])
  }

  @Test func `is the same for the tree and the context as messages`() throws {
    func object(_ fields: [(String, [UInt8])]) -> [UInt8] {
      fields.flatMap { Wire.field(1, Wire.field(1, $0.0) + Wire.field(2, $0.1)) }
    }
    func text(_ text: String) -> [UInt8] { Wire.field(3, text) }
    let number: [UInt8] =
      [2 << 3 | 1] + withUnsafeBytes(of: 7.0.bitPattern.littleEndian, Array.init)
    let sms =
      Wire.field(1, "SendSMS")
      + Wire.field(2, object([("phone", text("+1234567890")), ("message", text("We miss you!"))]))
    let node =
      Wire.field(1, "Condition") + Wire.field(2, object([("expression", text("daysInactive > 5"))]))
      + Wire.field(3, sms)
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
        payload: Wire.field(3, node) + Wire.field(4, object([("daysInactive", number)]))))
    #expect(answer.code == 0, "\(answer)")
    #expect(try answer.actions().map(\.type) == ["SendSMS"])
  }

  @Test func `leaves one structured line for each accepted action`() throws {
    let answer = try connection.call(
      Wire.executeTree(stream: 1, tree: mariaTree, context: #"{"daysInactive": 9}"#))
    let execution = try #require(try answer.execution().first { $0.number == 1 }?.text)
    var record: [String: Any]?
    let found = waitUntil(within: .seconds(10)) {
      record = try? daemon.logRecords().first { $0["execution_id"] as? String == execution }
      return record != nil
    }
    #expect(found, "\(daemon.log())")
    #expect(record?["type"] as? String == "SendSMS")
    #expect(record?["status"] as? String == "ACCEPTED")
    #expect(record?["player_id"] as? String == "p-1001")
    #expect((record?["action_id"] as? String)?.count == 36)
    #expect((record?["tree_digest"] as? String)?.count == 64)
    #expect((record?["parameters"] as? [String: Any])?["phone"] as? String == "+1234567890")
    #expect((record?["time"] as? String)?.hasSuffix("Z") == true)
  }

  @Test func `performs nothing in a dry run`() throws {
    let answer = try connection.call(
      Wire.executeTree(
        stream: 1, tree: mariaTree, context: #"{"daysInactive": 9}"#, options: Wire.field(1, 1)))
    #expect(try answer.actions().map(\.status) == [4])
    #expect(try answer.execution().first { $0.number == 2 }?.value == 3)
  }

  @Test func `is answered for every player of a batch, each on its own`() throws {
    let items = [#"{"daysInactive": 9}"#, #"{"daysInactive": 1}"#, "{}", "["].flatMap {
      Wire.field(4, Wire.field(2, $0) + Wire.field(3, "p"))
    }
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: Wire.field(1, mariaTree) + items))
    #expect(answer.code == 0, "\(answer)")
    let results = try Wire.fields(of: answer.payload).map { try Wire.fields(of: $0.bytes) }
    let codes = try results.map { fields in
      guard let error = fields.first(where: { $0.number == 2 }) else { return 0 }
      return try Int(Wire.fields(of: error.bytes).first { $0.number == 1 }?.value ?? 0)
    }
    #expect(codes == [0, 0, 9, 3])
  }
}

@Suite struct `A wrong request` {
  private let daemon: DaemonProcess
  private let connection: RawConnection

  init() throws {
    daemon = try DaemonProcess(workers: 1)
    connection = try RawConnection(path: daemon.socketPath)
  }

  private static let sms = #"{"type":"SendSMS","parameters":{"phone":"+1","message":"x"}}"#

  private static func condition(_ expression: String) -> String {
    #"{"type":"Condition","parameters":{"expression":"\#(expression)"},"trueAction":"#
      + #"{"type":"SendSMS","parameters":{"phone":"+1234567890","message":"x"}}}"#
  }

  @Test(arguments: [
    ("{", "tree"),
    (#"{"type":"Condition","type":"Condition"}"#, "tree"),
    (condition("daysInactive >"), "tree/parameters/expression"),
    (sms, "tree/parameters/phone"),
    (#"{"type":"Nonsense"}"#, "tree/type"),
  ])
  func `in the tree is refused at its place`(tree: String, field: String) throws {
    let answer = try connection.call(Wire.executeTree(stream: 1, tree: tree))
    #expect(answer.code == 3, "\(answer)")
    let fields = try answer.violatedFields()
    #expect(fields.contains(field), "\(fields)")
  }

  @Test(arguments: [
    "[]", "{", #"{"a":1,"a":2}"#, #"{"a":"\ud800"}"#, #"{"a":1e400}"#, "\u{FEFF}{}",
  ])
  func `in the context is refused`(context: String) throws {
    let answer = try connection.call(
      Wire.executeTree(stream: 1, tree: Self.condition("true"), context: context))
    #expect(answer.code == 3, "\(answer)")
    #expect(try answer.violatedFields() == ["context"])
  }

  @Test func `of an unknown property names it`() throws {
    let answer = try connection.call(
      Wire.executeTree(stream: 1, tree: Self.condition("daysInactiv > 5")))
    #expect(answer.code == 9, "\(answer)")
    #expect(try answer.reason() == "UNKNOWN_PROPERTY")
  }

  @Test(arguments: [(1024, 0), (1025, 3)])
  func `whose player has too long an ID is refused, in a batch too`(bytes: Int, code: Int) throws {
    let player = String(repeating: "p", count: bytes)
    let context = #"{"daysInactive": 9}"#
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
        payload: Wire.field(1, mariaTree) + Wire.field(5, context) + Wire.field(6, player)))
    #expect(Int(answer.code) == code, "\(answer)")
    if code != 0 { #expect(try answer.violatedFields() == ["player_id"]) }
    let item = Wire.field(4, Wire.field(2, context) + Wire.field(3, player))
    let batch = try connection.call(
      Wire.request(
        stream: 3, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: Wire.field(1, mariaTree) + item))
    let results = try Wire.fields(of: batch.payload).map { try Wire.fields(of: $0.bytes) }
    #expect(results.map { $0.contains { $0.number == 2 } } == [code != 0])
  }

  @Test func `of a negative timeout is refused`() throws {
    let answer = try connection.call(
      Wire.executeTree(stream: 1, tree: mariaTree, timeoutNanoseconds: -1))
    #expect(answer.code == 3, "\(answer)")
  }

  @Test(arguments: [
    (Wire.field(4, "mt"), "locale")
  ])
  func `for an option that is not there yet is refused by name`(
    options: [UInt8], name: String
  ) throws {
    let answer = try connection.call(
      Wire.executeTree(
        stream: 1, tree: mariaTree, context: #"{"daysInactive": 9}"#, options: options))
    #expect(answer.code == 12, "\(answer)")
    #expect(answer.message.contains(name))
  }

  @Test func `on the wrong socket is not permitted`() throws {
    let answer = try connection.call(
      Wire.request(stream: 1, service: "smartflow.v1.AdminService", method: "GetServerInfo"))
    #expect(answer.code == 7, "\(answer)")
  }

  @Test func `nested a hundred thousand deep is refused and harms nobody`() throws {
    // Lists in lists, from the inside out: each level is a value that holds a list of one value.
    var reversed: [UInt8] = []
    for _ in 0..<100_000 {
      for field: UInt8 in [1, 6] {
        reversed += Wire.varint(UInt64(reversed.count)).reversed() + [field << 3 | 2]
      }
    }
    let context = Wire.field(1, Wire.field(1, "a") + Wire.field(2, Array(reversed.reversed())))
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
        payload: Wire.field(1, mariaTree) + Wire.field(4, context)))
    #expect(answer.code == 3, "\(answer)")
    let next = try connection.call(
      Wire.executeTree(stream: 3, tree: mariaTree, context: #"{"daysInactive": 9}"#))
    #expect(next.code == 0)
  }

  @Test func `of four mebibytes of empty items is refused and harms nobody`() throws {
    let items = (0..<1_900_000).flatMap { _ in [0x22, 0x00] as [UInt8] }
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: Wire.field(1, mariaTree) + items))
    #expect(answer.code == 8 || answer.code == 3, "\(answer)")
  }
}
