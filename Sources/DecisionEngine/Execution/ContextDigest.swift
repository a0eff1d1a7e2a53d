public import Filtrex
internal import Hashes
internal import JSON

/// The SHA-256 of a context's canonical JSON, and a short text itself, made in steps.
///
/// The same for a context that came as JSON or as a message, whatever the order of its properties; see
/// ``Filtrex/ContextWriting`` for the form. Used again for the next context, so that nothing is allocated once it has
/// grown.
public struct ContextDigest: Sendable {
  private var writing = ContextWriting()
  private var hasher = SHA256.Hasher()
  private var hasHashed = false
  private var hasOverflown = false
  private var written: [UInt8] = []
  /// Bytes of the canonical JSON so far.
  public private(set) var byteCount = 0
  /// The digest, once all steps are taken.
  public private(set) var value: [32 of UInt8]?

  /// Bytes that are written and hashed in one step: some 60 µs where the hash is done without instructions of its own.
  private static let bytesPerStep = 8 << 10

  /// The digest of nothing yet.
  public init() {}

  /// The digest of a context, in one go.
  public init(of context: borrowing Context) {
    while step(context) {}
  }

  /// Whether all steps are taken.
  public var isWhole: Bool { value != nil }

  /// Whether the text is JSON: numbers that are none of JSON's are not.
  public var isJSON: Bool { !writing.hasNumberBeyondJSON }

  /// The canonical JSON, once whole, unless it is longer than was to be kept.
  public var text: [UInt8]? { isWhole && !hasOverflown ? written : nil }

  /// Forgets the last context and keeps the memory.
  public mutating func removeAll() {
    guard byteCount > 0 || isWhole else { return }
    writing.removeAll()
    if hasHashed { hasher = SHA256.Hasher() }
    hasHashed = false
    hasOverflown = false
    written.removeAll(keepingCapacity: true)
    byteCount = 0
    value = nil
  }

  /// Goes one step further.
  ///
  /// - Parameters:
  ///   - context: The same one in every step, and finished.
  ///   - limit: Bytes of the text that are kept, the same in every step; none of a longer one is.
  /// - Returns: Whether there is more to do.
  public mutating func step(_ context: borrowing Context, keeping limit: Int = 0) -> Bool {
    guard !isWhole else { return false }
    let start = written.count
    let hasMore = writing.step(context, bytes: Self.bytesPerStep, into: &written) {
      JSONWriter.appendEscaped($0, to: &$1)
    }
    byteCount += written.count - start
    hasOverflown = byteCount > limit
    hash(from: start, isLast: !hasMore)
    if hasOverflown { written.removeAll(keepingCapacity: true) }
    return hasMore
  }

  private mutating func hash(from start: Int, isLast: Bool) {
    let text = written
    // Safe: bytes of any content are bytes, here and below.
    guard hasHashed || !isLast else {
      return value = unsafe SHA256.digest(of: text.span.bytes)
    }
    unsafe hasher.update(text.span.bytes.extracting(start...))
    hasHashed = true
    if isLast { value = hasher.digest() }
  }
}
