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
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []

  /// The writing of a value that is about to begin.
  public init(_ value: JSONValue) { current = value }

  /// Writes on for about so many values; a long text counts for as many as it has kilobytes.
  ///
  /// - Returns: Whether there is more to write.
  public mutating func step(values: Int) -> Bool {
    var left = values
    while left > 0 {
      let before = bytes.count
      if let value = current {
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
      begun.append(Begun(object: object, order: JSONWriter.canonicalOrder(of: object)))
    default: JSONWriter.appendCanonical(value, to: &bytes)
    }
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
