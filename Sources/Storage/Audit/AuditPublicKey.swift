internal import CSodium
internal import Hashes
internal import UnixSocket

/// The key by which anybody can check the audit's signatures.
public struct AuditPublicKey: Equatable, Sendable, CustomStringConvertible {
  let bytes: [UInt8]

  static let label = "smartflow-audit-public-key-v1\n"

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads the file that was written beside the key.
  ///
  /// - Throws: ``AuditError`` where there is none, or it holds something else.
  public init(path: String) throws(AuditError) {
    guard let bytes = KeyText.parse(try KeyText.read(path), Self.label) else {
      throw .notAKey(path: path)
    }
    self.bytes = bytes
  }

  /// The 64 digits.
  public var description: String { Hexadecimal.text(bytes.span) }

  /// Whether 128 digits are this key's signature of `message`.
  func verifies(_ digits: [UInt8], of message: [UInt8]) -> Bool {
    guard let signature = KeyText.bytes(of: digits), signature.count == 64 else { return false }
    // Safe: the signature has its 64 bytes, the key its 32, and all are read during the call only.
    return unsafe crypto_sign_ed25519_verify_detached(
      signature, message, UInt64(message.count), bytes) == 0
  }
}
