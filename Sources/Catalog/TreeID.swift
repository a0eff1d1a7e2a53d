/// The name that a tree is published under and called by.
///
/// 1 to 128 letters of ASCII, digits, `.`, `_` and `-`, the first a letter or a digit: it stands in paths, labels,
/// logs and shells without quotes.
public struct TreeID: Hashable, Sendable, CustomStringConvertible {
  /// The name.
  public let text: String

  /// Takes a name, or gives `nil` when it is none.
  public init?(_ text: String) {
    guard Self.isValid(text.utf8.span) else { return nil }
    self.text = text
  }

  /// The name as it is.
  public var description: String { text }

  /// What a name must be, for people.
  public static let rule =
    "a tree's ID has 1 to \(Limits.treeIDBytes) letters (A-Z, a-z), digits, `.`, `_` and `-`, and begins with a letter or digit"

  /// Whether bytes are a name.
  public static func isValid(_ bytes: Span<UInt8>) -> Bool {
    guard (1...Limits.treeIDBytes).contains(bytes.count) else { return false }
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        continue
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        guard index > 0 else { return false }
      default: return false
      }
    }
    return true
  }
}
