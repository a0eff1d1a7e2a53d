/// What the compiler has to say about one place of an expression.
public struct Diagnostic: Sendable, Equatable {
  /// How much it matters.
  public enum Severity: String, Sendable {
    /// There is no program.
    case error
    /// There is a program, and it may not do what its author thinks.
    case warning
    /// Something worth knowing.
    case note
  }

  /// The closed list of what can be said.
  public enum Code: String, Sendable, CaseIterable {
    /// The text is not an expression.
    case syntax = "SYNTAX"
    /// There is no function of that name.
    case unknownFunction = "UNKNOWN_FUNCTION"
    /// A function is given too few arguments, or too many.
    case wrongArgumentCount = "WRONG_ARGUMENT_COUNT"
    /// A pattern is malformed, or asks for what linear time can not give.
    case invalidPattern = "INVALID_PATTERN"
    /// A pattern needs more than ``Limits/patternStates``.
    case patternTooLarge = "PATTERN_TOO_LARGE"
    /// The expression has more than ``Limits/expressionBytes``.
    case expressionTooLong = "EXPRESSION_TOO_LONG"
    /// The expression nests deeper than ``Limits/nesting``, or a pattern its groups too deep.
    case nestingTooDeep = "NESTING_TOO_DEEP"
    /// The program has more than ``Limits/instructions``.
    case tooManyInstructions = "TOO_MANY_INSTRUCTIONS"
    /// The program needs more than ``Limits/stackDepth``.
    case stackTooDeep = "STACK_TOO_DEEP"
    /// A list has more than ``Limits/listElements``.
    case listTooLong = "LIST_TOO_LONG"
    /// The tree names more than ``Limits/properties``.
    case tooManyProperties = "TOO_MANY_PROPERTIES"
    /// A form that filtrex has deprecated.
    case oldForm = "OLD_FORM"
    /// A number with a leading zero that filtrex reads in base eight.
    case octalNumber = "OCTAL_NUMBER"
  }

  /// How much it matters.
  public var severity: Severity
  /// Which of the known things it is.
  public var code: Code
  /// The place, in bytes of the expression's UTF-8.
  public var range: Range<Int>
  /// One sentence with the remedy.
  public var message: String
  /// What could have stood there, of a ``Code/syntax`` error.
  public var expected: String?
  /// The function's name, where it is about one.
  public var function: String?
  /// What to write instead, where that is known.
  public var suggestion: String?

  /// Says `message` about `range`.
  public init(
    severity: Severity, code: Code, range: Range<Int>, message: String, expected: String? = nil,
    function: String? = nil, suggestion: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.range = range
    self.message = message
    self.expected = expected
    self.function = function
    self.suggestion = suggestion
  }
}
