/// Which tree a client asks for.
public enum TreeMessage: Equatable, Sendable {
  /// The JSON form, UTF-8.
  case json([UInt8])
  /// A published tree.
  case reference(TreeReferenceMessage)
  /// The tree as messages.
  case node(NodeMessage)

  /// Writes the one-of as `ExecuteTreeRequest` and `ExecuteBatchRequest` number it.
  func append(to output: inout [UInt8]) {
    switch self {
    case .json(let bytes): Wire.presentBytes(1, bytes, to: &output)
    case .reference(let reference):
      Wire.message(2, to: &output) { reference.append(to: &$0) }
    case .node(let node): node.append(field: 3, to: &output)
    }
  }
}

/// A published tree.
public struct TreeReferenceMessage: Equatable, Sendable {
  /// Its name.
  public var treeID: String
  /// 0 is the version that is active when the call is served.
  public var version: UInt64

  /// Makes a reference.
  public init(treeID: String, version: UInt64 = 0) {
    self.treeID = treeID
    self.version = version
  }

  func append(to output: inout [UInt8]) {
    Wire.text(1, treeID, to: &output)
    Wire.integer(2, version, to: &output)
  }
}

/// What a client knows of the player.
public enum ContextMessage: Equatable, Sendable {
  /// The properties as a `google.protobuf.Struct`.
  case structure([String: StructValue])
  /// One JSON object, UTF-8.
  case json([UInt8])

  func append(structure: UInt32, json: UInt32, to output: inout [UInt8]) {
    switch self {
    case .structure(let members): StructValue.append(members, field: structure, to: &output)
    case .json(let bytes): Wire.presentBytes(json, bytes, to: &output)
    }
  }
}
