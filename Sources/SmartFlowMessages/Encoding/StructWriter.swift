/// Writes a `google.protobuf.Struct` from the events of a visit.
///
/// Keep one and use it again: it remembers its place in nested values in memory of its own. The
/// events make one object; a number must be finite, which the JSON form of a `Struct` demands.
public struct StructWriter: ValueSink, Sendable {
  private enum Kind { case root, object, list, entry, value }
  private struct Frame {
    var kind: Kind
    var mark: Wire.Mark
  }

  private var output: [UInt8] = []
  private var frames: [Frame] = []

  /// Makes a writer.
  public init() {}

  /// Writes the object that `body` gives as the content of a message field.
  mutating func write(
    _ field: UInt32, to output: inout [UInt8], _ body: (inout Self) -> Void
  ) {
    let mark = Wire.begin(field, in: &output)
    swap(&self.output, &output)
    frames.removeAll(keepingCapacity: true)
    body(&self)
    precondition(frames.isEmpty, "an object or a list was not ended")
    swap(&self.output, &output)
    Wire.end(mark, in: &output)
  }

  /// Nothing.
  public mutating func null() {
    beginValue()
    Wire.tag(1, 0, to: &output)
    output.append(0)
    endValue()
  }

  /// A number.
  public mutating func number(_ value: Double) {
    beginValue()
    Wire.presentDouble(2, value, to: &output)
    endValue()
  }

  /// A text.
  public mutating func text(_ utf8: RawSpan) {
    beginValue()
    Wire.presentBytes(3, utf8, to: &output)
    endValue()
  }

  /// True or false.
  public mutating func logical(_ value: Bool) {
    beginValue()
    Wire.tag(4, 0, to: &output)
    output.append(value ? 1 : 0)
    endValue()
  }

  /// An object begins.
  public mutating func beginObject() {
    guard !frames.isEmpty else {
      // The root is the `Struct` itself, whose length the field's mark keeps.
      return frames.append(Frame(kind: .root, mark: Wire.Mark(start: output.count, reserved: 0)))
    }
    beginValue()
    push(.object, field: 5)
  }

  /// The key of the value that follows.
  public mutating func key(_ utf8: RawSpan) {
    push(.entry, field: 1)
    Wire.bytes(1, utf8, to: &output)
    push(.value, field: 2)
  }

  /// The innermost object ends.
  public mutating func endObject() {
    guard let frame = frames.popLast() else { preconditionFailure("no object is open") }
    switch frame.kind {
    case .root: return
    case .object:
      Wire.end(frame.mark, in: &output)
      endValue()
    case .list, .entry, .value: preconditionFailure("what is open is no object")
    }
  }

  /// A list begins.
  public mutating func beginList() {
    beginValue()
    push(.list, field: 6)
  }

  /// The innermost list ends.
  public mutating func endList() {
    precondition(frames.last?.kind == .list, "no list is open")
    pop()
    endValue()
  }

  private mutating func push(_ kind: Kind, field: UInt32) {
    frames.append(Frame(kind: kind, mark: Wire.begin(field, in: &output)))
  }

  private mutating func pop() {
    guard let frame = frames.popLast() else { preconditionFailure("nothing is open") }
    Wire.end(frame.mark, in: &output)
  }

  private mutating func beginValue() {
    switch frames.last?.kind {
    case .list: push(.value, field: 1)
    case .value: return
    case .root, .object, .entry, nil: preconditionFailure("a value without a key")
    }
  }

  private mutating func endValue() {
    pop()
    if frames.last?.kind == .entry { pop() }
  }
}
