/// Asks to keep a tree as the next version of its name.
public struct PublishTreeRequestMessage: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = PublishTreeResponseMessage
  /// The method that takes it.
  public static var method: Method { .publishTree }

  /// What it is published as.
  public var treeID: String
  /// The tree.
  public var tree: ValidateTreeRequestMessage.Tree?
  /// JSON Schema of the contexts; empty when there is none.
  public var contextSchema: [UInt8] = []
  /// The newest version that the publisher knows of; 0 for whichever it is.
  public var expectedVersion: UInt64 = 0
  /// Whether there must be no tree of this name yet.
  public var mustBeNew = false
  /// Whether calls are to run it from now on.
  public var activates = false
  /// What it is labelled with.
  public var labels: [String: String] = [:]
  /// What has changed and why.
  public var comment = ""
  /// Whether to check everything, and keep nothing.
  public var validateOnly = false

  /// Makes a request.
  public init(treeID: String, tree: ValidateTreeRequestMessage.Tree?) {
    self.treeID = treeID
    self.tree = tree
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.text(1, treeID, to: &output)
    switch tree {
    case .json(let bytes): Wire.presentBytes(2, bytes, to: &output)
    case .node(let node): node.append(field: 3, to: &output)
    case nil: break
    }
    Wire.bytes(4, contextSchema, to: &output)
    Wire.integer(5, expectedVersion, to: &output)
    Wire.logical(6, mustBeNew, to: &output)
    Wire.logical(7, activates, to: &output)
    Wire.labels(8, labels, to: &output)
    Wire.text(9, comment, to: &output)
    Wire.logical(10, validateOnly, to: &output)
  }
}
