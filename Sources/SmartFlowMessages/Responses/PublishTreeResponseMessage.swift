/// The version that a tree stands as now.
public struct PublishTreeResponseMessage: ResponseMessage {
  /// The version; `nil` when it was only to be checked.
  public var version: TreeVersionMessage?
  /// Whether it is new; not when the newest one was the same already.
  public var isCreated = false
  /// What has to be said of the tree all the same.
  public var diagnostics: [DiagnosticMessage] = []

  /// Makes a response.
  public init(version: TreeVersionMessage?) { self.version = version }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    if let version { Wire.message(1, to: &output) { version.append(to: &$0) } }
    Wire.logical(2, isCreated, to: &output)
    for diagnostic in diagnostics { Wire.message(3, to: &output) { diagnostic.append(to: &$0) } }
  }
}
