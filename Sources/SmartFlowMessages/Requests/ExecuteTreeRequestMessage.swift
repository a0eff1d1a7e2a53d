/// Asks to decide for one player.
public struct ExecuteTreeRequestMessage: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = ExecuteTreeResponseMessage
  /// The method that takes it.
  public static var method: Method { .executeTree }

  /// The tree to run.
  public var tree: TreeMessage?
  /// What is known of the player.
  public var context: ContextMessage?
  /// Whom the decision is about.
  public var playerID: String
  /// How the tree is to be executed; `nil` asks for nothing.
  public var options: ExecutionOptions?

  /// Makes a request.
  public init(
    tree: TreeMessage?, context: ContextMessage? = nil, playerID: String = "",
    options: ExecutionOptions? = nil
  ) {
    self.tree = tree
    self.context = context
    self.playerID = playerID
    self.options = options
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    tree?.append(to: &output)
    context?.append(structure: 4, json: 5, to: &output)
    Wire.text(6, playerID, to: &output)
    options?.append(field: 7, to: &output)
  }
}

extension ExecutionOptions {
  func append(field: UInt32, to output: inout [UInt8]) {
    Wire.message(field, to: &output) { output in
      Wire.logical(1, dryRun, to: &output)
      Wire.logical(2, trace, to: &output)
      Wire.text(3, idempotencyKey, to: &output)
      Wire.text(4, locale, to: &output)
      Wire.timestamp(5, now, to: &output)
    }
  }
}
