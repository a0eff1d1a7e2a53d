/// What takes values as events: the same names as a JSON parser's, so that one sink serves both.
///
/// A value is `null`, `logical`, `number`, `text`, or an object or list between its two marks;
/// inside an object every value follows its `key`. A repeated key is visited each time, in the
/// message's order.
public protocol ValueSink {
  /// Nothing.
  mutating func null()
  /// True or false.
  mutating func logical(_ value: Bool)
  /// A finite number.
  mutating func number(_ value: Double)
  /// A text, valid UTF-8 without U+0000.
  mutating func text(_ utf8: RawSpan)
  /// An object begins.
  mutating func beginObject()
  /// The key of the value that follows, valid UTF-8 without U+0000.
  mutating func key(_ utf8: RawSpan)
  /// The innermost object ends.
  mutating func endObject()
  /// A list begins.
  mutating func beginList()
  /// The innermost list ends.
  mutating func endList()
}
