internal import CProtobufC
internal import CSmartFlowProto

/// One event of a visit.
@usableFromInline enum ValueEvent: ~Escapable {
  case null
  case logical(Bool)
  case number(Double)
  case text(RawSpan)
  case beginObject
  case key(RawSpan)
  case endObject
  case beginList
  case endList
}

/// Walks an unpacked `Struct` or `Node` and gives one event at a time.
///
/// Pulling events, not pushing them, keeps this code out of generics: what is specialised in the
/// caller's module for its sink is the loop around it.
@safe @usableFromInline struct ValueCursor: ~Copyable, ~Escapable {
  /// What a frame or a pending value is; `content` points to it.
  enum Kind {
    case value, text, number, structure, list, node, nodes, cases, `case`, shares, share
  }

  /// A composite that is being visited.
  @unsafe struct Frame {
    var kind: Kind
    var content: UnsafeRawPointer
    /// The next element or field.
    var next: Int
  }

  let frames: UnsafeMutablePointer<Frame>
  var depth = 0
  /// What follows the key that was given last, or the root before the visit.
  var pending: (kind: Kind, content: UnsafeRawPointer)?

  /// Starts at `root`, a message of the kind named.
  @_lifetime(immortal)
  @unsafe init(_ kind: Kind, _ root: UnsafeRawPointer, frames: UnsafeMutableRawPointer) {
    unsafe self.frames = unsafe frames.bindMemory(
      to: Frame.self, capacity: 2 * MessageLimits.depth + 2)
    unsafe pending = (kind, root)
  }

  /// Goes on where another cursor has stopped, whose frames these are.
  @_lifetime(immortal)
  @unsafe init(
    frames: UnsafeMutableRawPointer, depth: Int, pending: (kind: Kind, content: UnsafeRawPointer)?
  ) {
    unsafe self.frames = unsafe frames.bindMemory(
      to: Frame.self, capacity: 2 * MessageLimits.depth + 2)
    self.depth = depth
    unsafe self.pending = pending
  }

  /// The next event; `nil` at the end.
  // Safe: every pointer below comes from protobuf-c and lives in the arena, which the view that
  // made the cursor keeps from changing; indices stay below protobuf-c's own counts.
  @usableFromInline @_lifetime(copy self)
  mutating func next() -> ValueEvent? {
    if let (kind, content) = unsafe pending {
      unsafe pending = nil
      return unsafe begin(kind, content)
    }
    guard depth > 0 else { return nil }
    // Through a pointer of its own: ThreadSanitizer's build takes a change in place by way of `self` for an escape.
    let top = unsafe frames + (depth - 1)
    let frame = unsafe top.pointee
    unsafe top.pointee.next += 1
    switch unsafe frame.kind {
    case .structure: return unsafe stepStructure(frame)
    case .list:
      let list = unsafe frame.content.load(as: Google__Protobuf__ListValue.self)
      guard unsafe frame.next < list.n_values, let value = unsafe list.values[frame.next] else {
        return endList()
      }
      return unsafe begin(.value, value)
    case .node: return unsafe stepNode(frame)
    case .nodes, .cases, .shares: return unsafe stepNodes(frame)
    case .case: return unsafe stepCase(frame)
    case .share: return unsafe stepShare(frame)
    case .value, .text, .number: preconditionFailure("a scalar is no frame")
    }
  }

  @_lifetime(copy self)
  mutating func begin(_ kind: Kind, _ content: UnsafeRawPointer) -> ValueEvent {
    switch kind {
    case .text: return unsafe .text(span(content.assumingMemoryBound(to: CChar.self)))
    case .number: return unsafe .number(content.load(as: Double.self))
    case .value: return unsafe beginValue(content)
    case .structure, .node, .case, .share:
      unsafe push(kind, content)
      return .beginObject
    case .list, .nodes, .cases, .shares:
      unsafe push(kind, content)
      return .beginList
    }
  }

  @_lifetime(copy self)
  private mutating func beginValue(_ content: UnsafeRawPointer) -> ValueEvent {
    let value = unsafe content.load(as: Google__Protobuf__Value.self)
    switch unsafe value.kind_case {
    case GOOGLE__PROTOBUF__VALUE__KIND_NUMBER_VALUE: return unsafe .number(value.number_value)
    case GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE: return unsafe .text(span(value.string_value))
    case GOOGLE__PROTOBUF__VALUE__KIND_BOOL_VALUE: return unsafe .logical(value.bool_value != 0)
    case GOOGLE__PROTOBUF__VALUE__KIND_STRUCT_VALUE:
      unsafe push(.structure, value.struct_value)
      return .beginObject
    case GOOGLE__PROTOBUF__VALUE__KIND_LIST_VALUE:
      unsafe push(.list, value.list_value)
      return .beginList
    // The check refuses a value without a kind, so what is left is `null_value`.
    default: return .null
    }
  }

  private mutating func push(_ kind: Kind, _ content: UnsafeRawPointer) {
    precondition(depth < 2 * MessageLimits.depth + 2, "deeper than the wire check lets pass")
    unsafe frames[depth] = unsafe Frame(kind: kind, content: content, next: 0)
    depth += 1
  }

  @_lifetime(copy self)
  mutating func endObject() -> ValueEvent {
    depth -= 1
    return .endObject
  }

  @_lifetime(copy self)
  mutating func endList() -> ValueEvent {
    depth -= 1
    return .endList
  }
}
