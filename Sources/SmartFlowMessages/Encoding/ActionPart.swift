/// What an action's result says that is the same in every execution of its tree, as it stands on the wire.
///
/// Written once, and copied into each answer.
public struct ActionPart: Sendable {
  let bytes: [UInt8]

  /// How long it is.
  public var byteCount: Int { bytes.count }

  /// Writes the fields that are known before any execution.
  ///
  /// - Parameters:
  ///   - type: "SendSMS".
  ///   - path: RFC 6901 pointer to the node.
  ///   - nodeID: The node's own ID; may be empty.
  ///   - writer: Writes the parameters.
  ///   - parameters: Gives them to the writer: one object.
  public init(
    type: String, path: String, nodeID: String, using writer: inout StructWriter,
    parameters: (inout StructWriter) -> Void
  ) {
    var bytes: [UInt8] = []
    Wire.text(1, type, to: &bytes)
    Wire.text(2, path, to: &bytes)
    writer.write(4, to: &bytes, parameters)
    Wire.text(7, nodeID, to: &bytes)
    self.bytes = bytes
  }
}
