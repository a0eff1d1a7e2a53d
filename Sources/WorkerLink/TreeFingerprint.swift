/// A SHA-256 digest as four words, the way shared memory holds it.
///
/// To the keeper it is an opaque number: it comes from a worker, and a worker may lie.
public struct Digest: Hashable, Sendable {
  /// The bytes, eight to a word, the first in the lowest place.
  public var words: (UInt64, UInt64, UInt64, UInt64)

  /// Takes the words as they are.
  public init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

  /// Reads the 32 bytes of a digest.
  public init(_ bytes: borrowing [32 of UInt8]) {
    // Safe: bytes of any content are bytes, and all four loads end inside the 32.
    let bytes = unsafe bytes.span.bytes
    unsafe words = (
      UInt64(littleEndian: bytes.unsafeLoadUnaligned(as: UInt64.self)),
      UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)),
      UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 16, as: UInt64.self)),
      UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 24, as: UInt64.self))
    )
  }

  /// Reads bytes that may be anything, or gives `nil` when they are not 32.
  public init?(parsing bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var digest = [32 of UInt8](repeating: 0)
    var index = 0
    for byte in bytes {
      digest[index] = byte
      index += 1
    }
    self.init(digest)
  }

  /// Bytes of a digest.
  public static let byteCount = 32

  /// The 32 bytes.
  public var bytes: [UInt8] {
    let bytes = inlineBytes
    return bytes.indices.map { bytes[$0] }
  }

  /// The 32 bytes, without an allocation.
  public var inlineBytes: [32 of UInt8] {
    let words: [4 of UInt64] = [
      words.0.littleEndian, words.1.littleEndian, words.2.littleEndian, words.3.littleEndian,
    ]
    // Safe: both are 32 bytes that may have any content.
    return unsafe unsafeBitCast(words, to: [32 of UInt8].self)
  }

  /// The 64 digits, as logs and commands write it.
  public var text: String { Self.hexadecimal(bytes) }

  /// Reads the 64 digits, or gives `nil` when they are anything else.
  public init?(text: String) {
    let values = text.utf8.compactMap { Self.digits.firstIndex(of: $0) }
    guard values.count == 2 * Self.byteCount, text.utf8.count == values.count else { return nil }
    self.init(
      parsing: (0..<Self.byteCount).map { UInt8(values[2 * $0] << 4 | values[2 * $0 + 1]) })
  }

  private static let digits = Array("0123456789abcdef".utf8)

  /// Two lower-case digits for each byte.
  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Whether two are of the same bytes.
  public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

  /// Feeds the words to a hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

/// How a tree that a worker had in hand is told from others.
public struct TreeFingerprint: Hashable, Sendable {
  /// What the digest is of.
  public enum Kind: UInt64, Sendable {
    /// The tree's canonical JSON: the tree's own name, however it was written.
    case tree = 1
    /// The bytes that it came in, before anybody had understood them.
    case source = 2

    /// As logs write it.
    public var name: String {
      switch self {
      case .tree: "tree"
      case .source: "source"
      }
    }
  }

  /// What the digest is of.
  public var kind: Kind
  /// SHA-256.
  public var digest: Digest

  /// Puts the two together.
  public init(_ kind: Kind, _ digest: Digest) {
    self.kind = kind
    self.digest = digest
  }
}
