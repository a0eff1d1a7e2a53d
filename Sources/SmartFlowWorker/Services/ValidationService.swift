internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages

extension Worker {
  /// `ValidateTree`: all that is wrong with a tree, and nothing executed.
  func validateTree(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      let cached = try withArena { arena throws(RPCStatus) in
        try validated(payload, &arena)
      }
      let response = Self.response(of: cached)
      answer(call) { response.append(to: &$0) }
    } catch {
      answer(call, failure: error)
    }
  }

  private func validated(
    _ payload: RawSpan, _ arena: inout MessageArena
  ) throws(RPCStatus) -> CachedTree {
    let request: ValidateTreeRequest
    do throws(MessageError) {
      request = try ValidateTreeRequest(decoding: payload, in: &arena)
    } catch {
      throw RPCStatus(error)
    }
    guard request.contextSchema.isEmpty else { throw .unsupported("context_schema") }
    return try compiled(request.tree, in: payload).get()
  }

  private static func response(of cached: CachedTree) -> ValidateTreeResponseMessage {
    switch cached.outcome {
    case .invalid(let diagnostics):
      return ValidateTreeResponseMessage(
        isValid: false, diagnostics: diagnostics.map(DiagnosticMessage.init))
    case .tree(let tree):
      return ValidateTreeResponseMessage(
        isValid: true, diagnostics: cached.warnings.map(DiagnosticMessage.init),
        canonicalJSON: tree.canonicalJSON,
        treeDigest: tree.digest.span.indices.map { tree.digest[$0] },
        contextProperties: tree.properties, fuelBound: UInt64(clamping: tree.fuelBound))
    }
  }
}

extension DiagnosticMessage {
  fileprivate init(_ diagnostic: TreeDiagnostic) {
    let severity: Severity =
      switch diagnostic.severity {
      case .error: .error
      case .warning: .warning
      case .note: .note
      }
    self.init(
      severity: severity, code: diagnostic.code.rawValue,
      path: diagnostic.path.shortened(to: Limits.quotedBytes).description,
      range: UInt32(
        clamping: diagnostic.range.lowerBound)..<UInt32(
          clamping: diagnostic.range.upperBound),
      message: diagnostic.message.shortened(to: Limits.quotedBytes))
  }
}
