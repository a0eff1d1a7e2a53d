internal import DecisionEngine
internal import Filtrex
internal import Hashes
internal import JSON
internal import UnixSocket

extension Explanation {
  /// Decides here, by the engine that a daemon runs, and performs nothing.
  ///
  /// - Parameters:
  ///   - tree: The tree.
  ///   - context: The player's properties.
  ///   - inputs: What the decision depends on besides; a trace is wanted in any case.
  ///   - fuelLimit: Units that the decision may use.
  /// - Returns: The decision, or why there is none.
  static func decide(
    _ tree: Tree, for context: Context, _ inputs: ExecutionInputs, fuelLimit: Int
  ) -> Explanation {
    var inputs = inputs
    inputs.wantsTrace = true
    inputs.traceBytes = traceBytes
    var execution = Execution()
    execution.context = context
    // Decided twice, and the second time is told: a program that has just begun is many times slower than a daemon.
    _ = run(&execution, tree, inputs, fuelLimit)
    let began = SystemClock.monotonicNanoseconds
    let failing = run(&execution, tree, inputs, fuelLimit)
    return Explanation(
      decider: .engine, playerID: inputs.playerID,
      digest: Hexadecimal.text(tree.digest.span), failing: failing,
      steps: execution.trace.map(Step.init), omittedSteps: execution.omittedSteps,
      actions: failing == nil ? execution.actions.map(Action.init) : [],
      fuelUsed: execution.fuelUsed, fuelBound: tree.fuelBound,
      elapsed: .nanoseconds(SystemClock.monotonicNanoseconds - began))
  }

  /// Units between two looks at the total, as a daemon's worker has them.
  private static let sliceUnits = 1024
  /// No answer has to hold the trace here, and memory for all but absurd trees is there.
  private static let traceBytes = 64 << 20

  private static func run(
    _ execution: inout Execution, _ tree: Tree, _ inputs: ExecutionInputs, _ fuelLimit: Int
  ) -> Failing? {
    execution.start(tree, inputs: inputs)
    while true {
      var fuel = min(sliceUnits, max(fuelLimit - execution.fuelUsed, 1))
      let before = SystemClock.monotonicNanoseconds
      let progress = execution.run(tree, fuel: &fuel)
      execution.addElapsed(.nanoseconds(SystemClock.monotonicNanoseconds - before))
      if execution.fuelUsed > fuelLimit {
        execution.interrupt(tree)
        return Failing(
          status: "RESOURCE_EXHAUSTED", path: execution.currentPath,
          fault: Fault(
            reason: "OUT_OF_FUEL",
            message:
              "the tree used more than \(fuelLimit) units of fuel; make it smaller, or its texts shorter"
          ), exitCode: .badData)
      }
      switch progress {
      case .paused: continue
      case .finished: return nil
      case .failed(let failure):
        return Failing(
          status: "FAILED_PRECONDITION", path: failure.path, fault: Fault(failure),
          exitCode: .badData)
      }
    }
  }
}

extension Explanation.Fault {
  fileprivate init(_ failure: ExecutionFailure) {
    self.init(
      reason: failure.reason, message: failure.message,
      range: failure.expression == nil ? nil : failure.range)
  }
}

extension Explanation.Step {
  fileprivate init(_ step: TraceStep) {
    self.init(
      path: step.path, expression: step.expression, expressionPath: step.expressionPath,
      result: step.result.isEmpty ? nil : JSONValue(text: step.result),
      isResultCut: step.isResultCut, fault: step.error.map { Explanation.Fault($0) },
      fuelUsed: step.fuelUsed, elapsed: step.elapsed,
      reads: step.reads.map { read in
        Explanation.Read(
          name: read.name, value: read.value.map { JSONValue(text: $0) }, isCut: read.isCut)
      },
      split: step.split.map { Explanation.Split(fraction: $0.fraction, share: $0.share) })
  }
}

extension Explanation.Action {
  fileprivate init(_ action: PlannedAction) {
    var fault: Explanation.Fault?
    if let failure = action.failure {
      fault = Explanation.Fault(reason: failure.reason, message: failure.message)
      if case .evaluation(let evaluation) = failure.kind { fault = Explanation.Fault(evaluation) }
    }
    self.init(
      type: action.type, path: action.path, nodeID: action.nodeID ?? "",
      parameters: action.parameters, fault: fault)
  }
}
