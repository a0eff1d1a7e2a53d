import Testing

@testable import SmartFlowMessages

/// What is read in place is what protobuf-c reads, or nothing is said of it.
@Suite struct `A message that is read in place` {
  /// The events of a visit, or why there is none.
  private enum Reading: Equatable {
    case value(StructValue?)
    case refused
  }

  private func unpacked(_ bytes: [UInt8]) -> Reading {
    var arena = MessageArena()
    var builder = StructValueBuilder()
    do throws(MessageError) {
      try ValueView(decoding: bytes.span.bytes, in: &arena).visit(into: &builder)
      return .value(builder.value)
    } catch {
      return .refused
    }
  }

  private func inPlace(_ bytes: [UInt8]) -> StructValue?? {
    var builder = StructValueBuilder()
    return PlainStruct.visit(bytes.span.bytes, into: &builder) ? .some(builder.value) : nil
  }

  /// The same in steps of an entry each.
  private func inSteps(_ bytes: [UInt8]) -> StructValue?? {
    var builder = StructValueBuilder()
    var at = 0
    while true {
      switch PlainStruct.step(
        bytes.span.bytes, at: &at, entries: 1, entryBytes: .max, into: &builder)
      {
      case .more: continue
      case .finished: return .some(builder.value)
      case .notPlain: return nil
      }
    }
  }

  private static let members: [String: StructValue] = [
    "daysInactive": .number(7), "tier": .text("Gold"), "größe": .text("Málaga 🎉"),
    "vip": .logical(true), "no": .logical(false), "nothing": .null, "empty": .text(""),
    "long": .text(String(repeating: "x", count: 300)),
    "wallet": .object(["cash": .number(-0.5), "tags": .list([.text("a"), .list([]), .null])]),
    "none": .object([:]),
  ]

  private static var structure: [UInt8] {
    var output: [UInt8] = []
    var writer = StructWriter()
    writer.write(1, to: &output) { StructValue.visit(members, into: &$0) }
    // Without the field's tag and length, of two bytes.
    return Array(output[3...])
  }

  @Test func `is a context as encoders write it`() {
    #expect(inPlace(Self.structure) == .some(.some(.object(Self.members))))
    #expect(inPlace([]) == .some(.some(.object([:]))))
  }

  @Test func `is the same context whatever byte of it is another`() {
    var read = 0
    var bytes = Self.structure
    for index in bytes.indices {
      let before = bytes[index]
      for value in UInt8.min...UInt8.max {
        bytes[index] = value
        guard let found = inPlace(bytes) else { continue }
        read += 1
        #expect(unpacked(bytes) == .value(found), "byte \(index) is \(value)")
      }
      bytes[index] = before
    }
    // Most bytes are of texts and numbers.
    #expect(read > bytes.count * 64)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `is the same context where pieces of it are moved, doubled and cut`(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    for _ in 0..<50 {
      var bytes = Self.structure
      let at = Int.random(in: 0...bytes.count, using: &generator)
      let end = min(bytes.count, at + Int.random(in: 0...24, using: &generator))
      let from = Int.random(in: 0..<bytes.count, using: &generator)
      bytes.replaceSubrange(
        at..<end, with: bytes[from...].prefix(Int.random(in: 0...24, using: &generator)))
      let found = inPlace(bytes)
      if let found { #expect(unpacked(bytes) == .value(found)) }
      if !bytes.isEmpty { #expect(inSteps(bytes) == found) }
    }
  }

  @Test func `in steps is left to protobuf-c where one entry is large`() {
    var builder = StructValueBuilder()
    var at = 0
    let entry = WireBytes.entry("a", WireBytes.field(3, String(repeating: "x", count: 100)))
    let progress = PlainStruct.step(
      entry.span.bytes, at: &at, entries: 8, entryBytes: 100, into: &builder)
    guard case .notPlain = progress else {
      Issue.record("\(progress)")
      return
    }
  }

  @Test(arguments: [
    ("a number that is none", WireBytes.field(2, double: .nan)),
    ("one that is too large", WireBytes.field(2, double: .infinity)),
    ("a text with a NUL", WireBytes.field(3, "a\0b")),
    ("a text that is no UTF-8", WireBytes.field(3, [0xC3, 0x28])),
    ("a value without a kind", []),
    ("two kinds", WireBytes.field(4, varint: 1) + WireBytes.field(3, "a")),
  ])
  func `is left to protobuf-c where it has`(what: String, value: [UInt8]) {
    let bytes = WireBytes.field(1, WireBytes.field(1, "a") + WireBytes.field(2, value))
    #expect(inPlace(bytes) == nil)
  }

  @Test func `is left to protobuf-c where it nests deep`() {
    func nested(_ depth: Int) -> [UInt8] {
      (0..<depth).reduce([]) { inner, _ in
        WireBytes.field(1, WireBytes.field(1, "a") + WireBytes.field(2, WireBytes.field(5, inner)))
      }
    }
    #expect(inPlace(nested(7)) != nil)
    #expect(inPlace(nested(8)) == nil)
    #expect(inPlace(nested(1_000)) == nil)
  }

  // MARK: Requests

  /// All that a request says.
  private struct Captured: Equatable {
    var tree: CapturedTree
    var context: CapturedContext
    var playerID: String
    var options: ExecutionOptions
  }

  private func isPlain(_ bytes: [UInt8]) -> Bool {
    switch PlainRequest(bytes.span.bytes) {
    case nil: false
    default: true
    }
  }

  private func captured(_ bytes: [UInt8], inPlace: Bool) -> Captured? {
    var arena = MessageArena()
    do throws(MessageError) {
      if inPlace {
        guard let request = PlainRequest(bytes.span.bytes) else { return nil }
        return try Captured(
          tree: CapturedTree(request.tree), context: CapturedContext(request.context),
          playerID: request.playerID, options: request.options)
      }
      let request = try ExecuteTreeRequest(
        decoding: bytes.span.bytes, in: &arena, takingPlain: false)
      return try Captured(
        tree: CapturedTree(request.tree), context: CapturedContext(request.context),
        playerID: request.playerID, options: request.options)
    } catch {
      return nil
    }
  }

  private static let requests: [[UInt8]] = [
    ExecuteTreeRequestMessage(
      tree: .reference(TreeReferenceMessage(treeID: "winback", version: 3)),
      context: .structure(["a": .number(1)]),
      playerID: "p-1001",
      options: ExecutionOptions(dryRun: true, trace: true, idempotencyKey: "key")
    ).bytes,
    ExecuteTreeRequestMessage(
      tree: .json(Array("{}".utf8)), context: .json(Array("{\"a\":1}".utf8)), playerID: "größe"
    ).bytes,
    ExecuteTreeRequestMessage(tree: .node(NodeMessage(type: "SendSMS")), context: nil).bytes,
  ]

  @Test(arguments: requests)
  func `is a request as encoders write it`(bytes: [UInt8]) {
    #expect(captured(bytes, inPlace: true) != nil)
    #expect(captured(bytes, inPlace: true) == captured(bytes, inPlace: false))
  }

  @Test(arguments: requests)
  func `is the same request whatever byte of it is another`(request: [UInt8]) {
    var bytes = request
    for index in bytes.indices {
      let before = bytes[index]
      for value in UInt8.min...UInt8.max {
        bytes[index] = value
        guard isPlain(bytes) else { continue }
        #expect(
          captured(bytes, inPlace: true) == captured(bytes, inPlace: false),
          "byte \(index) is \(value)")
      }
      bytes[index] = before
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `is the same request where pieces of it are moved, doubled and cut`(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    for round in 0..<60 {
      var bytes = Self.requests[round % Self.requests.count]
      let other = Self.requests.randomElement(using: &generator) ?? []
      let at = Int.random(in: 0...bytes.count, using: &generator)
      let end = min(bytes.count, at + Int.random(in: 0...8, using: &generator))
      let from = Int.random(in: 0..<other.count, using: &generator)
      bytes.replaceSubrange(
        at..<end, with: other[from...].prefix(Int.random(in: 0...16, using: &generator)))
      guard isPlain(bytes) else { continue }
      #expect(captured(bytes, inPlace: true) == captured(bytes, inPlace: false))
    }
  }

  @Test func `is left to protobuf-c where a field comes twice, or is seldom sent`() {
    let first = Self.requests[0]
    #expect(!isPlain(first + first))
    #expect(!isPlain(first + WireBytes.field(1, "{}")))
    #expect(!isPlain(first + WireBytes.field(9, "new")))
    let dated = ExecuteTreeRequestMessage(
      tree: nil, context: nil, options: ExecutionOptions(now: Timestamp(seconds: 1)))
    #expect(!isPlain(dated.bytes))
  }
}
