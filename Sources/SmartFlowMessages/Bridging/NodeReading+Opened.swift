/// What comes next of each message that is open: the order is that of ``ValueCursor``.
extension NodeReading {
  /// A field of a node's JSON form, and what it holds.
  private struct NodeField {
    enum Content { case text, message(OpenMessage.Kind), list(OpenMessage.Kind) }

    var number: Int
    var key: StaticString
    var content: Content
  }

  private static let nodeFields = [
    NodeField(number: 1, key: "type", content: .text),
    NodeField(number: 9, key: "id", content: .text),
    NodeField(number: 10, key: "name", content: .text),
    NodeField(number: 2, key: "parameters", content: .message(.structure)),
    NodeField(number: 3, key: "trueAction", content: .message(.node)),
    NodeField(number: 4, key: "falseAction", content: .message(.node)),
    NodeField(number: 5, key: "actions", content: .list(.nodes)),
    NodeField(number: 6, key: "cases", content: .list(.cases)),
    NodeField(number: 7, key: "defaultAction", content: .message(.node)),
    NodeField(number: 8, key: "shares", content: .list(.shares)),
  ]

  /// Begins with a message: unpacks it where it is small, opens it where it is not.
  mutating func begin<Sink: ValueSink>(
    _ kind: OpenMessage.Kind, _ range: Range<Int>, of bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) {
    guard range.count > bytesUnpackedAtOnce else {
      return try unpack(kind, range, of: bytes)
    }
    switch kind {
    case .node, .case, .share, .structure: sink.beginObject()
    case .nodes, .cases, .shares, .list: sink.beginList()
    case .entry, .value: break
    }
    opened.append(OpenMessage(kind, range))
  }

  /// Goes on with a message that is open.
  mutating func advance<Sink: ValueSink>(
    _ message: consuming OpenMessage, of bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) {
    var message = message
    switch message.kind {
    case .nodes, .cases, .shares:
      return try advanceNodes(message, of: bytes, into: &sink)
    case .structure, .list: return try advanceMembers(message, of: bytes, into: &sink)
    case .node, .case, .share, .entry, .value: break
    }
    if message.locate(in: bytes.units) {
      opened.append(message)
      return
    }
    switch message.kind {
    case .node: try advanceNode(message, of: bytes, into: &sink)
    case .case, .share: try advanceBranch(message, of: bytes, into: &sink)
    case .entry:
      try key(message.content(1) ?? 0..<0, of: bytes, into: &sink)
      if let value = message.content(2) { try begin(.value, value, of: bytes, into: &sink) }
    default: try advanceValue(message, of: bytes, into: &sink)
    }
  }

  private mutating func advanceNode<Sink: ValueSink>(
    _ message: OpenMessage, of bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) {
    guard message.next < Self.nodeFields.count else { return sink.endObject() }
    let field = Self.nodeFields[message.next]
    var message = message
    message.next += 1
    opened.append(message)
    guard let content = message.content(field.number) else { return }
    switch field.content {
    case .text:
      guard let text = message.text(field.number) else { return }
      sink.key(field.key.span)
      self.text(text, of: bytes, into: &sink)
    case .message(let kind):
      sink.key(field.key.span)
      try begin(kind, content, of: bytes, into: &sink)
    case .list(let kind):
      sink.key(field.key.span)
      sink.beginList()
      opened.append(OpenMessage(kind, message.range))
    }
  }

  /// The nodes, cases or shares of a node, as they come among its fields.
  private mutating func advanceNodes<Sink: ValueSink>(
    _ message: OpenMessage, of bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) {
    guard message.hasFields else { return sink.endList() }
    var message = message
    let field = message.takeField(of: bytes.units)
    opened.append(message)
    switch (message.kind, field.number) {
    case (.nodes, 5): try begin(.node, field.content, of: bytes, into: &sink)
    case (.cases, 6): try begin(.case, field.content, of: bytes, into: &sink)
    case (.shares, 8): try begin(.share, field.content, of: bytes, into: &sink)
    default: break
    }
  }

  /// A case's expression or a share's weight, and the node that follows it.
  private mutating func advanceBranch<Sink: ValueSink>(
    _ message: OpenMessage, of bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) {
    guard message.next < 2 else { return sink.endObject() }
    var message = message
    message.next += 1
    opened.append(message)
    switch (message.next, message.kind) {
    case (1, .case):
      guard let expression = message.text(1) else { return }
      sink.key(("expression" as StaticString).span)
      text(expression, of: bytes, into: &sink)
    case (1, _):
      // A number has no way to be absent in proto3.
      sink.key(("weight" as StaticString).span)
      sink.number(Self.number(message.content(1), of: bytes.units))
    default:
      guard let action = message.content(2) else { return }
      sink.key(("action" as StaticString).span)
      try begin(.node, action, of: bytes, into: &sink)
    }
  }

  /// Members or elements: a few small ones, which protobuf-c unpacks together, or a large one.
  private mutating func advanceMembers<Sink: ValueSink>(
    _ message: OpenMessage, of bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) {
    var message = message
    guard message.hasFields else {
      if message.kind == .list { sink.endList() } else { sink.endObject() }
      return
    }
    let start = message.at
    let field = message.takeField(of: bytes.units)
    guard field.range.count <= bytesUnpackedAtOnce else {
      opened.append(message)
      // Of fields that the types do not know nothing is given.
      guard field.number == 1 else { return }
      let kind = message.kind == .list ? OpenMessage.Kind.value : .entry
      return try begin(kind, field.content, of: bytes, into: &sink)
    }
    while message.hasFields {
      let field = WireField(at: message.at, of: bytes.units)
      guard field.range.upperBound - start <= bytesUnpackedAtOnce else { break }
      message.at = field.range.upperBound
    }
    opened.append(message)
    try unpack(message.kind, start..<message.at, of: bytes, isInner: true)
  }

  private mutating func advanceValue<Sink: ValueSink>(
    _ message: OpenMessage, of bytes: RawSpan, into sink: inout Sink
  ) throws(MessageError) {
    // The check refuses a value without a kind; of several, the last is the value.
    guard let last = message.last else { return sink.null() }
    switch last.number {
    case 3: text(last.content, of: bytes, into: &sink)
    case 5: try begin(.structure, last.content, of: bytes, into: &sink)
    case 6: try begin(.list, last.content, of: bytes, into: &sink)
    default: try unpack(.value, last.range, of: bytes)
    }
  }

  private static func number(_ range: Range<Int>?, of bytes: Span<UInt8>) -> Double {
    guard let range else { return 0 }
    var bits = 0 as UInt64
    for index in range.reversed() { bits = bits << 8 | UInt64(bytes[index]) }
    return Double(bitPattern: bits)
  }
}

extension StaticString {
  /// Its bytes; the text has more than one.
  fileprivate var span: RawSpan {
    @_lifetime(immortal) get {
      // Safe: a literal lives for ever.
      let span = unsafe RawSpan(
        _unsafeStart: UnsafeRawPointer(utf8Start), byteCount: utf8CodeUnitCount)
      return unsafe _overrideLifetime(span, borrowing: ())
    }
  }
}
