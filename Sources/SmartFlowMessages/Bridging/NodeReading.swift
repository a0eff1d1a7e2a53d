internal import CProtobufC
internal import CSmartFlowProto

/// A tree of `Node` messages, or a context's `Struct`, on its way to its JSON form, which can be set aside between any
/// two steps.
///
/// The bytes are checked first, then read: what is small is unpacked by protobuf-c, one piece at a time, and what is
/// large is opened, field by field, on a stack of its own. It owns its arena, since others are served between the steps.
@safe public struct NodeReading: ~Copyable {
  /// A message that was unpacked, and is being visited.
  @safe private struct Part {
    // Safe: both point into the arena, which is kept.
    var pending: (kind: ValueCursor.Kind, content: UnsafeRawPointer)?
    var depth = 0
    /// Whether it is some of the members or elements of what is open: its own beginning and end are not given.
    let isInner: Bool
    var hasBegun = false
  }

  /// What is read, and the field of the request that holds it.
  public enum Root: Sendable {
    /// A `Node`: a tree.
    case tree
    /// A `Struct`: a context.
    case context

    var kind: OpenMessage.Kind { self == .tree ? .node : .structure }
    var field: String { self == .tree ? "tree_node" : WireCheck.Holder.context.field }
  }

  private enum Stage { case begin, check, read }

  private let root: Root

  private var arena: MessageArena
  private var stage = Stage.begin
  private var progress = WireCheck.Progress()
  private var part: Part?
  /// The messages that are open, the innermost last: no more than the check lets pass, and lists in them.
  var opened: [OpenMessage] = []
  /// Bytes of a message that protobuf-c unpacks in one piece.
  let bytesUnpackedAtOnce: Int
  /// What is left of a step, in about as many events.
  private var left = 0

  /// The reading of a message that is about to begin.
  ///
  /// - Parameters:
  ///   - root: What the message is.
  ///   - arena: Holds its parts.
  public init(_ root: Root = .tree, in arena: consuming MessageArena = MessageArena()) {
    self.init(root, in: arena, bytesUnpackedAtOnce: MessageLimits.bytesUnpackedAtOnce)
  }

  init(_ root: Root = .tree, in arena: consuming MessageArena, bytesUnpackedAtOnce: Int) {
    self.root = root
    self.arena = arena
    self.bytesUnpackedAtOnce = bytesUnpackedAtOnce
  }

  /// Gives the next events to `sink`; a long text counts for as many as it has kilobytes.
  ///
  /// - Parameters:
  ///   - events: About how many.
  ///   - bytes: One message of the root's type, the same in all steps.
  ///   - sink: Takes its JSON form; is not given anything before all bytes are checked.
  /// - Returns: Whether there are more.
  /// - Throws: ``MessageError`` when the bytes are not such a message; its place begins at the request.
  public mutating func step<Sink: ValueSink>(
    events: Int, of bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) -> Bool {
    left = events
    guard stage == .read else {
      if try check(bytes) { return true }
      stage = .read
      try begin(root.kind, 0..<bytes.byteCount, of: bytes, into: &sink)
      return true
    }
    while left > 0 {
      if part != nil {
        visit(into: &sink)
      } else if let message = opened.popLast() {
        left -= 1
        try advance(message, of: bytes, into: &sink)
      } else {
        return false
      }
    }
    return true
  }

  /// Reads a whole tree.
  ///
  /// - Throws: As ``step(events:of:into:)``.
  public static func read<Sink: ValueSink>(
    _ bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) {
    var reading = NodeReading()
    while try reading.step(events: .max, of: bytes, into: &sink) {}
  }

  private mutating func check(_ bytes: RawSpan) throws(MessageError) -> Bool {
    // Safe: the bytes are read inside the closure only; the frames are the arena's, which holds no message yet.
    unsafe try bytes.withUnsafeBytes { buffer throws(MessageError) in
      var check = unsafe WireCheck(
        buffer, frames: arena.frames, limitBytes: arena.limitBytes,
        inside: WireCheck.Holder(field: root.field), after: progress)
      if stage == .begin { try unsafe check.begin(Self.type(of: root.kind).0) }
      stage = .check
      let isMore = try check.step(fields: &left)
      progress = check.progress
      return isMore
    }
  }

  // MARK: Small messages

  /// Gives the next events of what is unpacked.
  private mutating func visit<Sink: ValueSink>(into sink: inout Sink) {
    guard var part = part.take() else { return }
    // Safe: the frames are the arena's, which has one message and so one visit; the cursor ends with the call.
    var cursor = unsafe ValueCursor(
      frames: arena.frames, depth: part.depth, pending: part.pending)
    while left > 0 {
      guard let event = cursor.next() else { return }
      left -= 1
      let isOwn = part.isInner && (!part.hasBegun || cursor.depth == 0)
      part.hasBegun = true
      if isOwn { continue }
      switch event {
      case .null: sink.null()
      case .logical(let value): sink.logical(value)
      case .number(let value): sink.number(value)
      case .text(let utf8):
        left -= utf8.byteCount >> 10
        sink.text(utf8)
      case .beginObject: sink.beginObject()
      case .key(let utf8):
        left -= utf8.byteCount >> 10
        sink.key(utf8)
      case .endObject: sink.endObject()
      case .beginList: sink.beginList()
      case .endList: sink.endList()
      }
    }
    part.depth = cursor.depth
    unsafe part.pending = cursor.pending
    self.part = part
  }

  /// Unpacks a message that is small.
  mutating func unpack(
    _ kind: OpenMessage.Kind, _ range: Range<Int>, of bytes: RawSpan, isInner: Bool = false
  ) throws(MessageError) {
    // Thirty-two bytes are some three events' work.
    left -= range.count >> 5
    // Safe: descriptors are constants; the message lives until the next one is unpacked, when this one was visited.
    let (descriptor, root) = unsafe Self.type(of: kind)
    let message = unsafe try arena.unpack(bytes.extracting(range), as: descriptor)
    unsafe part = Part(pending: (root, message), isInner: isInner)
  }

  private static func type(
    of kind: OpenMessage.Kind
  ) -> (UnsafePointer<ProtobufCMessageDescriptor>, ValueCursor.Kind) {
    switch kind {
    case .node: unsafe (smartflow_descriptor_node(), .node)
    case .case: unsafe (smartflow_descriptor_case(), .case)
    case .share: unsafe (smartflow_descriptor_share(), .share)
    case .structure: unsafe (smartflow_descriptor_struct(), .structure)
    case .list: unsafe (smartflow_descriptor_list_value(), .list)
    case .value: unsafe (smartflow_descriptor_value(), .value)
    case .nodes, .cases, .shares, .entry: preconditionFailure("no message that is visited")
    }
  }

  // MARK: Texts

  /// Gives a text of the message.
  mutating func text<Sink: ValueSink>(
    _ range: Range<Int>, of bytes: RawSpan, into sink: inout Sink
  ) {
    left -= range.count >> 10
    sink.text(bytes.extracting(range))
  }

  /// Gives a key of the message.
  mutating func key<Sink: ValueSink>(
    _ range: Range<Int>, of bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) {
    guard root == .context || range.count <= MessageLimits.nameBytes else {
      throw .textTooLong(
        field: "\(root.field).parameters.fields.key", limit: MessageLimits.nameBytes)
    }
    left -= range.count >> 10
    sink.key(bytes.extracting(range))
  }
}
