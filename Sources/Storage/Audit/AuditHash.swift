internal import Hashes

/// The SHA-256 of a line, as its 64 lower-case digits.
public struct AuditHash: Hashable, Sendable, CustomStringConvertible {
  let digits: [UInt8]

  /// What stands before the first line: no hash has 64 zeros but by a miracle.
  static let none = AuditHash(digits: Array(repeating: UInt8(ascii: "0"), count: 64))

  /// The hash of a line without its line break.
  init(of line: ArraySlice<UInt8>) {
    var digits: [UInt8] = []
    digits.reserveCapacity(64)
    let digest = unsafe SHA256.digest(of: line.span.bytes)
    Hexadecimal.append(digest.span, to: &digits)
    self.digits = digits
  }

  /// Digits that were read.
  init(digits: [UInt8]) { self.digits = digits }

  /// The 64 digits.
  public var description: String { String(decoding: digits, as: UTF8.self) }
}
