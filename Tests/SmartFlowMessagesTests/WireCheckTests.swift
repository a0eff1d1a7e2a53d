import SmartFlowMessages
import Testing

@Suite struct `What is on the wire` {
  typealias W = WireBytes

  @Test(
    arguments: [
      ([0x30], .malformed(field: "player_id", .wrongWireType(0))),
      ([0x31, 0], .malformed(field: "player_id", .wrongWireType(1))),
      ([0x08, 1], .malformed(field: "tree_json", .wrongWireType(0))),
      ([0x20, 1], .malformed(field: "context_struct", .wrongWireType(0))),
      (W.field(7, W.field(1, "x")), .malformed(field: "options.dry_run", .wrongWireType(2))),
      (
        W.field(3, W.field(8, [0x08, 1])),
        .malformed(field: "tree_node.shares.weight", .wrongWireType(0))
      ),
    ] as [([UInt8], MessageError)])
  func `a field with another wire type is refused`(bytes: [UInt8], error: MessageError) {
    #expect(executeTreeError(bytes) == error)
  }

  @Test(arguments: [3, 4, 6, 7] as [UInt8])
  func `groups and wire types that never were are refused`(wireType: UInt8) {
    #expect(executeTreeError([6 << 3 | wireType]) != nil)
    let unknown = W.varint(100 << 3 | UInt64(wireType))
    #expect(executeTreeError(unknown) == .malformed(field: "", .wireType(wireType)))
  }

  @Test(
    arguments: [
      ([0x00], .fieldNumber), ([0x02, 0], .fieldNumber), ([0x80, 0x00], .fieldNumber),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0x1F], .fieldNumber),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .varintOverflow), ([0x80], .truncated),
    ] as [([UInt8], Malformation)])
  func `a tag is a number from 1 to 2²⁹ - 1`(bytes: [UInt8], malformation: Malformation) {
    #expect(executeTreeError(bytes) == .malformed(field: "", malformation))
  }

  @Test(
    arguments: [
      // 2³¹ and 2⁶⁴ - 1 as a length; six bytes for one; longer than the message; longer than the
      // parent.
      ([0x32, 0x80, 0x80, 0x80, 0x80, 0x08], "player_id", .varintOverflow),
      ([0x32] + W.varint(.max), "player_id", .varintOverflow),
      ([0x32, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00, 0x41], "player_id", .varintOverflow),
      ([0x32, 2, 0x41], "player_id", .truncated), ([0x32], "player_id", .truncated),
      (W.field(7, [0x1A, 2, 0x41]) + [0x41], "options.idempotency_key", .truncated),
    ] as [([UInt8], String, Malformation)])
  func `a length stays inside its message`(
    bytes: [UInt8], field: String, malformation: Malformation
  ) {
    #expect(executeTreeError(bytes) == .malformed(field: field, malformation))
  }

  @Test func `a varint has 64 bits`() {
    let ten = [UInt8](repeating: 0xFF, count: 9)
    #expect(executeTreeError(W.field(7, [0x08] + ten + [0x01])) == nil)
    #expect(
      executeTreeError(W.field(7, [0x08] + ten + [0x02]))
        == .malformed(field: "options.dry_run", .varintOverflow))
    #expect(
      executeTreeError(W.field(7, [0x08] + ten + [0x80]))
        == .malformed(field: "options.dry_run", .varintOverflow))
  }

  @Test(
    arguments: [
      (Array("a\0b".utf8), .containsNUL(field: "player_id")),
      ([0], .containsNUL(field: "player_id")),
      (Array("12345678\0".utf8), .containsNUL(field: "player_id")),
      (Array("1234567\0 and more".utf8), .containsNUL(field: "player_id")),
      ([0xFF], .invalidUTF8(field: "player_id")),
      // An overlong slash, a lone surrogate, past U+10FFFF, a cut sequence.
      ([0xC0, 0xAF], .invalidUTF8(field: "player_id")),
      ([0xED, 0xA0, 0x80], .invalidUTF8(field: "player_id")),
      ([0xF4, 0x90, 0x80, 0x80], .invalidUTF8(field: "player_id")),
      (Array("12345678".utf8) + [0xC3], .invalidUTF8(field: "player_id")),
      ([0xC3, 0] + Array("123456".utf8), .containsNUL(field: "player_id")),
    ] as [([UInt8], MessageError)])
  func `a text is UTF-8 without NUL`(text: [UInt8], error: MessageError) {
    #expect(executeTreeError(W.field(6, text)) == error)
  }

  @Test(arguments: 0...20)
  func `texts of any length and any place of a letter pass`(length: Int) throws {
    for place in 0...length {
      let text = String(repeating: "x", count: place) + "é" + String(repeating: "y", count: length)
      var arena = MessageArena()
      let bytes = W.field(6, text)
      let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
      #expect(request.playerID == text)
    }
  }

  @Test func `keys and texts of a struct are checked with their place`() {
    #expect(
      executeTreeError(W.field(4, W.entry("a\0", [0x08, 0])))
        == .containsNUL(field: "context_struct.fields.key"))
    #expect(
      executeTreeError(W.field(4, W.entry("a", W.field(3, [0x80]))))
        == .invalidUTF8(field: "context_struct.fields.value.string_value"))
  }

  @Test(
    arguments: [
      ([], "value"), (W.field(100, varint: 1), "value"), (nil, ""),
      (W.field(6, W.field(1, [] as [UInt8])), "value.list_value.values"),
    ] as [([UInt8]?, String)])
  func `a value without a kind is refused`(value: [UInt8]?, place: String) {
    let entry = value.map { W.entry("a", $0) } ?? W.field(1, W.field(1, "a"))
    let field = ["context_struct", "fields", place].filter { !$0.isEmpty }.joined(separator: ".")
    #expect(executeTreeError(W.field(4, entry)) == .valueWithoutKind(field: field))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, .signalingNaN])
  func `a number is finite`(number: Double) {
    #expect(
      executeTreeError(W.field(4, W.entry("a", W.field(2, double: number))))
        == .numberNotFinite(field: "context_struct.fields.value.number_value"))
    #expect(
      executeTreeError(W.field(3, W.field(8, W.field(1, double: number))))
        == .numberNotFinite(field: "tree_node.shares.weight"))
  }

  @Test(arguments: [Double.greatestFiniteMagnitude, -0.0, .leastNonzeroMagnitude, 0.1])
  func `finite numbers pass bit for bit`(number: Double) throws {
    let bytes = W.field(4, W.entry("a", W.field(2, double: number)))
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    guard case .structure(.object(let members)) = try CapturedContext(request.context),
      case .number(let received) = members["a"]
    else {
      Issue.record("no number")
      return
    }
    #expect(received.bitPattern == number.bitPattern)
  }

  @Test func `unknown fields and enum values are accepted`() throws {
    let unknown =
      W.field(100, "x") + W.field(101, varint: .max) + W.field(102, double: .nan)
      + W.varint(103 << 3 | 5) + [1, 2, 3, 4]
    #expect(executeTreeError(unknown + W.field(7, unknown)) == nil)
    let entry = W.entry("a", W.field(1, varint: 77))
    var arena = MessageArena()
    let bytes = W.field(4, entry + unknown)
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    let context = try CapturedContext(request.context)
    #expect(context == .structure(.object(["a": .null])))
    let status = try ExecuteTreeResponseMessage(
      reading: W.field(1, W.field(2, varint: 99) + unknown))
    #expect(status.execution?.status == .unspecified)
  }

  @Test func `the last of a one-of wins, whatever kind came before`() throws {
    let node = W.field(3, W.field(1, "SendSMS"))
    let json = W.field(1, "{}")
    let reference = W.field(2, W.field(1, "t"))
    func tree(_ bytes: [UInt8]) throws -> CapturedTree {
      var arena = MessageArena()
      let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
      return try CapturedTree(request.tree)
    }
    #expect(try tree(node + json) == .json([0x7B, 0x7D]))
    #expect(try tree(json + reference) == .reference("t", 0))
    #expect(try tree(reference + node) == .node(.object(["type": .text("SendSMS")])))
    let other = W.field(3, W.field(9, "b"))
    #expect(try tree(node + json + node + other) == .node(.object(["id": .text("b")])))
    // Inside a value too: a number, then a struct, where a union holds both.
    let value = W.field(2, double: 1.5) + W.field(5, [] as [UInt8]) + W.field(3, "last")
    #expect(executeTreeError(W.field(4, W.entry("a", value))) == nil)
  }

  @Test func `of a repeated key every value is visited, the last one last`() throws {
    let bytes = W.field(
      4, W.entry("a", [0x20, 1]) + W.entry("b", [0x08, 0]) + W.entry("a", [0x20, 0]))
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    let context = try CapturedContext(request.context)
    #expect(context == .structure(.object(["a": .logical(false), "b": .null])))
  }

  @Test(
    arguments: [
      (W.field(7, [] as [UInt8]) + W.field(7, [] as [UInt8]), "options"),
      (W.field(3, W.field(2, [] as [UInt8]) + W.field(2, [] as [UInt8])), "tree_node.parameters"),
      (
        W.field(
          4,
          W.field(
            1,
            W.field(1, "a") + W.field(2, W.field(2, double: 1.5))
              + W.field(2, W.field(5, [] as [UInt8])))), "context_struct.fields.value"
      ),
    ] as [([UInt8], String)])
  func `a message that is there once may not be there twice`(bytes: [UInt8], field: String) {
    #expect(executeTreeError(bytes) == .repeatedMessage(field: field))
  }

  @Test func `a text that is there twice is the last one`() throws {
    var arena = MessageArena()
    let bytes = W.field(6, "first") + W.field(6, "last")
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    #expect(request.playerID == "last")
  }

  @Test(
    arguments: [
      MessageError.malformed(field: "a.b", .truncated), .malformed(field: "", .wireType(3)),
      .tooDeep(field: "a", limit: 256), .invalidUTF8(field: "a"), .containsNUL(field: "a"),
      .repeatedMessage(field: "a"), .valueWithoutKind(field: "a"), .numberNotFinite(field: "a"),
      .outOfMemory(limit: 7),
    ])
  func `an error is one sentence in the house's form`(error: MessageError) {
    #expect(!error.description.hasSuffix("."))
    #expect(error.description.first?.isUppercase == false)
    #expect(error.field.isEmpty || error.description.contains("`\(error.field)`"))
  }
}
