/// Asks to let nobody run a version, or a whole tree, any more.
public struct RetireTreeRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = RetireTreeResponse
  /// The method that takes it.
  public static var method: Method { .retireTree }

  /// The tree.
  public var treeID: String
  /// The version; 0 is the whole tree.
  public var version: UInt64

  /// Makes a request.
  public init(treeID: String, version: UInt64 = 0) {
    self.treeID = treeID
    self.version = version
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.text(1, treeID, to: &output)
    Wire.integer(2, version, to: &output)
  }
}
