internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages
internal import TTRPC

// What the engine came to, in the protocol's words: the codes and reasons of PROTOCOL's table.

extension ExecutionMessage {
  init(
    _ execution: borrowing Execution, of tree: Tree, _ reference: TreeReferenceMessage?,
    number: Int, isDryRun: Bool
  ) {
    let results = execution.actions.enumerated().map { index, action in
      ActionResultMessage(
        type: action.type, path: action.path,
        status: action.failure != nil ? .failed : isDryRun ? .notPerformed : .accepted,
        parameters: action.parameters.map { StructValue.members(of: $0) },
        actionID: Self.identifier(number, index + 1),
        error: action.failure.map { RPCStatus($0, at: action.path) }, nodeID: action.nodeID ?? "")
    }
    let hasFailed = execution.actions.contains { $0.failure != nil }
    self.init(
      executionID: Self.identifier(number, 0),
      status: isDryRun ? .dryRun : hasFailed ? .partiallyCompleted : .completed, tree: reference,
      treeDigest: tree.digest.span.indices.map { tree.digest[$0] }, actions: results,
      trace: execution.trace.map { TraceStepMessage($0) }, elapsed: .zero,
      fuelUsed: UInt64(clamping: execution.fuelUsed))
  }

  /// A UUIDv7 in form; counted, so that a test that runs twice sees the same.
  private static func identifier(_ execution: Int, _ action: Int) -> String {
    func padded(_ number: Int, _ digits: Int) -> String {
      let text = String(number, radix: 16)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    return "00000000-\(padded(execution & 0xFFFF, 4))-7000-8000-\(padded(action, 12))"
  }
}

extension TraceStepMessage {
  fileprivate init(_ step: TraceStep) {
    self.init(
      path: step.path, nodeID: step.nodeID ?? "", expression: step.expression, result: step.result,
      error: step.error.map { RPCStatus($0) }, fuelUsed: UInt64(clamping: step.fuelUsed),
      elapsed: .zero,
      reads: step.reads.map {
        PropertyReadMessage(
          name: $0.name, value: $0.value ?? "", isMissing: $0.value == nil, isTruncated: $0.isCut)
      }, expressionPath: step.expressionPath, isResultTruncated: step.isResultCut,
      split: step.split.map {
        SplitChoiceMessage(fraction: $0.fraction, share: UInt32(clamping: $0.share))
      })
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
      severity: severity, code: diagnostic.code.rawValue, path: diagnostic.path.description,
      range: UInt32(
        clamping: diagnostic.range.lowerBound)..<UInt32(clamping: diagnostic.range.upperBound),
      message: diagnostic.message)
  }
}

extension RPCStatus {
  init(_ code: StatusCode, _ message: String, _ details: [StatusDetail] = []) {
    self.init(code: code.rawValue, message: message, details: details)
  }

  init(_ refusal: Refusal) {
    self.init(refusal.code, "\(refusal)", refusal.reason.map { [.errorInfo(reason: $0)] } ?? [])
  }

  init(_ failure: ExecutionFailure) {
    var metadata = ["path": failure.path]
    metadata["expression"] = failure.expression
    metadata["property"] = failure.property
    metadata["expected"] = failure.expected
    metadata["received"] = failure.received
    if failure.expression != nil {
      metadata["start"] = String(failure.range.lowerBound)
      metadata["end"] = String(failure.range.upperBound)
    }
    self.init(
      .failedPrecondition, failure.message,
      [.errorInfo(reason: failure.reason, metadata: metadata)])
  }

  init(_ failure: ActionFailure, at path: String) {
    switch failure.kind {
    case .evaluation(let failure): self.init(failure)
    case .parameters(let problems):
      let violations = problems.map {
        FieldViolation(
          field: "tree\(path)/parameters/\($0.parameter)", description: $0.message)
      }
      self.init(
        .invalidArgument, failure.message,
        [
          .badRequest(violations),
          .errorInfo(reason: failure.reason, metadata: ["path": path]),
        ])
    }
  }

  static func invalid(_ field: String, _ description: String) -> RPCStatus {
    RPCStatus(
      .invalidArgument, "\(field): \(description)",
      [.badRequest([FieldViolation(field: field, description: description)])])
  }

  static func invalidTree(_ diagnostics: [TreeDiagnostic]) -> RPCStatus {
    let violations = diagnostics.filter { $0.severity == .error }.map {
      FieldViolation(field: "tree\($0.path)", description: $0.message)
    }
    let first = violations.first.map { "\($0.field): \($0.description)" } ?? "tree has errors"
    return RPCStatus(.invalidArgument, first, [.badRequest(violations)])
  }

  static func noTree(_ reference: TreeReferenceMessage) -> RPCStatus {
    RPCStatus(
      .notFound, "there is no tree `\(reference.treeID)` of version \(reference.version)",
      [.resourceInfo(type: "smartflow.v1.Tree", name: reference.treeID)])
  }

  static func outOfFuel(path: String) -> RPCStatus {
    RPCStatus(
      .resourceExhausted, "the tree used more than \(Limits.fuelUnits) units of fuel",
      [.errorInfo(reason: "OUT_OF_FUEL", metadata: ["path": path])])
  }

  static func unanswered(_ name: String) -> RPCStatus {
    RPCStatus(.unimplemented, "the test server has no answer to `\(name)`; script one")
  }
}
