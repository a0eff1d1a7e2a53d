/// A format of texts.
public struct TextFormat: Sendable {
  /// What people call it: "an E.164 phone number such as +35621234567".
  public var name: String
  /// The same as a pattern of ECMA-262, for JSON Schema: it and ``matches`` must take the same texts.
  public var pattern: String
  /// A text of the format, which editors offer; `nil` where none would help.
  public var example: String?
  /// Whether a text is of the format.
  public var matches: @Sendable (String) -> Bool

  /// Declares a format.
  public init(
    name: String, pattern: String, example: String? = nil,
    matches: @escaping @Sendable (String) -> Bool
  ) {
    self.name = name
    self.pattern = pattern
    self.example = example
    self.matches = matches
  }

  /// A phone number.
  ///
  /// - Source: ITU-T E.164: a plus sign and 2 to 15 digits, of which the first is not zero.
  public static let e164 = TextFormat(
    name: "an E.164 phone number such as +35621234567", pattern: #"^\+[1-9][0-9]{1,14}$"#,
    example: "+35621234567"
  ) { text in
    let bytes = text.utf8.span
    guard
      (3...16).contains(bytes.count) && bytes[0] == UInt8(ascii: "+")
        && bytes[1] != UInt8(ascii: "0")
    else { return false }
    for index in 1..<bytes.count where bytes[index] < 0x30 || bytes[index] > 0x39 { return false }
    return true
  }

  /// An address of electronic mail; whether it takes mail only its server knows.
  public static let emailAddress = TextFormat(
    name: "an e-mail address such as maria@example.com", pattern: #"^[!-?A-~]+@[!-?A-~]+$"#,
    example: "maria@example.com"
  ) { text in
    let bytes = text.utf8.span
    var place: Int?
    for index in bytes.indices {
      guard bytes[index] > 0x20, bytes[index] < 0x7F else { return false }
      guard bytes[index] == UInt8(ascii: "@") else { continue }
      guard place == nil else { return false }
      place = index
    }
    guard let place else { return false }
    return place > 0 && place < bytes.count - 1
  }

  /// A currency's code.
  ///
  /// - Source: ISO 4217: three capital letters.
  public static let currency = TextFormat(
    name: "an ISO 4217 currency such as EUR", pattern: "^[A-Z]{3}$", example: "EUR"
  ) { text in
    text.utf8.count == 3
      && text.utf8.allSatisfy { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
  }

  /// A text on one line, so that it can't become two fields of a message's head.
  public static let oneLine = TextFormat(
    name: "a text without line breaks", pattern: #"^[^\r\n]*$"#
  ) { text in
    let bytes = text.utf8.span
    for index in bytes.indices where bytes[index] == 0x0A || bytes[index] == 0x0D { return false }
    return true
  }
}
