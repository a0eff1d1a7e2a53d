internal import JSON

/// One parameter of an action, as its type declares it.
public struct Parameter: Sendable {
  /// What a parameter's value must be.
  public enum Kind: Sendable {
    /// A text of so many Unicode scalars, in a format where there is one.
    case text(length: ClosedRange<Int>, format: TextFormat? = nil)
    /// A number within bounds; a whole one where `isWhole`.
    case number(Bounds = Bounds(), isWhole: Bool = false)
    /// True or false.
    case logical
    /// One of the given texts.
    case choice([String])
  }

  /// What a number may be.
  public struct Bounds: Sendable {
    /// The number must be greater.
    public var greaterThan: Double?
    /// The number must not be less.
    public var atLeast: Double?
    /// The number must not be greater.
    public var atMost: Double?

    /// Makes bounds; none that is not named holds.
    public init(greaterThan: Double? = nil, atLeast: Double? = nil, atMost: Double? = nil) {
      self.greaterThan = greaterThan
      self.atLeast = atLeast
      self.atMost = atMost
    }
  }

  /// The parameter's name.
  public var name: String
  /// What its value must be.
  public var kind: Kind
  /// Whether the action needs it.
  public var isRequired: Bool
  /// One sentence for people.
  public var summary: String

  /// Declares a parameter.
  public init(_ name: String, _ kind: Kind, isRequired: Bool = false, summary: String) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.summary = summary
  }
}

/// A format of texts.
public struct TextFormat: Sendable {
  /// What people call it: "an E.164 phone number such as +35621234567".
  public var name: String
  /// The same as a pattern of ECMA-262, for JSON Schema.
  public var pattern: String
  /// Whether a text is of the format.
  public var matches: @Sendable (String) -> Bool

  /// Declares a format.
  public init(name: String, pattern: String, matches: @escaping @Sendable (String) -> Bool) {
    self.name = name
    self.pattern = pattern
    self.matches = matches
  }

  /// A phone number.
  ///
  /// - Source: ITU-T E.164: a plus sign and 2 to 15 digits, of which the first is not zero.
  public static let e164 = TextFormat(
    name: "an E.164 phone number such as +35621234567", pattern: #"^\+[1-9][0-9]{1,14}$"#
  ) { text in
    let bytes = Array(text.utf8)
    return (3...16).contains(bytes.count) && bytes[0] == UInt8(ascii: "+")
      && bytes[1] != UInt8(ascii: "0")
      && bytes[1...].allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }

  /// An address of electronic mail; whether it takes mail only its server knows.
  public static let emailAddress = TextFormat(
    name: "an e-mail address such as maria@example.com", pattern: #"^[!-?A-~]+@[!-?A-~]+$"#
  ) { text in
    let bytes = Array(text.utf8)
    let at = UInt8(ascii: "@")
    guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let place = bytes.firstIndex(of: at), bytes.lastIndex(of: at) == place
    else { return false }
    return place > 0 && place < bytes.count - 1
  }

  /// A currency's code.
  ///
  /// - Source: ISO 4217: three capital letters.
  public static let currency = TextFormat(
    name: "an ISO 4217 currency such as EUR", pattern: "^[A-Z]{3}$"
  ) { text in
    text.utf8.count == 3
      && text.utf8.allSatisfy { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
  }

  /// A text on one line, so that it can't become two fields of a message's head.
  public static let oneLine = TextFormat(
    name: "a text without line breaks", pattern: #"^[^\r\n]*$"#
  ) { text in !text.utf8.contains { $0 == 0x0A || $0 == 0x0D } }
}

/// What is wrong with a parameter.
public struct ParameterProblem: Error, Equatable, Sendable {
  /// The parameter's name.
  public var parameter: String
  /// One sentence with the remedy.
  public var message: String

  /// Says what is wrong.
  public init(parameter: String, message: String) {
    self.parameter = parameter
    self.message = message
  }
}

extension Parameter {
  /// What is wrong with a value, or `nil`.
  func problem(with value: JSONValue) -> ParameterProblem? {
    let reason: String?
    switch (kind, value) {
    case (.text(let length, let format), .string(let text)):
      reason = Self.reason(text, length, format)
    case (.number(let bounds, let isWhole), .number(let number)):
      reason = Self.reason(number, bounds, isWhole)
    case (.logical, .bool): reason = nil
    case (.choice(let choices), .string(let text)):
      reason =
        choices.contains(text) ? nil : "`\(text)` is none of \(choices.joined(separator: ", "))"
    default: reason = "expected \(wanted), found \(Self.article(value.typeName))"
    }
    return reason.map { ParameterProblem(parameter: name, message: "parameter `\(name)`: \($0)") }
  }

  private var wanted: String {
    switch kind {
    case .text(_, let format): format?.name ?? "a text"
    case .number(_, let isWhole): isWhole ? "a whole number" : "a number"
    case .logical: "true or false"
    case .choice(let choices): "one of \(choices.joined(separator: ", "))"
    }
  }

  private static func article(_ type: String) -> String {
    switch type {
    case "array", "object": "an \(type)"
    case "null": "null"
    default: "a \(type)"
    }
  }

  private static func reason(
    _ text: String, _ length: ClosedRange<Int>, _ format: TextFormat?
  ) -> String? {
    let count = text.unicodeScalars.count
    guard length.contains(count) else {
      return
        "the text has \(count) characters; it may have \(length.lowerBound) to \(length.upperBound)"
    }
    // Strings of many languages end there, and so would the message or the phone number.
    if text.utf8.contains(0) { return "the text holds U+0000; leave it out" }
    guard let format, !format.matches(text) else { return nil }
    return "expected \(format.name)"
  }

  private static func reason(_ number: Double, _ bounds: Bounds, _ isWhole: Bool) -> String? {
    if isWhole && number != number.rounded() { return "expected a whole number" }
    if let bound = bounds.greaterThan, number <= bound {
      return "the number must be greater than \(JSONValue.number(bound).text)"
    }
    if let bound = bounds.atLeast, number < bound {
      return "the number must not be less than \(JSONValue.number(bound).text)"
    }
    if let bound = bounds.atMost, number > bound {
      return "the number must not be greater than \(JSONValue.number(bound).text)"
    }
    return nil
  }
}

extension JSONValue {
  /// The value on one line.
  var text: String {
    var bytes: [UInt8] = []
    JSONWriter.append(self, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
