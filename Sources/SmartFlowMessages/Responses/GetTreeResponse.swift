/// One version, whole.
public struct GetTreeResponse: ResponseMessage {
  /// The version.
  public var version: TreeVersionMessage?

  /// Makes a response.
  public init(version: TreeVersionMessage?) { self.version = version }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    if let version { Wire.message(1, to: &output) { version.append(to: &$0) } }
  }
}
