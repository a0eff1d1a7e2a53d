/// Asks to decide for many players with one tree.
public struct ExecuteBatchRequestMessage: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = ExecuteBatchResponseMessage
  /// The method that takes it.
  public static var method: Method { .executeBatch }

  /// One player.
  public struct Item: Equatable, Sendable {
    /// What is known of the player.
    public var context: ContextMessage?
    /// Whom the decision is about.
    public var playerID: String
    /// The same key never performs twice; empty when there is none.
    public var idempotencyKey: String

    /// Makes an item.
    public init(context: ContextMessage? = nil, playerID: String = "", idempotencyKey: String = "")
    {
      self.context = context
      self.playerID = playerID
      self.idempotencyKey = idempotencyKey
    }
  }

  /// The tree to run.
  public var tree: TreeMessage?
  /// The players, in the order of the answer's results.
  public var items: [Item]
  /// How the tree is to be executed; `nil` asks for nothing.
  public var options: ExecutionOptions?

  /// Makes a request.
  public init(tree: TreeMessage?, items: [Item], options: ExecutionOptions? = nil) {
    self.tree = tree
    self.items = items
    self.options = options
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    tree?.append(to: &output)
    for item in items {
      Wire.message(4, reserving: 2, to: &output) { output in
        item.context?.append(structure: 1, json: 2, to: &output)
        Wire.text(3, item.playerID, to: &output)
        Wire.text(4, item.idempotencyKey, to: &output)
      }
    }
    options?.append(field: 5, to: &output)
  }
}
