/// A place in a JSON value.
///
/// Places share what is above them: a thousand elements below one long name hold that name once.
///
/// - Source: RFC 6901.
public struct JSONPointer: Sendable, CustomStringConvertible {
  fileprivate final class Step: Sendable {
    let above: Step?
    /// The step as it is written, its slash included; more than one where a whole pointer was read.
    let text: String
    /// Bytes of the whole pointer up to here.
    let byteCount: Int

    init(_ text: String, below above: Step?) {
      self.above = above
      self.text = text
      byteCount = text.utf8.count + (above?.byteCount ?? 0)
    }
  }

  private let last: Step?

  /// The whole value.
  public init() { last = nil }

  private init(_ last: Step?) { self.last = last }

  /// The pointer as it is written: `/trueAction/parameters`; empty for the whole value.
  public var description: String {
    var texts: [String] = []
    var step = last
    while let current = step {
      texts.append(current.text)
      step = current.above
    }
    return texts.reversed().joined()
  }

  /// What places have in common that were made of one another's; made anew for a place that was read.
  package struct Identity: Hashable, Sendable {
    // Held on to, so that no other step is taken for it.
    private let step: Step?

    fileprivate init(_ step: Step?) { self.step = step }

    package static func == (left: Identity, right: Identity) -> Bool { left.step === right.step }

    package func hash(into hasher: inout Hasher) {
      if let step { hasher.combine(ObjectIdentifier(step)) }
    }
  }

  /// By what it is known without being read: a long one costs no more than a short one.
  package var identity: Identity { Identity(last) }

  /// Bytes of ``description``, which is not made for it.
  public var byteCount: Int { last?.byteCount ?? 0 }

  /// The longest place at or above this one whose ``description`` has at most `byteCount` bytes.
  public func shortened(to byteCount: Int) -> JSONPointer {
    var step = last
    while let current = step, current.byteCount > byteCount { step = current.above }
    return JSONPointer(step)
  }

  /// Reads a pointer, or gives `nil` when it does not begin with `/` or has a stray `~`.
  public init?(parsing text: String) {
    let bytes = Array(text.utf8)
    guard bytes.isEmpty || bytes[0] == Self.slash else { return nil }
    for index in bytes.indices where bytes[index] == Self.tilde {
      guard index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "0") || bytes[index + 1] == UInt8(ascii: "1")
      else { return nil }
    }
    last = text.isEmpty ? nil : Step(text, below: nil)
  }

  /// The place that is written so.
  package init(written text: String) { last = text.isEmpty ? nil : Step(text, below: nil) }

  /// The place below this one that is written so, its slash included.
  package func appending(written text: String) -> JSONPointer {
    JSONPointer(Step(text, below: last))
  }

  /// The place of a member.
  public func appending(_ key: String) -> JSONPointer {
    JSONPointer(Step("/" + Self.escaped(key), below: last))
  }

  /// The place of an element.
  public func appending(_ index: Int) -> JSONPointer {
    JSONPointer(Step("/" + String(index), below: last))
  }

  /// The place of a place inside of this one.
  public func appending(_ inner: JSONPointer) -> JSONPointer {
    inner.last == nil ? self : JSONPointer(Step(inner.description, below: last))
  }

  /// The place of what holds this one, or `nil` of the whole value.
  public var parent: JSONPointer? {
    guard let last, let slash = last.text.utf8.lastIndex(of: Self.slash) else { return nil }
    guard slash != last.text.startIndex else { return JSONPointer(last.above) }
    return JSONPointer(Step(String(last.text[..<slash]), below: last.above))
  }

  /// The name or number of the last step, unescaped, or `nil` of the whole value.
  public var lastComponent: String? {
    guard let text = last?.text.utf8, let slash = text.lastIndex(of: Self.slash) else { return nil }
    return Self.unescaped(text[text.index(after: slash)...])
  }

  /// The names and numbers from the root on, unescaped.
  public var components: [String] {
    description.utf8.split(separator: Self.slash, omittingEmptySubsequences: false).dropFirst().map
    {
      Self.unescaped($0)
    }
  }

  // Byte by byte, here and above: a slash with a combining accent behind it is one character of
  // Swift's, and not the character `/`.
  private static let slash = UInt8(ascii: "/")
  private static let tilde = UInt8(ascii: "~")

  private static func holds(_ units: Span<UInt8>, either one: UInt8, or other: UInt8) -> Bool {
    for index in units.indices where units[index] == one || units[index] == other { return true }
    return false
  }

  private static func escaped(_ key: String) -> String {
    guard holds(key.utf8.span, either: slash, or: tilde) else { return key }
    var bytes: [UInt8] = []
    for byte in key.utf8 {
      switch byte {
      case tilde: bytes.append(contentsOf: "~0".utf8)
      case slash: bytes.append(contentsOf: "~1".utf8)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func unescaped(_ component: Substring.UTF8View) -> String {
    guard component.contains(tilde) else { return String(Substring(component)) }
    var bytes: [UInt8] = []
    var rest = component
    while let byte = rest.popFirst() {
      // INVARIANT: behind every tilde stands 0 or 1.
      if byte == tilde, let digit = rest.popFirst() {
        bytes.append(digit == UInt8(ascii: "1") ? slash : tilde)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONPointer: Hashable {
  /// Whether both are written with the same bytes.
  public static func == (left: JSONPointer, right: JSONPointer) -> Bool {
    left.last === right.last
      || left.byteCount == right.byteCount
        && left.description.utf8.elementsEqual(right.description.utf8)
  }

  /// Feeds the bytes of ``description``.
  public func hash(into hasher: inout Hasher) {
    for byte in description.utf8 { hasher.combine(byte) }
  }
}
