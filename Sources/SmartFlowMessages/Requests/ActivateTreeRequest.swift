/// Asks to let calls run a version from now on.
public struct ActivateTreeRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = ActivateTreeResponse
  /// The method that takes it.
  public static var method: Method { .activateTree }

  /// The tree.
  public var treeID: String
  /// The version; 0 is the one that was active before the one that is.
  public var version: UInt64
  /// The active version that the caller knows of; 0 for whichever it is.
  public var expectedActiveVersion: UInt64

  /// Makes a request.
  public init(treeID: String, version: UInt64 = 0, expectedActiveVersion: UInt64 = 0) {
    self.treeID = treeID
    self.version = version
    self.expectedActiveVersion = expectedActiveVersion
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.text(1, treeID, to: &output)
    Wire.integer(2, version, to: &output)
    Wire.integer(3, expectedActiveVersion, to: &output)
  }
}
