/// Why an evaluation has no value.
public struct EvaluationError: Error, Sendable, Equatable {
  /// The closed list of what can go wrong at run time.
  public enum Code: String, Sendable, CaseIterable {
    /// The context, or an object in it, has no property of that name.
    case unknownProperty = "UNKNOWN_PROPERTY"
    /// A value has not the type that is wanted there.
    case unexpectedType = "UNEXPECTED_TYPE"
    /// A pattern made at run time is malformed.
    case invalidPattern = "INVALID_PATTERN"
    /// A pattern made at run time needs more than ``Limits/patternStates``.
    case patternTooLarge = "PATTERN_TOO_LARGE"
    /// A pattern made at run time nests its groups too deep.
    case nestingTooDeep = "NESTING_TOO_DEEP"
    /// A text made at run time has more than ``Limits/textBytes``.
    case textTooLong = "TEXT_TOO_LONG"
    /// The texts held at once have more than ``Limits/heldTextBytes``.
    case tooMuchText = "TOO_MUCH_TEXT"
  }

  /// Which of the known things went wrong.
  public var code: Code
  /// The operand or expression that is at fault, in bytes of the expression's UTF-8.
  public var range: Range<Int>
  /// The property that is missing, of ``Code/unknownProperty``.
  public var property: String?
  /// What was wanted, of ``Code/unexpectedType``.
  public var expected: String?
  /// The type of what was there, of ``Code/unexpectedType``.
  public var received: String?
  /// Which operand is at fault, counted from zero, left to right.
  public var operand: Int?
  /// One sentence with the remedy.
  public var message: String

  /// Says what is wrong with `range`.
  public init(
    code: Code, range: Range<Int>, property: String? = nil, expected: String? = nil,
    received: String? = nil, operand: Int? = nil, message: String
  ) {
    self.code = code
    self.range = range
    self.property = property
    self.expected = expected
    self.received = received
    self.operand = operand
    self.message = message
  }
}

extension EvaluationError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
