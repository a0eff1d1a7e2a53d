import DecisionEngine
import Filtrex
import SmartFlowMessages
import Testing

@testable import SmartFlowWorker

@Suite struct `The reading of a large context` {
  private static let members = Dictionary(
    uniqueKeysWithValues: (0..<9_000).map { ("k\($0)", StructValue.number(Double($0))) })

  /// A reading of as many values as a context may have, as a message or as JSON.
  private static func reading(isJSON: Bool) throws -> ContextReading {
    if isJSON {
      let json = "{\((0..<9_000).map { #""k\#($0)":\#($0)"# }.joined(separator: ","))}"
      return ContextReading(json: Array(json.utf8).span.bytes)
    }
    let request = ExecuteTreeRequestMessage(tree: nil, context: .structure(members)).bytes
    var arena = MessageArena()
    let decoded = try ExecuteTreeRequest(decoding: request.span.bytes, in: &arena)
    guard case .structure(let bytes) = decoded.context else {
      throw RPCStatus(.internal, "no structure")
    }
    return ContextReading(structure: bytes)
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
    #expect(context.value.property("k8999") == .number(8_999))
  }
}
