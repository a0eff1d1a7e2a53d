/// A value on its way to the bytes of RFC 8785, which can be set aside between any two steps.
///
/// Writes what ``JSONWriter/appendCanonical(_:to:)`` writes.
public struct CanonicalWriting: Sendable {
  /// A list or an object that has begun and not ended.
  private struct Begun {
    var elements: [JSONValue] = []
    var object = JSONObject()
    /// The object's members in the order in which they are written; `nil` is a list.
    var order: [Int]?
    var next = 0
  }

  private var begun: [Begun] = []
  private var current: JSONValue?
  /// The object that is being put in order, before anything of it is written.
  private var ordering: (object: JSONObject, order: CanonicalOrder)?
  /// The long text that is being written, and how much of it is.
  private var text: (text: String, written: Int)?
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []

  /// Bytes of a text that are written at once.
  private static let textBytesAtOnce = 4096

  /// The writing of a value that is about to begin.
  public init(_ value: JSONValue) { current = value }

  /// Writes on for about so many values; a long text counts for as many as it has kilobytes, and an object of many members
  /// for about as many as it takes comparisons to put them in order.
  ///
  /// - Returns: Whether there is more to write.
  public mutating func step(values: Int) -> Bool {
    var left = values
    while left > 0 {
      let before = bytes.count
      if ordering != nil {
        order(&left)
        continue
      }
      if text != nil {
        writeText()
      } else if let value = current {
        current = nil
        write(value)
      } else if !goOn() {
        return false
      }
      left -= 1 + (bytes.count - before) >> 10
    }
    return true
  }

  private mutating func write(_ value: JSONValue) {
    switch value {
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      begun.append(Begun(elements: elements))
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      if let order = CanonicalOrder.ofFew(object) {
        begun.append(Begun(object: object, order: order))
      } else {
        ordering = (object, CanonicalOrder(of: object))
      }
    case .string(let text): begin(text)
    default: JSONWriter.appendCanonical(value, to: &bytes)
    }
  }

  private mutating func order(_ left: inout Int) {
    guard ordering?.order.step(&left) == false, let done = ordering else { return }
    begun.append(Begun(object: done.object, order: done.order.positions))
    ordering = nil
  }

  private mutating func begin(_ text: String) {
    if text.utf8.count <= Self.textBytesAtOnce {
      JSONWriter.appendString(text, to: &bytes)
    } else {
      bytes.append(UInt8(ascii: "\""))
      self.text = (text, 0)
    }
  }

  private mutating func writeText() {
    guard let (text, written) = text else { return }
    let end = min(written + Self.textBytesAtOnce, text.utf8.count)
    JSONWriter.appendEscaped(text.utf8.span.extracting(written..<end), to: &bytes)
    self.text?.written = end
    guard end == text.utf8.count else { return }
    bytes.append(UInt8(ascii: "\""))
    self.text = nil
  }

  /// Goes to the next value of what has begun.
  ///
  /// - Returns: Whether there is anything left.
  private mutating func goOn() -> Bool {
    guard let top = begun.indices.last else { return false }
    let next = begun[top].next
    begun[top].next += 1
    if let order = begun[top].order {
      guard next < order.count else {
        bytes.append(UInt8(ascii: "}"))
        begun.removeLast()
        return true
      }
      let member = begun[top].object[order[next]]
      if next > 0 { bytes.append(UInt8(ascii: ",")) }
      JSONWriter.appendString(member.key, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      current = member.value
    } else {
      guard next < begun[top].elements.count else {
        bytes.append(UInt8(ascii: "]"))
        begun.removeLast()
        return true
      }
      if next > 0 { bytes.append(UInt8(ascii: ",")) }
      current = begun[top].elements[next]
    }
    return true
  }
}
