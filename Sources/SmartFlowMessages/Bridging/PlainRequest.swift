/// An `ExecuteTreeRequest` that is read in place, as nearly every encoder writes one: each field once, and none that is seldom sent.
///
/// Whatever is written otherwise, or is not sound, is left to protobuf-c, which takes ten times as long: it knows all
/// that protobuf allows, and the check before it says what is wrong. What is read here is what it would read.
struct PlainRequest: ~Escapable {
  private enum TreeForm { case none, json, reference, node }
  private enum ContextForm { case none, structure, json }

  private let bytes: RawSpan
  private var treeForm = TreeForm.none
  /// The content of the tree's field; of a reference, its ID.
  private var treeRange = 0..<0
  private var treeVersion: UInt64 = 0
  private var contextForm = ContextForm.none
  private var contextRange = 0..<0
  private var playerRange = 0..<0
  private var keyRange = 0..<0
  private var dryRun = false
  private var trace = false

  /// Reads a request; `nil` where nothing is said of it.
  @_lifetime(copy bytes)
  init?(_ bytes: RawSpan) {
    self.bytes = bytes
    var reader = PlainReader(bytes)
    var seen: UInt8 = 0
    while reader.at < bytes.byteCount {
      let tag = reader.byte(at: reader.at)
      guard let tag, tag & 0x87 == 2, let end = reader.content(tag: tag, before: bytes.byteCount)
      else { return nil }
      let field = tag >> 3
      guard 1...7 ~= field, seen & 1 << field == 0 else { return nil }
      seen |= 1 << field
      let range = reader.at..<end
      var isPlain = true
      switch field {
      case 1: isPlain = take(TreeForm.json, range)
      case 2: isPlain = take(TreeForm.reference, range) && readReference(&reader, to: end)
      case 3: isPlain = take(TreeForm.node, range)
      case 4: isPlain = take(ContextForm.structure, range)
      case 5: isPlain = take(ContextForm.json, range)
      case 6:
        playerRange = range
        isPlain = reader.isText(range)
      default: isPlain = readOptions(&reader, to: end)
      }
      guard isPlain else { return nil }
      reader.at = end
    }
  }

  private mutating func take(_ form: TreeForm, _ range: Range<Int>) -> Bool {
    guard treeForm == .none else { return false }
    treeForm = form
    treeRange = range
    return true
  }

  private mutating func take(_ form: ContextForm, _ range: Range<Int>) -> Bool {
    guard contextForm == .none else { return false }
    contextForm = form
    contextRange = range
    return true
  }

  /// The ID, and behind it the version, unless that is 0.
  private mutating func readReference(_ reader: inout PlainReader, to end: Int) -> Bool {
    guard let idEnd = reader.content(tag: 0x0A, before: end) else { return false }
    treeRange = reader.at..<idEnd
    guard reader.isText(treeRange) else { return false }
    reader.at = idEnd
    if idEnd == end { return true }
    guard reader.byte(at: idEnd) == 0x10, end - idEnd == 2,
      let version = reader.byte(at: idEnd + 1), version < 0x80
    else { return false }
    treeVersion = UInt64(version)
    return true
  }

  private mutating func readOptions(_ reader: inout PlainReader, to end: Int) -> Bool {
    var last: UInt8 = 0
    while reader.at < end {
      guard let tag = reader.byte(at: reader.at), tag > last else { return false }
      last = tag
      if tag == 0x1A {
        guard let keyEnd = reader.content(tag: tag, before: end) else { return false }
        keyRange = reader.at..<keyEnd
        guard reader.isText(keyRange) else { return false }
        reader.at = keyEnd
        continue
      }
      guard tag == 0x08 || tag == 0x10, end - reader.at >= 2,
        let value = reader.byte(at: reader.at + 1), value < 2
      else { return false }
      if tag == 0x08 { dryRun = value == 1 } else { trace = value == 1 }
      reader.at += 2
    }
    return true
  }

  // MARK: What it says

  var tree: TreeSource {
    @_lifetime(copy self) get {
      switch treeForm {
      case .none: .none
      case .json: .json(bytes.extracting(treeRange))
      case .reference:
        .reference(
          treeID: String(decoding: bytes.extracting(treeRange)), version: treeVersion)
      case .node: .node(bytes.extracting(treeRange))
      }
    }
  }

  var context: ContextSource {
    @_lifetime(copy self) get {
      switch contextForm {
      case .none: .none
      case .structure: .structure(bytes.extracting(contextRange))
      case .json: .json(bytes.extracting(contextRange))
      }
    }
  }

  var playerID: String { String(decoding: bytes.extracting(playerRange)) }

  var options: ExecutionOptions {
    ExecutionOptions(
      dryRun: dryRun, trace: trace,
      idempotencyKey: keyRange.isEmpty ? "" : String(decoding: bytes.extracting(keyRange)))
  }
}
