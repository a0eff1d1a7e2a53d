internal import CSodium

/// The hash that names trees and splits players.
///
/// - Source: FIPS 180-4, by libsodium.
public enum SHA256 {
  /// The 32 bytes of the digest.
  public static func digest(of bytes: RawSpan) -> [32 of UInt8] {
    var digest = [32 of UInt8](repeating: 0)
    var output = digest.mutableSpan
    // Safe: the input is read during the call only, and the output has the 32 bytes it takes.
    unsafe bytes.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        guard let start = output.baseAddress else { return }
        _ = unsafe crypto_hash_sha256(
          start, input.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(input.count))
      }
    }
    return digest
  }
}

extension SHA256 {
  /// A digest of bytes that come in pieces.
  public struct Hasher: Sendable {
    private var state = crypto_hash_sha256_state()

    /// A digest of nothing so far.
    public init() {
      // Safe: the state is this value's own.
      _ = unsafe crypto_hash_sha256_init(&state)
    }

    /// Takes the next bytes in.
    public mutating func update(_ bytes: RawSpan) {
      // Safe: the input is read during the call only.
      unsafe bytes.withUnsafeBytes { input in
        _ = unsafe crypto_hash_sha256_update(
          &state, input.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(input.count))
      }
    }

    /// The 32 bytes of the digest of all that was taken in.
    public func digest() -> [32 of UInt8] {
      var last = state
      var digest = [32 of UInt8](repeating: 0)
      var output = digest.mutableSpan
      // Safe: the output has the 32 bytes that it takes.
      unsafe output.withUnsafeMutableBufferPointer { output in
        guard let start = output.baseAddress else { return }
        _ = unsafe crypto_hash_sha256_final(&last, start)
      }
      return digest
    }
  }
}

extension SHA256 {
  /// The digest's first eight bytes as a fraction, from 0 up to but not including 1.
  ///
  /// Rounded to the nearest double as any division would be; splits hang on it, so it never changes.
  public static func fraction(of bytes: RawSpan) -> Double {
    let digest = digest(of: bytes)
    var leading: UInt64 = 0
    for index in 0..<8 { leading = leading << 8 | UInt64(digest[index]) }
    return min(Double(leading) * 0x1p-64, 1.0.nextDown)
  }
}
