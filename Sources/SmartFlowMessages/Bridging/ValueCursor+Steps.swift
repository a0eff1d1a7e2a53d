internal import CProtobufC
internal import CSmartFlowProto

/// The next event of each composite.
///
/// A node is given as its JSON form: only the fields that are set, in the order of the format's
/// examples. A number has no way to be absent in proto3, so a share always has its weight.
// Safe: as said at `next()`.
extension ValueCursor {
  @_lifetime(copy self)
  mutating func stepStructure(_ frame: Frame) -> ValueEvent {
    let structure = unsafe frame.content.load(as: Google__Protobuf__Struct.self)
    guard unsafe frame.next < structure.n_fields,
      let entry = unsafe structure.fields[frame.next]?.pointee
    else { return endObject() }
    if let value = unsafe entry.value { unsafe pending = (.value, UnsafeRawPointer(value)) }
    return unsafe .key(span(entry.key))
  }

  @_lifetime(copy self)
  mutating func stepNode(_ frame: Frame) -> ValueEvent {
    let node = unsafe frame.content.load(as: Smartflow__V1__Node.self)
    var field = unsafe frame.next
    while true {
      // What a field is called, and what it holds; nothing when it is absent.
      let (key, kind, content): (StaticString, Kind, UnsafeRawPointer?) =
        switch field {
        case 0: unsafe ("type", .text, present(node.type))
        case 1: unsafe ("id", .text, present(node.id))
        case 2: unsafe ("name", .text, present(node.name))
        case 3: unsafe ("parameters", .structure, UnsafeRawPointer(node.parameters))
        case 4: unsafe ("trueAction", .node, UnsafeRawPointer(node.true_action))
        case 5: unsafe ("falseAction", .node, UnsafeRawPointer(node.false_action))
        case 6: unsafe ("actions", .nodes, node.n_actions > 0 ? frame.content : nil)
        case 7: unsafe ("cases", .cases, node.n_cases > 0 ? frame.content : nil)
        case 8: unsafe ("defaultAction", .node, UnsafeRawPointer(node.default_action))
        case 9: unsafe ("shares", .shares, node.n_shares > 0 ? frame.content : nil)
        default: ("", .node, nil)
        }
      field += 1
      if let content = unsafe content {
        unsafe frames[depth - 1].next = field
        unsafe pending = unsafe (kind, content)
        return .key(literal(key))
      }
      if field > 9 { return endObject() }
    }
  }

  @_lifetime(copy self)
  mutating func stepNodes(_ frame: Frame) -> ValueEvent {
    let node = unsafe frame.content.load(as: Smartflow__V1__Node.self)
    let element: (kind: Kind, content: UnsafeRawPointer?) =
      switch unsafe frame.kind {
      case .nodes:
        unsafe (
          .node, frame.next < node.n_actions ? UnsafeRawPointer(node.actions[frame.next]) : nil
        )
      case .cases:
        unsafe (.case, frame.next < node.n_cases ? UnsafeRawPointer(node.cases[frame.next]) : nil)
      default:
        unsafe (
          .share, frame.next < node.n_shares ? UnsafeRawPointer(node.shares[frame.next]) : nil
        )
      }
    guard let content = unsafe element.content else { return endList() }
    return unsafe begin(element.kind, content)
  }

  @_lifetime(copy self)
  mutating func stepCase(_ frame: Frame) -> ValueEvent {
    let branch = unsafe frame.content.load(as: Smartflow__V1__Case.self)
    if unsafe frame.next == 0, let expression = unsafe present(branch.expression) {
      unsafe pending = unsafe (.text, expression)
      return .key(literal("expression"))
    }
    return unsafe stepAction(branch.action, after: frame)
  }

  @_lifetime(copy self)
  mutating func stepShare(_ frame: Frame) -> ValueEvent {
    let branch = unsafe frame.content.assumingMemoryBound(to: Smartflow__V1__Share.self)
    if unsafe frame.next == 0,
      let offset = unsafe MemoryLayout<Smartflow__V1__Share>.offset(of: \.weight)
    {
      unsafe pending = unsafe (.number, frame.content + offset)
      return .key(literal("weight"))
    }
    return unsafe stepAction(branch.pointee.action, after: frame)
  }

  /// The node inside a case or a share, once; then the end.
  @_lifetime(copy self)
  private mutating func stepAction(
    _ action: UnsafeMutablePointer<Smartflow__V1__Node>?, after frame: Frame
  ) -> ValueEvent {
    guard unsafe frame.next < 2, let action = unsafe action else { return endObject() }
    unsafe frames[depth - 1].next = 2
    unsafe pending = (.node, UnsafeRawPointer(action))
    return .key(literal("action"))
  }

  /// A text that says something; in proto3 an empty one is an absent one.
  private func present(_ text: UnsafePointer<CChar>?) -> UnsafeRawPointer? {
    guard let text = unsafe text, unsafe text.pointee != 0 else { return nil }
    return unsafe UnsafeRawPointer(text)
  }

  @_lifetime(copy self)
  func span(_ text: UnsafePointer<CChar>?) -> RawSpan {
    guard let text = unsafe text else { return RawSpan() }
    let span = unsafe RawSpan(
      _unsafeStart: UnsafeRawPointer(text), byteCount: smartflow_text_bytes(text))
    return unsafe _overrideLifetime(span, copying: self)
  }

  @_lifetime(copy self)
  private func literal(_ text: StaticString) -> RawSpan {
    // Called otherwise than `span`: of two of one name, a literal goes to the one that takes a pointer, to a copy that
    // is gone when it comes back.
    // Safe: the texts above are literals of more than one byte, which live for ever.
    let span = unsafe RawSpan(
      _unsafeStart: UnsafeRawPointer(text.utf8Start), byteCount: text.utf8CodeUnitCount)
    return unsafe _overrideLifetime(span, copying: self)
  }
}
