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

@Suite struct `A name in a tree` {
  @Test func `may be as long in a message as in JSON`() {
    #expect(MessageLimits.nameBytes == TreeLimits.json.nameBytes)
  }
}
