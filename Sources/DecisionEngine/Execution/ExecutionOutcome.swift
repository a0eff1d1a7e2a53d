public import JSON

/// Why a node could not be evaluated for this context: the tree is sound, the context does not fit.
public struct ExecutionFailure: Error, Equatable, Sendable {
  /// For programs: `UNKNOWN_PROPERTY`, `UNEXPECTED_TYPE`, and the language's other run-time errors.
  public var reason: String
  /// RFC 6901 pointer to the node.
  public var path: String
  /// The expression that has no value, where it is about one.
  public var expression: String?
  /// Where in the expression, in UTF-8 bytes.
  public var range: Range<Int> = 0..<0
  /// The property that is missing.
  public var property: String?
  /// The type that was wanted.
  public var expected: String?
  /// The type of what was there.
  public var received: String?
  /// One sentence with the remedy.
  public var message: String

  /// An upper bound on the failure's size in an answer, in bytes.
  public var estimatedBytes: Int {
    let texts = [reason, path, expression, property, expected, received, message]
    return texts.reduce(256) { $0 + ($1?.utf8.count ?? 0) }
  }
}

/// Why one node among others came to nothing.
public struct ActionFailure: Error, Equatable, Sendable {
  /// What kind of failure it is.
  public indirect enum Kind: Equatable, Sendable {
    /// The node could not be evaluated.
    case evaluation(ExecutionFailure)
    /// Rendered parameters are not what the action's type wants.
    case parameters([ParameterProblem])
  }

  /// What kind of failure it is.
  public var kind: Kind

  /// For programs.
  public var reason: String {
    switch kind {
    case .evaluation(let failure): failure.reason
    case .parameters: "INVALID_PARAMETER"
    }
  }

  /// One sentence with the remedy.
  public var message: String {
    switch kind {
    case .evaluation(let failure): failure.message
    case .parameters(let problems): problems.map(\.message).joined(separator: "; ")
    }
  }

  /// An upper bound on the failure's size in an answer, in bytes, its node's path not counted.
  public var estimatedBytes: Int {
    switch kind {
    case .evaluation(let failure): failure.estimatedBytes
    case .parameters(let problems):
      // Each problem stands in the sentence and on its own.
      problems.reduce(256) { $0 + 64 + 2 * $1.message.utf8.count + $1.parameter.utf8.count }
    }
  }
}

/// One entry of an execution's result: an action that was decided on, or a node that failed.
public struct PlannedAction: Sendable {
  private let node: Node
  /// Where the node stands among those of its tree: the same in every execution.
  public var place: Int { node.place }
  /// The node's type.
  public var type: String { node.type }
  /// RFC 6901 pointer to the node.
  public var path: String { node.path }
  /// The node's own name for itself.
  public var nodeID: String? { node.id }
  /// The parameters as rendered; `nil` of a node that was not.
  public var parameters: JSONObject? { rendered?.object }
  var rendered: RenderedParameters?
  /// Whether the parameters are the same in every execution of the tree.
  public internal(set) var isConstant = false
  /// Why it came to nothing; `nil` when it is to be performed.
  public internal(set) var failure: ActionFailure?

  init(_ node: Node, failure: ActionFailure? = nil) {
    self.node = node
    self.failure = failure
  }

  /// About how long the parameters are, in bytes.
  public var parameterBytes: Int { parameters.map { JSONValue.object($0).memoryBytes } ?? 0 }
}

extension PlannedAction: Equatable {
  /// Whether both say the same, of whatever tree.
  public static func == (left: PlannedAction, right: PlannedAction) -> Bool {
    left.type == right.type && left.path == right.path && left.nodeID == right.nodeID
      && left.parameters == right.parameters && left.failure == right.failure
  }
}
