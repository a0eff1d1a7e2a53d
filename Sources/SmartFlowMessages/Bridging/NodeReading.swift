internal import CSmartFlowProto

/// A tree of `Node` messages on its way to its JSON form, which can be set aside between any two steps.
///
/// It owns its arena, since others are served between the steps. Unpacking is one step.
@safe public struct NodeReading: ~Copyable {
  private let arena: MessageArena
  // Safe: both point into the arena, which is kept.
  private var pending: (kind: ValueCursor.Kind, content: UnsafeRawPointer)?
  private var depth = 0

  /// Checks and unpacks a tree.
  ///
  /// - Parameters:
  ///   - bytes: One `Node` message.
  ///   - arena: Holds the message.
  /// - Throws: ``MessageError`` when the bytes are not such a message.
  public init(
    decoding bytes: RawSpan, in arena: consuming MessageArena = MessageArena()
  ) throws(MessageError) {
    // Safe: the pointer lives as long as the arena, which is kept.
    let (message, _) = unsafe try arena.unpack(bytes, as: smartflow_descriptor_node())
    unsafe pending = (.node, message)
    self.arena = arena
  }

  /// Gives the next events to `sink`; a long text counts for as many as it has kilobytes.
  ///
  /// - Returns: Whether there are more.
  public mutating func step<Sink: ValueSink>(events: Int, into sink: inout Sink) -> Bool {
    // Safe: the frames are the arena's, which has one message and so one visit; the cursor ends with the call.
    var cursor = unsafe ValueCursor(frames: arena.frames, depth: depth, pending: pending)
    var left = events
    while left > 0 {
      guard let event = cursor.next() else { return false }
      left -= 1
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
    depth = cursor.depth
    unsafe pending = cursor.pending
    return true
  }
}
