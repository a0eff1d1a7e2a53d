/// Which tree a request is about.
public enum TreeSource: ~Copyable, ~Escapable {
  /// None was named.
  case none
  /// The JSON form, not looked into yet.
  case json(RawSpan)
  /// A published tree; version 0 is the active one.
  case reference(treeID: String, version: UInt64)
  /// The tree as one `Node` message, not looked into yet: ``NodeReading`` gives its JSON form.
  case node(RawSpan)
}

/// What is known of the player.
public enum ContextSource: ~Copyable, ~Escapable {
  /// Nothing was given.
  case none
  /// One JSON object, not looked into yet.
  case json(RawSpan)
  /// One `google.protobuf.Struct` message, not looked into yet: ``ValueView/init(decoding:in:)`` reads it at once,
  /// ``NodeReading`` in steps.
  case structure(RawSpan)
}
