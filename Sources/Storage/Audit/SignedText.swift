/// What a signature in the audit is over, and where it stands.
///
/// A signed object ends with `,"signature":"<128 digits>"}`. Signed is a domain, which says what kind of object it is,
/// a line break, and the object's text before that ending, byte for byte: nothing needs to be written anew to be
/// checked, and no byte is outside of it.
enum SignedText {
  /// A kind of signed object; a signature over one is none over another.
  enum Domain: String {
    case seal = "smartflow-audit-seal-v1"
    case checkpoint = "smartflow-audit-checkpoint-v1"
    case tombstone = "smartflow-audit-tombstone-v1"
  }

  private static let label = Array(#","signature":""#.utf8)
  private static let ending = Array("\"}".utf8)

  /// The object whose text before the signature is `text`.
  static func sign(_ text: String, _ domain: Domain, with key: borrowing AuditKey) -> [UInt8] {
    let object = Array(text.utf8)
    return object + label + key.signature(of: message(object[...], domain)) + ending
  }

  /// Whether an object's signature is of this key.
  static func isSigned(
    _ object: ArraySlice<UInt8>, _ domain: Domain, by key: AuditPublicKey
  ) -> Bool {
    let tailBytes = label.count + 128 + ending.count
    guard object.count > tailBytes else { return false }
    let signed = object.dropLast(tailBytes)
    var scanner = AuditScanner(object.suffix(tailBytes))
    guard scanner.take(#","signature":""#), let digits = scanner.hexadecimal(128),
      scanner.take("\"}"), scanner.isAtEnd
    else { return false }
    return key.verifies(digits, of: message(signed, domain))
  }

  private static func message(_ object: ArraySlice<UInt8>, _ domain: Domain) -> [UInt8] {
    Array(domain.rawValue.utf8) + [0x0A] + object
  }
}
