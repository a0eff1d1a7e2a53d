/// Asks what is wrong with a tree.
public struct ValidateTreeRequestMessage: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = ValidateTreeResponseMessage
  /// The method that takes it.
  public static var method: Method { .validateTree }

  /// A tree that is given, since a published one was validated when it was published.
  public enum Tree: Equatable, Sendable {
    /// The JSON form, UTF-8.
    case json([UInt8])
    /// The tree as messages.
    case node(NodeMessage)
  }

  /// The tree to look at.
  public var tree: Tree?
  /// JSON Schema of the context; empty when there is none.
  public var contextSchema: [UInt8]

  /// Makes a request.
  public init(tree: Tree?, contextSchema: [UInt8] = []) {
    self.tree = tree
    self.contextSchema = contextSchema
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    switch tree {
    case .json(let bytes): Wire.presentBytes(1, bytes, to: &output)
    case .node(let node): node.append(field: 2, to: &output)
    case nil: break
    }
    Wire.bytes(3, contextSchema, to: &output)
  }
}
