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
