internal import Filtrex

/// Collects the steps of a traced execution, within ``ExecutionInputs/traceBytes``.
struct TraceRecorder: Sendable {
  private(set) var steps: [TraceStep] = []
  private(set) var omittedSteps = 0
  /// The step that is about to end; what the decision comes to is still added.
  var open: TraceStep?
  /// What the expression that runs has read so far.
  var reads = PropertyReads()

  private var room = 0
  /// What the driver has measured since the last step.
  private var elapsed = Duration.zero
  /// Whether the last step waits to be told how long it took.
  private var isUntimed = false

  var isEmpty: Bool { steps.isEmpty && omittedSteps == 0 }

  /// Forgets all steps, and makes room for new ones.
  mutating func begin(upTo bytes: Int) {
    steps.removeAll(keepingCapacity: true)
    omittedSteps = 0
    open = nil
    reads.removeAll()
    room = bytes
    elapsed = .zero
    isUntimed = false
  }

  /// Keeps the open step, or counts it where there is no room.
  ///
  /// - Returns: Whether there was an open step.
  mutating func endStep() -> Bool {
    guard let step = open.take() else {
      isUntimed = false
      return false
    }
    let size = step.estimatedBytes
    // What is left out is the end, so that what is there is a whole beginning.
    if omittedSteps == 0, size <= room {
      steps.append(step)
      room -= size
      isUntimed = true
    } else {
      omittedSteps += 1
    }
    return true
  }

  mutating func addElapsed(_ elapsed: Duration) {
    self.elapsed += elapsed
    guard isUntimed, !steps.isEmpty else { return }
    steps[steps.count - 1].elapsed = self.elapsed
    self.elapsed = .zero
    isUntimed = false
  }
}
