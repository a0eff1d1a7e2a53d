import Foundation
import TestSupport
import Testing

/// Contexts that a worker reads a slice at a time.
@Suite struct `A large context` {
  private let daemon: DaemonProcess
  private let connection: RawConnection

  init() throws {
    daemon = try DaemonProcess(workers: 1)
    connection = try RawConnection(path: daemon.socketPath)
  }

  enum Form: CaseIterable {
    case json, messages
  }

  private static let service = "smartflow.v1.ExecutionService"

  /// A context of so many properties, and of how long the player is inactive.
  private func context(
    _ form: Form, properties: Int, daysInactive: Int = 9, text: Int = 0, in item: Bool = false
  ) -> [UInt8] {
    let (structure, json): (UInt64, UInt64) = item ? (1, 2) : (4, 5)
    switch form {
    case .json:
      let members =
        (0..<properties).map { #""k\#($0 &* 7919 % 10_007)":\#($0)"# }
        + [#""t":"\#(String(repeating: "x", count: text))""#, #""daysInactive":\#(daysInactive)"#]
      return Wire.field(json, "{\(members.joined(separator: ","))}")
    case .messages:
      func number(_ value: Int) -> [UInt8] {
        [2 << 3 | 1] + withUnsafeBytes(of: Double(value).bitPattern.littleEndian, Array.init)
      }
      func entry(_ key: String, _ value: [UInt8]) -> [UInt8] {
        Wire.field(1, Wire.field(1, key) + Wire.field(2, value))
      }
      return Wire.field(
        structure,
        (0..<properties).flatMap { entry("k\($0 &* 7919 % 10_007)", number($0)) }
          + entry("t", Wire.field(3, String(repeating: "x", count: text)))
          + entry("daysInactive", number(daysInactive)))
    }
  }

  private func call(
    _ stream: UInt32, _ context: [UInt8], tree: String = mariaTree, milliseconds: Int64 = 0
  ) -> [UInt8] {
    Wire.request(
      stream: stream, service: Self.service, method: "ExecuteTree",
      payload: Wire.field(1, tree) + context, timeoutNanoseconds: milliseconds * 1_000_000)
  }

  @Test(arguments: Form.allCases, [200, 9_000])
  func `decides as a small one does`(form: Form, properties: Int) throws {
    for (stream, daysInactive) in [(1, 9), (3, 1)] {
      let answer = try connection.call(
        call(
          UInt32(stream), context(form, properties: properties, daysInactive: daysInactive)))
      #expect(answer.code == 0, "\(answer)")
      #expect(
        try answer.actions().map(\.type) == [daysInactive == 9 ? "SendSMS" : "SendEmail"])
    }
  }

  @Test(arguments: Form.allCases)
  func `with too many values is refused`(form: Form) throws {
    let answer = try connection.call(call(1, context(form, properties: 10_000)))
    #expect(answer.code == 3)
    #expect(try answer.violatedFields() == ["context"])
  }

  @Test(arguments: Form.allCases)
  func `of too many bytes is refused`(form: Form) throws {
    let answer = try connection.call(call(1, context(form, properties: 1, text: 300_000)))
    #expect(answer.code == 3)
    #expect(try answer.violatedFields() == ["context"])
  }

  @Test func `of malformed messages is refused with the field`() throws {
    let infinite: [UInt8] =
      [2 << 3 | 1] + withUnsafeBytes(of: Double.infinity.bitPattern.littleEndian, Array.init)
    let wrong = Wire.field(1, Wire.field(1, "x") + Wire.field(2, infinite))
    let context = context(.messages, properties: 2_000)
    let content = try #require(Wire.fields(of: context).first).bytes + wrong
    let answer = try connection.call(call(1, Wire.field(4, content)))
    #expect(answer.code == 3)
    #expect(
      try answer.violatedFields() == ["context_struct/fields/value/number_value"], "\(answer)")
  }

  @Test func `is not looked at when the tree is wrong`() throws {
    let answer = try connection.call(
      call(1, context(.json, properties: 10_000), tree: #"{"type":"Nonsense"}"#))
    #expect(try answer.violatedFields() == ["tree/type"])
  }

  @Test(arguments: Form.allCases)
  func `lets the calls behind it on its connection follow`(form: Form) throws {
    let large = context(form, properties: 9_000)
    var requests: [UInt8] = []
    for number in 0..<40 {
      let small = context(form, properties: 1)
      requests += call(UInt32(2 * number + 1), number % 4 == 0 ? large : small)
    }
    try connection.send(requests)
    var streams: Set<UInt32> = []
    for _ in 0..<40 {
      let answer = try connection.answer()
      #expect(answer.code == 0, "\(answer)")
      streams.insert(answer.stream)
    }
    #expect(streams.count == 40)
  }

  @Test(arguments: Form.allCases)
  func `of one item of a batch leaves the others as they are`(form: Form) throws {
    let sizes = [1, 9_000, 10_000, 300, 1]
    let items = sizes.flatMap {
      Wire.field(4, context(form, properties: $0, in: true) + Wire.field(3, "p"))
    }
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: Self.service, method: "ExecuteBatch",
        payload: Wire.field(1, mariaTree) + items))
    #expect(answer.code == 0, "\(answer)")
    #expect(try codes(of: answer) == [0, 0, 3, 0, 0])
  }

  @Test func `of a batch whose last item is malformed is not acted upon`() throws {
    let sound = Wire.field(4, context(.messages, properties: 3_000, in: true))
    let malformed = Wire.field(4, Wire.field(1, [0x0A, 0x7F]))
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: Self.service, method: "ExecuteBatch",
        payload: Wire.field(1, mariaTree) + sound + sound + malformed))
    #expect(answer.code == 3)
    #expect(try answer.violatedFields() == ["items/context_struct/fields"], "\(answer)")
    #expect(try daemon.stop() == 0)
    #expect(try daemon.logRecords(of: "action").isEmpty)
  }

  /// The code of each result.
  private func codes(of answer: Wire.Answer) throws -> [Int] {
    try Wire.fields(of: answer.payload).map { result in
      guard let error = try Wire.fields(of: result.bytes).first(where: { $0.number == 2 }) else {
        return 0
      }
      return try Int(Wire.fields(of: error.bytes).first { $0.number == 1 }?.value ?? 0)
    }
  }
}
