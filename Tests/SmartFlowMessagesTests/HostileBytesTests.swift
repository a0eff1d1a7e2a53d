import SmartFlowMessages
import Testing

/// Whatever the bytes, there is a value or a typed error; a crash would end the test run.
@Suite struct `Hostile bytes` {
  @Test(arguments: Decoder.all)
  func `cut off anywhere`(decoder: Decoder) {
    var arena = MessageArena()
    var refused = 0
    for count in decoder.sample.indices {
      do throws(MessageError) {
        try decoder.read(Array(decoder.sample.prefix(count)), &arena)
      } catch { refused += 1 }
    }
    // A message may end after any whole field, and nowhere else.
    #expect(refused > 0 && refused < decoder.sample.count)
    #expect(throws: Never.self) { try decoder.read(decoder.sample, &arena) }
  }

  @Test(arguments: Decoder.all)
  func `any one byte replaced by any other`(decoder: Decoder) {
    var arena = MessageArena()
    var refused = 0
    for index in decoder.sample.indices {
      var bytes = decoder.sample
      for value in UInt8.min...UInt8.max {
        bytes[index] = value
        do throws(MessageError) { try decoder.read(bytes, &arena) } catch { refused += 1 }
      }
    }
    #expect(refused > decoder.sample.count)
  }

  @Test(arguments: Decoder.all)
  func `at random, and samples spliced at random`(decoder: Decoder) {
    var arena = MessageArena()
    var generator = SeededGenerator(state: 42)
    var refused = 0
    for round in 0..<2_000 {
      var bytes: [UInt8]
      if round.isMultiple(of: 2) {
        bytes = (0..<Int.random(in: 0...64, using: &generator)).map { _ in
          // Small numbers are tags and lengths more often.
          UInt8.random(in: 0...(round.isMultiple(of: 4) ? 255 : 24), using: &generator)
        }
      } else {
        bytes = decoder.sample
        let other = Decoder.all.randomElement(using: &generator)?.sample ?? []
        let at = Int.random(in: 0...bytes.count, using: &generator)
        let end = Int.random(in: at...bytes.count, using: &generator)
        let from = Int.random(in: 0...other.count, using: &generator)
        bytes.replaceSubrange(at..<end, with: other[from...].prefix(30))
      }
      do throws(MessageError) { try decoder.read(bytes, &arena) } catch {
        refused += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect(refused > 0)
  }

  @Test(arguments: [
    // A struct in a struct: context_struct { fields { value { struct_value {…}}}}.
    (field: 4, numbers: [1, 2, 5] as [UInt64], name: "structs"),
    // A list in a list: Value { list_value { values …}}.
    (field: 4, numbers: [1, 2, 6] as [UInt64], name: "lists"),
    (field: 3, numbers: [3] as [UInt64], name: "nodes"),
    (field: 3, numbers: [6, 2] as [UInt64], name: "cases"),
    (field: 3, numbers: [8, 2] as [UInt64], name: "shares"),
  ])
  func `nested a hundred thousand deep`(field: UInt64, numbers: [UInt64], name: String) {
    let list = numbers == [1, 2, 6]
    var inner = WireBytes.nested(100_000, list ? [6, 1] : numbers)
    if list { inner = WireBytes.field(1, WireBytes.field(2, inner)) }
    let bytes = WireBytes.field(field, inner)
    let error = executeTreeError(bytes)
    guard case .tooDeep(let path, let limit) = error else {
      Issue.record("\(name): \(String(describing: error))")
      return
    }
    #expect(limit == MessageLimits.depth)
    #expect(path.hasPrefix("…."))
  }

  @Test func `as deep as the limit, and walked to the end`() throws {
    // The request is a message too, and so is the innermost node.
    let deepest = WireBytes.field(3, WireBytes.nested(MessageLimits.depth - 2, [3]))
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: deepest.span.bytes, in: &arena)
    guard case .node(let root) = request.tree else {
      Issue.record("no node")
      return
    }
    var depth = DepthSink()
    try NodeReading.read(root, into: &depth)
    #expect(depth.deepest == MessageLimits.depth - 1)
    #expect(depth.open == 0)

    let deeper = WireBytes.field(3, WireBytes.nested(MessageLimits.depth - 1, [3]))
    guard case .tooDeep = executeTreeError(deeper) else {
      Issue.record("one deeper was accepted")
      return
    }
  }

  @Test func `lists and cases as deep as the limit fit into the cursor`() throws {
    // A case is two messages, and three of the cursor's frames.
    let cases = WireBytes.field(3, WireBytes.nested((MessageLimits.depth - 2) / 2, [6, 2]))
    var arena = MessageArena()
    var sink = DepthSink()
    do {
      let request = try ExecuteTreeRequest(decoding: cases.span.bytes, in: &arena)
      if case .node(let root) = request.tree { try NodeReading.read(root, into: &sink) }
    }
    #expect(sink.deepest == 1 + 3 * ((MessageLimits.depth - 2) / 2))
    let actions = WireBytes.field(3, WireBytes.nested(MessageLimits.depth - 2, [5]))
    sink = DepthSink()
    let request = try ExecuteTreeRequest(decoding: actions.span.bytes, in: &arena)
    if case .node(let root) = request.tree { try NodeReading.read(root, into: &sink) }
    #expect(sink.deepest == 1 + 2 * (MessageLimits.depth - 2))
  }

  @Test(
    arguments: [
      ("nodes", WireBytes.field(5, [] as [UInt8]), 3 as UInt64),
      ("entries", WireBytes.entry("", [0x08, 0]), 4),
      ("unknown fields", WireBytes.field(100, varint: 1), 7),
    ])
  func `four MiB of tiny parts are refused before they are unpacked`(
    name: String, part: [UInt8], field: UInt64
  ) {
    var content: [UInt8] = []
    while content.count < 4 << 20 - 16 { content += part }
    let error = executeTreeError(WireBytes.field(field, content))
    #expect(error == .outOfMemory(limit: MessageLimits.arenaBytes), "\(name)")
  }

  @Test func `four MiB of JSON is no trouble`() throws {
    let json = [UInt8](repeating: 0x20, count: 4 << 20 - 32)
    let bytes = ExecuteTreeRequestMessage(tree: .json(json)).bytes
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    let received = try CapturedTree(request.tree)
    #expect(received == .json(json))
  }

  @Test func `a batch as full as a frame takes`() throws {
    let context: [String: StructValue] = [
      "daysInactive": .number(6), "balance": .number(120.5), "vip": .logical(true),
      "country": .text("AT"), "name": .text("Maria"),
    ]
    let item = ExecuteBatchRequestMessage.Item(context: .structure(context), playerID: "player-1")
    let one = ExecuteBatchRequestMessage(tree: nil, items: [item]).bytes
    let count = (4 << 20) / one.count
    var bytes: [UInt8] = []
    for _ in 0..<count { bytes += one }
    let batch = try ExecuteBatchRequest(decoding: bytes.span.bytes)
    let items = batch.itemCount
    #expect(items == count)
  }
}

@Suite struct `Of a request that is read in one piece` {
  @Test(arguments: [(4 as UInt64, "items"), (100, "unknown fields")])
  func `more fields than there may be are refused at once`(field: UInt64, name: String) {
    var bytes: [UInt8] = []
    let part = WireBytes.field(field, [] as [UInt8])
    while bytes.count < 4 << 20 - 16 { bytes += part }
    #expect(throws: MessageError.tooManyFields(limit: MessageLimits.requestFields), "\(name)") {
      _ = try ExecuteBatchRequest(decoding: bytes.span.bytes, in: .forRequests).itemCount
    }
  }
}

/// The error of decoding an execution request, and of looking at all that it holds.
func executeTreeError(_ bytes: [UInt8]) -> MessageError? {
  var arena = MessageArena()
  do throws(MessageError) {
    try Decoder.all[0].read(bytes, &arena)
    return nil
  } catch { return error }
}

/// Counts how deep a visit goes.
private struct DepthSink: ValueSink {
  var open = 0
  var deepest = 0

  mutating func null() {}
  mutating func logical(_ value: Bool) {}
  mutating func number(_ value: Double) {}
  mutating func text(_ utf8: RawSpan) {}
  mutating func key(_ utf8: RawSpan) {}
  mutating func beginObject() { begin() }
  mutating func beginList() { begin() }
  mutating func endObject() { open -= 1 }
  mutating func endList() { open -= 1 }
  private mutating func begin() {
    open += 1
    deepest = max(deepest, open)
  }
}
