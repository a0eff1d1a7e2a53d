import SmartFlowMessages
import Testing

@Suite struct `A tree of messages that is read in steps` {
  @Test(arguments: [1, 2, 7, 1000])
  func `is the tree that it is when visited at once`(events: Int) throws {
    let bytes = Samples.executeTree.bytes
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    var range = 0..<0
    if case .node(let view) = request.tree { range = view.range }
    var reading = try NodeReading(decoding: bytes.span.bytes.extracting(range))
    var builder = StructValueBuilder()
    var steps = 1
    while reading.step(events: events, into: &builder) { steps += 1 }
    #expect(builder.value == Samples.node.json)
    #expect(steps > 60 / events)
  }

  @Test func `is refused where it is none`() {
    let bytes: [UInt8] = [0x0A, 0x05, 0x41]
    #expect(throws: MessageError.self) { _ = try NodeReading(decoding: bytes.span.bytes) }
  }
}
