/// One decision on the way: an expression and what it came to, or a split by the player.
public struct TraceStep: Equatable, Sendable {
  /// RFC 6901 pointer to the node.
  public var path: String
  /// The node's own name for itself.
  public var nodeID: String?
  /// The expression; empty for a split by the player.
  public var expression: String
  /// RFC 6901 pointer to the text that holds the expression; empty for a split by the player.
  public var expressionPath: String
  /// The value as JSON text, of a split by the player its fraction; empty where there is none.
  ///
  /// What JSON has no number for is an object: `{"$number":"NaN"}`.
  public var result = ""
  /// Whether ``result`` is the beginning of a longer value.
  public var isResultCut = false
  /// Why the node came to nothing.
  public var error: ExecutionFailure?
  /// Units that the step used.
  public var fuelUsed = 0
  /// Time since the step before, as the driver measured it.
  public var elapsed = Duration.zero
  /// The properties that were read, in the order of their first reading.
  public var reads: [PropertyRead] = []
  /// What a split came to.
  public var split: SplitChoice?

  /// Whether the execution was stopped in the middle of the expression.
  public var isUnfinished: Bool { result.isEmpty && error == nil }

  /// An upper bound on the step's size in an answer, in bytes.
  public var estimatedBytes: Int {
    var count = 96 + path.utf8.count + expressionPath.utf8.count + expression.utf8.count
    count += result.utf8.count + (nodeID?.utf8.count ?? 0) + (error?.estimatedBytes ?? 0)
    for read in reads { count += 24 + read.name.utf8.count + (read.value?.utf8.count ?? 0) }
    return count
  }
}

/// A property of the context that an expression has read.
public struct PropertyRead: Equatable, Sendable {
  /// The name as the expression has it: `wallet.cash`.
  public var name: String
  /// The value as JSON text, or `nil` where the context lacks the property.
  public var value: String?
  /// Whether ``value`` is the beginning of a longer one.
  public var isCut: Bool

  /// Says what was read.
  public init(name: String, value: String?, isCut: Bool = false) {
    self.name = name
    self.value = value
    self.isCut = isCut
  }
}

/// What a split came to.
public struct SplitChoice: Equatable, Sendable {
  /// Where the key falls, from 0 up to 1.
  public var fraction: Double
  /// The share that was gone on to, counted from 0.
  public var share: Int
}
