import DecisionEngine
import Filtrex
import JSON
import SmartFlowMessages
import Testing

@testable import SmartFlowWorker

@Suite struct `The reading of a large context` {
  private static let members = Dictionary(
    uniqueKeysWithValues: (0..<9_000).map { ("k\($0)", StructValue.number(Double($0))) })

  private struct NoStructure: Error {}

  /// A reading of as many values as a context may have, as a message or as JSON.
  private static func reading(isJSON: Bool) throws -> ContextReading {
    if isJSON {
      let json = "{\((0..<9_000).map { #""k\#($0)":\#($0)"# }.joined(separator: ","))}"
      return ContextReading(json: Array(json.utf8).span.bytes)
    }
    var request: [UInt8] = []
    ExecuteTreeRequestMessage(tree: nil, context: .structure(members)).append(to: &request)
    var arena = MessageArena()
    let decoded = try ExecuteTreeRequest(decoding: request.span.bytes, in: &arena)
    switch decoded.context {
    case .structure(let bytes): return ContextReading(structure: bytes)
    default: throw NoStructure()
    }
  }

  @Test(arguments: [true, false])
  func `is set aside whenever its time is over, and comes to the whole context`(
    isJSON: Bool
  ) throws {
    let reading = try Self.reading(isJSON: isJSON)
    var context = Context()
    var turns = 1
    // A clock that is always past the end: one step in each turn.
    while try reading.run(until: 0, into: &context) == false { turns += 1 }
    #expect(turns > 200)
    guard case .object(let members) = context.value else {
      Issue.record("no object")
      return
    }
    #expect(members.count == 9_000)
    #expect(members.contains(.init(name: "k8999", value: .number(8_999))))
  }
}

@Suite struct `The reading of a large context of messages` {
  /// A thousand properties, and at the end what is given.
  private func bytes(endingWith end: [UInt8]) -> [UInt8] {
    (0..<1_000).flatMap { number in
      let value: [UInt8] = [0x20, 1]
      let key = Array("k\(number)".utf8)
      let entry = [0x0A, UInt8(key.count)] + key + [0x12, UInt8(value.count)] + value
      return [0x0A, UInt8(entry.count)] + entry
    } + end
  }

  private func read(_ bytes: [UInt8]) throws(RPCStatus) -> Context {
    let reading = ContextReading(structure: bytes.span.bytes)
    var context = Context()
    while try reading.run(until: 0, into: &context) == false {}
    return context
  }

  /// An entry whose value stands before its key, as no encoder writes it: `a` is 7.
  private static let turned: [UInt8] = [
    0x0A, 14, 0x12, 9, 0x11, 0, 0, 0, 0, 0, 0, 0x1C, 0x40, 0x0A, 1, 0x61,
  ]

  @Test func `comes to all of it where the last entry is written as hardly anybody does`() throws {
    let context = try read(bytes(endingWith: Self.turned))
    guard case .object(let members) = context.value else {
      Issue.record("no object")
      return
    }
    #expect(members.count == 1_001)
    #expect(members.contains(.init(name: "a", value: .number(7))))
    #expect(members.contains(.init(name: "k999", value: .logical(true))))
  }

  @Test func `says where the last entry is wrong`() {
    let nan: [UInt8] = [
      0x0A, 14, 0x0A, 1, 0x61, 0x12, 9, 0x11, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F,
    ]
    #expect {
      try read(bytes(endingWith: nan))
    } throws: { error in
      (error as? RPCStatus)?.code == 3
        && (error as? RPCStatus)?.message.contains("context_struct") == true
    }
  }

  @Test func `builds only what is asked for, however it is written`() throws {
    var table = PropertyTable()
    _ = Program.compile("a + k7", properties: &table)
    let bytes = bytes(endingWith: Self.turned)
    let reading = ContextReading(structure: bytes.span.bytes)
    var context = Context()
    context.removeAll(keeping: PropertyNeeds(table))
    while try reading.run(until: 0, into: &context) == false {}
    #expect(
      context.value
        == .object([
          .init(name: "a", value: .number(7)), .init(name: "k7", value: .logical(true)),
        ]))
  }
}

@Suite struct `A name in a tree` {
  @Test func `may be as long in a message as in JSON`() {
    #expect(MessageLimits.nameBytes == TreeLimits.json.nameBytes)
  }
}
