/// Asks for one version of a published tree, with its JSON.
public struct GetTreeRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = GetTreeResponse
  /// The method that takes it.
  public static var method: Method { .getTree }

  /// Its name.
  public var treeID: String
  /// Which version; 0 is the active one.
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
