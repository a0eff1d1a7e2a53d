internal import CSmartFlowProto

/// A `google.protobuf.Struct` of a request, as it lies in the arena.
@safe public struct ValueView: ~Copyable, ~Escapable {
  private let content: UnsafeRawPointer
  private let frames: UnsafeMutableRawPointer

  // Safe: the caller says whose lifetime the view has.
  @_lifetime(immortal)
  @unsafe init(
    _ content: UnsafeRawPointer, frames: UnsafeMutableRawPointer
  ) {
    unsafe self.content = unsafe content
    unsafe self.frames = unsafe frames
  }

  /// Checks and unpacks the context of a request.
  ///
  /// - Parameters:
  ///   - bytes: One `Struct` message.
  ///   - arena: Holds it, and can not be used for another one before this one has ended.
  /// - Throws: ``MessageError`` when the bytes are not such a message; its place begins at the request.
  @_lifetime(&arena)
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let frames = unsafe arena.frames
    // Safe: the pointers live as long as the arena is borrowed.
    let content = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_struct(), inside: .context)
    unsafe self.content = unsafe content
    unsafe self.frames = unsafe frames
  }

  /// Gives the value to `sink`, event by event: one object.
  @inlinable public func visit<Sink: ValueSink>(into sink: inout Sink) {
    var cursor = makeCursor()
    while let event = cursor.next() {
      switch event {
      case .null: sink.null()
      case .logical(let value): sink.logical(value)
      case .number(let value): sink.number(value)
      case .text(let utf8): sink.text(utf8)
      case .beginObject: sink.beginObject()
      case .key(let utf8): sink.key(utf8)
      case .endObject: sink.endObject()
      case .beginList: sink.beginList()
      case .endList: sink.endList()
      }
    }
  }

  @usableFromInline @_lifetime(copy self)
  func makeCursor() -> ValueCursor {
    // Safe: the pointers are the view's, and so is the cursor's lifetime. The frames are the
    // arena's, which has one message and so one visit at a time.
    let cursor = unsafe ValueCursor(.structure, content, frames: frames)
    return unsafe _overrideLifetime(cursor, copying: self)
  }
}
