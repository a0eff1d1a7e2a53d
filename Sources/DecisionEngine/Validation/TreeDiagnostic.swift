public import Filtrex
public import JSON

/// One thing to say of a tree, at its place.
public struct TreeDiagnostic: Equatable, Sendable {
  /// What it is; the list is closed, and for programs.
  public enum Code: String, CaseIterable, Sendable {
    // Of expressions: the same as the language's own.
    /// The text is no expression.
    case syntax = "SYNTAX"
    /// There is no such function.
    case unknownFunction = "UNKNOWN_FUNCTION"
    /// A function takes more or fewer arguments.
    case wrongArgumentCount = "WRONG_ARGUMENT_COUNT"
    /// A pattern is malformed, or asks for what linear time can not give.
    case invalidPattern = "INVALID_PATTERN"
    /// A pattern has too many states.
    case patternTooLarge = "PATTERN_TOO_LARGE"
    /// An expression is too long.
    case expressionTooLong = "EXPRESSION_TOO_LONG"
    /// An expression is nested too deep.
    case nestingTooDeep = "NESTING_TOO_DEEP"
    /// An expression makes too long a program.
    case tooManyInstructions = "TOO_MANY_INSTRUCTIONS"
    /// An expression needs too deep a stack.
    case stackTooDeep = "STACK_TOO_DEEP"
    /// A list in an expression is too long.
    case listTooLong = "LIST_TOO_LONG"
    /// The tree reads too many properties.
    case tooManyProperties = "TOO_MANY_PROPERTIES"
    /// A form that filtrex has deprecated.
    case oldForm = "OLD_FORM"
    /// A number with a leading zero.
    case octalNumber = "OCTAL_NUMBER"
    /// A condition that is true in every context where it has a value.
    case alwaysTrue = "ALWAYS_TRUE"
    /// A condition that is true in no context.
    case alwaysFalse = "ALWAYS_FALSE"
    /// A branch that is never reached, after what was decided before it.
    case unreachableBranch = "UNREACHABLE_BRANCH"
    /// A property that the context's schema does not list, or that is never there.
    case unknownProperty = "UNKNOWN_PROPERTY"
    /// A value that is never of the type that is wanted, or, as a note, not always.
    case unexpectedType = "UNEXPECTED_TYPE"
    /// A property that may be missing.
    case optionalProperty = "OPTIONAL_PROPERTY"
    // Of the context's schema; the path is one in the schema.
    /// The schema is not as it must be, or asks for what is not supported.
    case invalidSchema = "INVALID_SCHEMA"
    /// A keyword that the schema's language does not have.
    case unknownKeyword = "UNKNOWN_KEYWORD"
    // Of the tree's shape: what its JSON Schema says as well.
    /// A value is of another type than it must be.
    case wrongType = "WRONG_TYPE"
    /// A node lacks a field.
    case missingField = "MISSING_FIELD"
    /// A node has a field that means nothing.
    case unknownField = "UNKNOWN_FIELD"
    /// There is no node and no action of that type.
    case unknownAction = "UNKNOWN_ACTION"
    /// An action or node has no such parameter.
    case unknownParameter = "UNKNOWN_PARAMETER"
    /// An action needs a parameter.
    case missingParameter = "MISSING_PARAMETER"
    /// A parameter has a value that it may not have.
    case invalidParameter = "INVALID_PARAMETER"
    /// A `{{` of a template is not closed by `}}`.
    case invalidTemplate = "INVALID_TEMPLATE"
    /// An ID has characters, or a length, that it may not have.
    case invalidID = "INVALID_ID"
    /// A node has too few or too many children.
    case wrongChildCount = "WRONG_CHILD_COUNT"
    /// The weights of a split are no weights.
    case invalidWeight = "INVALID_WEIGHT"
    // Of the tree as a whole.
    /// Parameters that are right on their own do not go together.
    case conflictingParameters = "CONFLICTING_PARAMETERS"
    /// An ID stands at two nodes.
    case duplicateID = "DUPLICATE_ID"
    /// The tree's JSON is too long.
    case treeTooLarge = "TREE_TOO_LARGE"
    /// Nodes are nested too deep.
    case treeTooDeep = "TREE_TOO_DEEP"
    /// The tree has too many nodes.
    case tooManyNodes = "TOO_MANY_NODES"
    /// The tree has too many expressions.
    case tooManyExpressions = "TOO_MANY_EXPRESSIONS"
    /// One execution could reach too many actions.
    case tooManyActions = "TOO_MANY_ACTIONS"
    /// The tree names too many other trees.
    case tooManyTrees = "TOO_MANY_TREES"
    // Of the published trees that it names.
    /// No tree is published under a name.
    case unknownTree = "UNKNOWN_TREE"
    /// No version of a published tree is active.
    case inactiveTree = "INACTIVE_TREE"
    /// A tree would be part of itself.
    case cyclicTree = "CYCLIC_TREE"
    /// Nobody is there who could say what a published tree is.
    case unresolvedTree = "UNRESOLVED_TREE"
    /// Another tree, which uses this one, would not be sound with it any more.
    case breaksUser = "BREAKS_USER"
    // Of all of these.
    /// There is more to say than anybody would read.
    case tooManyDiagnostics = "TOO_MANY_DIAGNOSTICS"

    /// Whether it is a matter of the tree's shape, so that the JSON Schema of trees refuses it too.
    ///
    /// The schema accepts exactly the trees that have no error of these codes, within the limits on nesting,
    /// nodes and diagnostics, past which nobody looks. What it can not say is left to the others:
    /// whether expressions compile, what must be unique in the tree, and what adds up.
    public var isShape: Bool {
      switch self {
      case .wrongType, .missingField, .unknownField, .unknownAction, .unknownParameter,
        .missingParameter, .invalidParameter, .invalidTemplate, .invalidID, .wrongChildCount,
        .invalidWeight:
        true
      case .syntax, .unknownFunction, .wrongArgumentCount, .invalidPattern, .patternTooLarge,
        .expressionTooLong, .nestingTooDeep, .tooManyInstructions, .stackTooDeep, .listTooLong,
        .tooManyProperties, .oldForm, .octalNumber, .alwaysTrue, .alwaysFalse, .unreachableBranch,
        .unknownProperty, .unexpectedType, .optionalProperty, .invalidSchema, .unknownKeyword,
        .conflictingParameters, .duplicateID,
        .treeTooLarge, .treeTooDeep, .tooManyNodes, .tooManyExpressions, .tooManyActions,
        .tooManyTrees, .unknownTree, .inactiveTree, .cyclicTree, .unresolvedTree, .breaksUser,
        .tooManyDiagnostics:
        false
      }
    }
  }

  /// How much it matters.
  public var severity: Diagnostic.Severity
  /// What it is.
  public var code: Code
  /// Where.
  public var path: JSONPointer
  /// Where in the text that stands there, in UTF-8 bytes; empty where it is about no expression.
  public var range: Range<Int>
  /// One sentence with the remedy.
  public var message: String

  /// Says something of a place.
  public init(
    severity: Diagnostic.Severity = .error, code: Code, path: JSONPointer,
    range: Range<Int> = 0..<0, message: String
  ) {
    self.severity = severity
    self.code = code
    self.path = path
    self.range = range
    self.message = message
  }
}

/// What came of compiling a tree.
public struct TreeCompilation: Sendable {
  /// The tree, or `nil` when there are errors.
  public var tree: Tree?
  /// All that is to be said of it, errors, warnings and notes.
  public var diagnostics: [TreeDiagnostic]
}
