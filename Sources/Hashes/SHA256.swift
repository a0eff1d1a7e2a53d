internal import CNettle

/// The hash that names trees and splits players.
///
/// - Source: FIPS 180-4, by Nettle, with the processor's own instructions where it has them.
public enum SHA256 {
  /// The 32 bytes of the digest.
  public static func digest(of bytes: RawSpan) -> [32 of UInt8] {
    var hasher = Hasher()
    hasher.update(bytes)
    return hasher.finish()
  }
}

extension SHA256 {
  /// A digest of bytes that come in pieces.
  public struct Hasher: Sendable {
    private var context = sha256_ctx()

    /// A digest of nothing so far.
    public init() {
      // Safe: the context is this value's own.
      unsafe nettle_sha256_init(&context)
    }

    /// Takes the next bytes in.
    public mutating func update(_ bytes: RawSpan) {
      // Safe: the input is read during the call only.
      unsafe bytes.withUnsafeBytes { input in
        guard let start = input.baseAddress else { return }
        unsafe nettle_sha256_update(
          &context, input.count, start.assumingMemoryBound(to: UInt8.self))
      }
    }

    /// The 32 bytes of the digest of all that was taken in.
    public func digest() -> [32 of UInt8] {
      var last = self
      return last.finish()
    }

    /// The same, and begins anew.
    fileprivate mutating func finish() -> [32 of UInt8] {
      var digest = [32 of UInt8](repeating: 0)
      var output = digest.mutableSpan
      // Safe: the output has the 32 bytes that it takes.
      unsafe output.withUnsafeMutableBufferPointer { output in
        guard let start = output.baseAddress else { return }
        unsafe nettle_sha256_digest(&context, output.count, start)
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
