internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages
internal import TTRPC

/// The answer to a `ValidateTree`, written in steps: two thousand diagnostics are megabytes.
final class ValidationAnswer {
  private let tree: Tree?
  private let diagnostics: [TreeDiagnostic]
  /// The answer's frame so far; a message is the same in one piece, and in pieces one behind the other.
  private var frame: [UInt8] = []
  private let envelope: MessageMark
  private var written = 0
  private var isWhole = false

  /// The answer that is about to be written: what was found, and the tree if it is sound.
  ///
  /// - Throws: The refusal of an answer that no frame could hold.
  init(_ tree: Tree?, diagnostics: [TreeDiagnostic]) throws(RPCStatus) {
    // The names of the properties stand in the tree.
    let bytes = diagnostics.reduce(2 * (tree?.canonicalJSON.count ?? 0) + 4096) {
      $0 + 64 + min($1.path.byteCount, Limits.quotedBytes)
        + min($1.message.utf8.count, Limits.quotedBytes)
    }
    guard bytes < Limits.answerBytes else { throw .answerTooLarge(limit: Limits.answerBytes) }
    self.tree = tree
    self.diagnostics = diagnostics
    _ = FrameWriter.beginFrame(in: &frame)
    envelope = ResponseEnvelope.begin(in: &frame, ofMegabytes: bytes > 2 << 20)
    ValidateTreeResponseMessage(isValid: tree != nil).append(to: &frame)
  }

  /// Writes a few diagnostics more, and the tree behind the last.
  ///
  /// - Returns: Whether there is more.
  func step() -> Bool {
    guard !isWhole else { return false }
    guard written == diagnostics.count else {
      let end = min(written + Limits.diagnosticsPerStep, diagnostics.count)
      let next = diagnostics[written..<end].map(DiagnosticMessage.init)
      ValidateTreeResponseMessage(isValid: false, diagnostics: next).append(to: &frame)
      written = end
      return true
    }
    if let tree {
      ValidateTreeResponseMessage(
        isValid: false, canonicalJSON: tree.canonicalJSON,
        treeDigest: tree.digest.span.indices.map { tree.digest[$0] },
        contextProperties: tree.properties, fuelBound: UInt64(clamping: tree.fuelBound)
      ).append(to: &frame)
    }
    isWhole = true
    return true
  }

  /// Answers with what was written.
  func send(for call: Call, in worker: Worker) {
    ResponseEnvelope.end(envelope, in: &frame)
    FrameWriter.endFrame(startingAt: 0, type: .response, streamID: call.streamID, in: &frame)
    worker.answer(call, frame: &frame)
  }
}

extension DiagnosticMessage {
  init(_ diagnostic: TreeDiagnostic) {
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
