/// The version that calls run now.
public struct ActivateTreeResponse: ResponseMessage {
  /// The version.
  public var version: TreeVersionMessage?
  /// What was active before; 0 when nothing was.
  public var previousVersion: UInt64

  /// Makes a response.
  public init(version: TreeVersionMessage?, previousVersion: UInt64) {
    self.version = version
    self.previousVersion = previousVersion
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    if let version { Wire.message(1, to: &output) { version.append(to: &$0) } }
    Wire.integer(2, previousVersion, to: &output)
  }
}
