/// An action's result as it stands on the wire, but for what each execution has of its own: its status and identifier.
///
/// Written once, copied into each answer, and filled in there.
public struct ActionPart: Sendable {
  /// The field of an execution, whole.
  private let bytes: [UInt8]
  /// Where the status is filled in, a byte, and where the identifier, a text.
  private let statusPlace: Int
  private let identifierPlace: Int

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
    var fields: [UInt8] = []
    Wire.text(1, type, to: &fields)
    Wire.text(2, path, to: &fields)
    Wire.tag(3, 0, to: &fields)
    let status = fields.count
    fields.append(0)
    writer.write(4, to: &fields, parameters)
    Wire.identifier(5, [16 of UInt8](repeating: 0), to: &fields)
    let identifier = fields.count - UUIDText.byteCount
    Wire.text(7, nodeID, to: &fields)

    var bytes: [UInt8] = []
    Wire.presentBytes(5, fields, to: &bytes)
    let start = bytes.count - fields.count
    self.bytes = bytes
    statusPlace = start + status
    identifierPlace = start + identifier
  }

  func append(
    status: ActionResultMessage.Status, actionID: [16 of UInt8], to output: inout [UInt8]
  ) {
    let start = output.count
    output.append(contentsOf: bytes)
    // A number below 128 is a byte.
    output[start + statusPlace] = UInt8(truncatingIfNeeded: status.rawValue)
    UUIDText.put(actionID, at: start + identifierPlace, in: &output)
  }
}
