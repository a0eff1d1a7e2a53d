/// What it takes to answer a call again that had an idempotency key.
public struct KeyedAnswer: Equatable, Sendable {
  /// The key's SHA-256.
  public var key: [UInt8]
  /// The SHA-256 of what was asked for by it.
  public var request: [UInt8]
  /// When it was answered, in microseconds since 1970.
  public var microseconds: UInt64
  /// The answer.
  public var answer: ArraySlice<UInt8>

  /// Bytes of each of the two hashes.
  public static let hashBytes = 32
  /// Bytes before the answer.
  static let headBytes = 2 * hashBytes + 8

  /// Puts an answer together.
  public init(key: [UInt8], request: [UInt8], microseconds: UInt64, answer: ArraySlice<UInt8>) {
    precondition(
      key.count == Self.hashBytes && request.count == Self.hashBytes, "hashes have 32 bytes")
    self.key = key
    self.request = request
    self.microseconds = microseconds
    self.answer = answer
  }

  /// Reads what ``append(to:)`` wrote, or gives `nil`.
  init?(parsing bytes: ArraySlice<UInt8>) {
    guard bytes.count >= Self.headBytes else { return nil }
    let head = Array(bytes.prefix(Self.headBytes))
    key = Array(head[..<Self.hashBytes])
    request = Array(head[Self.hashBytes..<2 * Self.hashBytes])
    microseconds = LittleEndian.load(UInt64.self, at: 2 * Self.hashBytes, of: head)
    answer = bytes.dropFirst(Self.headBytes)
  }

  func append(to bytes: inout [UInt8]) {
    bytes += key
    bytes += request
    LittleEndian.append(microseconds, to: &bytes)
    bytes += answer
  }
}
