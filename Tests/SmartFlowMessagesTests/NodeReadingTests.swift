import Testing

@testable import SmartFlowMessages

@Suite struct `A tree of messages that is read in steps` {
  private static let sample = bytes(of: Samples.node)

  private static func bytes(of node: NodeMessage) -> [UInt8] {
    var bytes: [UInt8] = []
    node.append(field: 1, to: &bytes)
    return Array(bytes[WireField(at: 0, of: bytes.span).content])
  }

  /// What a reading gives, and in how many steps.
  private func read(
    _ bytes: [UInt8], events: Int = .max, unpacking bytesAtOnce: Int = .max
  ) throws(MessageError) -> (events: [String], steps: Int) {
    var reading = NodeReading(in: MessageArena(), bytesUnpackedAtOnce: bytesAtOnce)
    var sink = EventList()
    var steps = 1
    while try reading.step(events: events, of: bytes.span.bytes, into: &sink) { steps += 1 }
    return (sink.events, steps)
  }

  @Test(arguments: [1, 2, 7, 1000], [0, 1, 16, 2048, .max])
  func `is the tree that was written`(events: Int, bytesAtOnce: Int) throws {
    var reading = NodeReading(in: MessageArena(), bytesUnpackedAtOnce: bytesAtOnce)
    var builder = StructValueBuilder()
    var steps = 1
    while try reading.step(events: events, of: Self.sample.span.bytes, into: &builder) {
      steps += 1
    }
    #expect(builder.value == Samples.node.json)
    #expect(steps > 100 / events)
  }

  /// protobuf-c unpacks all of it at once where as many bytes as it has may be: what is opened must be the same.
  @Test(arguments: [0, 1, 5, 30, 200])
  func `spliced at random is what protobuf-c makes of it, or is refused alike`(
    bytesAtOnce: Int
  ) throws {
    var generator = SeededGenerator(state: 7)
    var sound = 0
    var parameters = Samples.parameters
    parameters["long"] = .text(String(repeating: "x", count: 210))
    let inner = NodeMessage(
      type: "Sequence", parameters: parameters,
      actions: [NodeMessage(type: ""), NodeMessage(type: "SendSMS", parameters: parameters)])
    let samples = [
      NodeMessage(
        type: "Switch", parameters: parameters, trueAction: inner,
        cases: [.init(expression: "vip", action: inner), .init(expression: "")],
        shares: [.init(weight: 1.5, action: inner), .init(weight: -2)], id: "a"),
      NodeMessage(type: "b", falseAction: inner, actions: [inner], defaultAction: inner, name: "c"),
    ].map(Self.bytes)
    for round in 0..<400 {
      // Fields that stand one behind the other are a message, in whatever order, and however often.
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let source = samples.randomElement(using: &generator) ?? []
        bytes += Self.fields(of: source, &generator)
      }
      if round % 5 == 0, !bytes.isEmpty {
        let index = Int.random(in: bytes.indices, using: &generator)
        bytes[index] = UInt8.random(in: 0...255, using: &generator)
      }
      let expected = Result { () throws(MessageError) in try read(bytes).events }
      let found = Result { () throws(MessageError) in
        try read(bytes, events: 3, unpacking: bytesAtOnce).events
      }
      #expect(found == expected)
      if case .success = expected { sound += 1 }
    }
    #expect(sound > 100)
  }

  /// Some of the fields of a message.
  private static func fields(of bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var chosen: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let field = WireField(at: at, of: bytes.span)
      at = field.range.upperBound
      if Bool.random(using: &generator) { chosen += bytes[field.range] }
      if Int.random(in: 0..<6, using: &generator) == 0 {
        chosen += WireBytes.field(100, "unknown") + WireBytes.field(101, varint: 7)
      }
    }
    return chosen
  }

  @Test func `takes steps in proportion to its size`() throws {
    let large = NodeMessage(
      type: "a",
      parameters: Dictionary(
        uniqueKeysWithValues: (0..<10_000).map { ("k\($0)", StructValue.number(Double($0))) }),
      actions: (0..<5_000).map { NodeMessage(type: "b\($0)") })
    #expect(try read(Self.bytes(of: large), events: 64, unpacking: 2048).steps > 800)
  }

  @Test func `gives nothing before all of it is checked`() {
    let node = NodeMessage(type: "a", actions: (0..<1_000).map { _ in NodeMessage(type: "b") })
    let bytes = Self.bytes(of: node) + [0x0A, 0x05, 0x41]
    var reading = NodeReading()
    var sink = EventList()
    #expect(throws: MessageError.malformed(field: "tree_node.type", .truncated)) {
      while try reading.step(events: 10, of: bytes.span.bytes, into: &sink) {}
    }
    #expect(sink.events.isEmpty)
  }

  @Test func `in a request's bytes is not looked into`() throws {
    let bytes = WireBytes.field(3, [0x0A, 0x05, 0x41])
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    guard case .node(let node) = request.tree else {
      Issue.record("no node")
      return
    }
    #expect(node.array == [0x0A, 0x05, 0x41])
  }
}

/// What a sink was given, as text.
private struct EventList: ValueSink {
  var events: [String] = []

  mutating func null() { events.append("null") }
  mutating func logical(_ value: Bool) { events.append("\(value)") }
  mutating func number(_ value: Double) { events.append("\(value.bitPattern)") }
  mutating func text(_ utf8: RawSpan) {
    events.append("\"" + String(decoding: utf8.array, as: UTF8.self))
  }
  mutating func key(_ utf8: RawSpan) {
    events.append("." + String(decoding: utf8.array, as: UTF8.self))
  }
  mutating func beginObject() { events.append("{") }
  mutating func beginList() { events.append("[") }
  mutating func endObject() { events.append("}") }
  mutating func endList() { events.append("]") }
}
