/// A place in a JSON value.
///
/// - Source: RFC 6901.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
  /// The pointer as it is written: `/trueAction/parameters`; empty for the whole value.
  public let description: String

  /// The whole value.
  public init() { description = "" }

  private init(_ description: String) { self.description = description }

  /// Reads a pointer, or gives `nil` when it does not begin with `/` or has a stray `~`.
  public init?(parsing text: String) {
    guard text.isEmpty || text.hasPrefix("/") else { return nil }
    var rest = text[...]
    while let tilde = rest.firstIndex(of: "~") {
      let next = rest.index(after: tilde)
      guard next < rest.endIndex, rest[next] == "0" || rest[next] == "1" else { return nil }
      rest = rest[next...].dropFirst()
    }
    description = text
  }

  /// The place of a member.
  public func appending(_ key: String) -> JSONPointer {
    // Hardly any name has either, and replacing is slow.
    guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
      return JSONPointer(description + "/" + key)
    }
    return JSONPointer(
      description + "/" + key.replacing("~", with: "~0").replacing("/", with: "~1"))
  }

  /// The place of an element.
  public func appending(_ index: Int) -> JSONPointer {
    JSONPointer(description + "/" + String(index))
  }

  /// The place of a place inside of this one.
  public func appending(_ inner: JSONPointer) -> JSONPointer {
    JSONPointer(description + inner.description)
  }

  /// The place of what holds this one, or `nil` of the whole value.
  public var parent: JSONPointer? {
    description.lastIndex(of: "/").map { JSONPointer(String(description[..<$0])) }
  }

  /// The names and numbers from the root on, unescaped.
  public var components: [String] {
    description.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }
}
