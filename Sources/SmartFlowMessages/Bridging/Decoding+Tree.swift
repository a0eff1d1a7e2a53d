internal import CProtobufC
internal import CSmartFlowProto

// Safe, in all of this file: as in `Decoding+Execution.swift`.

extension ValidateTreeResponseMessage {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_validate_tree_response()
    ).load(as: Smartflow__V1__ValidateTreeResponse.self)
    unsafe self.init(
      isValid: message.valid != 0, canonicalJSON: message.canonical_json.array,
      treeDigest: message.tree_digest.array, fuelBound: message.fuel_bound)
    for index in unsafe 0..<message.n_diagnostics {
      guard let diagnostic = unsafe message.diagnostics[index]?.pointee else { continue }
      unsafe diagnostics.append(DiagnosticMessage(diagnostic))
    }
    for index in unsafe 0..<message.n_context_properties {
      unsafe contextProperties.append(Text.string(message.context_properties[index]))
    }
  }
}

extension DiagnosticMessage {
  @unsafe init(_ message: Smartflow__V1__Diagnostic) {
    unsafe self.init(
      severity: Severity(rawValue: Int32(bitPattern: message.severity.rawValue)) ?? .unspecified,
      code: Text.string(message.code), path: Text.string(message.path),
      // A server that ends before it starts means no range.
      range: message.start..<max(message.start, message.end),
      message: Text.string(message.message))
  }
}
