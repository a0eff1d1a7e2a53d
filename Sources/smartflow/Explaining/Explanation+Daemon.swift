internal import DecisionEngine
internal import Hashes
internal import JSON
internal import SmartFlowClient
internal import SmartFlowMessages

extension Explanation {
  /// What a daemon has decided.
  init(_ execution: ExecutionMessage, of tree: Tree, for playerID: String) {
    self.init(
      decider: .daemon(executionID: execution.executionID), playerID: playerID,
      digest: Hexadecimal.text(execution.treeDigest.span), failing: nil,
      steps: execution.trace.map(Step.init), omittedSteps: Int(clamping: execution.omittedSteps),
      actions: execution.actions.map(Action.init), fuelUsed: Int(clamping: execution.fuelUsed),
      // Of trees that only the daemon has, nobody here knows it.
      fuelBound: tree.isUnresolved ? .max : tree.fuelBound, elapsed: execution.elapsed ?? .zero)
  }

  /// Why a daemon has not decided, or `nil` where the tree and the context have no part in it.
  ///
  /// - Throws: ``Failure`` when the daemon's trace can not be read.
  init?(_ error: ClientError, of tree: Tree, for playerID: String) throws(Failure) {
    guard !error.isTransport,
      [.failedPrecondition, .resourceExhausted, .deadlineExceeded].contains(error.code)
    else { return nil }
    var traced = ExecutionMessage()
    do throws(MessageError) {
      for detail in error.details {
        if let execution = try detail.execution() { traced = execution }
      }
    } catch {
      throw Failure(.internalError, "the daemon's trace does not parse: \(error)")
    }
    self.init(traced, of: tree, for: playerID)
    digest = Hexadecimal.text(tree.digest.span)
    let facts = ErrorFacts(error.details)
    failing = Failing(
      status: error.code.name, path: facts.metadata["path"] ?? "",
      fault: Fault(reason: facts.reason, message: error.message, range: facts.range),
      exitCode: Failure.Code(error))
  }
}

/// What the `ErrorInfo` among a status's details says.
private struct ErrorFacts {
  var reason = ""
  var metadata: [String: String] = [:]

  init(_ details: [StatusDetail]) {
    for case .errorInfo(let reason, _, let metadata) in details {
      self.reason = reason
      self.metadata = metadata
    }
  }

  /// The place in the expression.
  var range: Range<Int>? {
    guard let start = metadata["start"].flatMap({ Int($0) }),
      let end = metadata["end"].flatMap({ Int($0) }), 0 <= start, start <= end
    else { return nil }
    return start..<end
  }
}

extension Explanation.Fault {
  fileprivate init(_ status: RPCStatus) {
    let facts = ErrorFacts(status.details)
    self.init(reason: facts.reason, message: status.message, range: facts.range)
  }
}

extension Explanation.Step {
  fileprivate init(_ step: TraceStepMessage) {
    self.init(
      path: step.path, expression: step.expression, expressionPath: step.expressionPath,
      result: step.result.isEmpty ? nil : JSONValue(text: step.result),
      isResultCut: step.isResultTruncated, fault: step.error.map { Explanation.Fault($0) },
      fuelUsed: Int(clamping: step.fuelUsed), elapsed: step.elapsed ?? .zero,
      reads: step.reads.map { read in
        Explanation.Read(
          name: read.name, value: read.isMissing ? nil : JSONValue(text: read.value),
          isCut: read.isTruncated)
      },
      split: step.split.map {
        Explanation.Split(fraction: $0.fraction, share: Int($0.share))
      })
  }
}

extension Explanation.Action {
  fileprivate init(_ action: ActionResultMessage) {
    let parameters = action.parameters.map { members in
      JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })
    }
    self.init(
      type: action.type, path: action.path, nodeID: action.nodeID, parameters: parameters,
      fault: action.error.map { Explanation.Fault($0) })
  }
}
