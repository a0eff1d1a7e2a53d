internal import Catalog
internal import DecisionEngine
internal import SmartFlowMessages
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

// What is counted, when it happens: a few loads and stores in the worker's own page, which the keeper adds up when
// somebody asks.
extension Worker {
  /// What the counters of this release stand for.
  static func metricNames() -> MetricNames {
    MetricNames(
      methods: Method.allCases.map(\.fullName), actionTypes: ActionRegistry.standard.names)
  }

  /// A request is answered.
  func count(_ call: Call, code: Int32) {
    let slot = call.method.map { metricNames.methodSlot($0.rawValue) } ?? 0
    let nanoseconds = lookAtClock() &- call.received
    page.countMetric(MetricsLayout.request(method: slot, code: code))
    let words = MetricsLayout.duration(method: slot, nanoseconds: nanoseconds)
    page.countMetric(words.bucket)
    page.countMetric(words.sum, by: nanoseconds)
    records.writeRequest(call, code: code, nanoseconds: nanoseconds)
  }

  /// A frame is answered that is no request of a method: it took no time that would say anything.
  func countRefusal(code: Int32) {
    page.countMetric(MetricsLayout.request(method: 0, code: code))
  }

  /// An execution came to a result.
  func count(_ result: borrowing ExecutionResult) {
    counters.executions += 1
    page.countMetric(MetricsLayout.execution(status: result.status.rawValue))
    let units = UInt64(result.fuelUsed)
    let words = MetricsLayout.fuel(units: units)
    page.countMetric(words.bucket)
    page.countMetric(words.sum, by: units)
    for action in result.actions {
      let type = metricNames.actionSlot(action.type)
      page.countMetric(
        MetricsLayout.action(type: type, status: result.status(of: action).rawValue))
    }
  }

  /// An execution came to nothing.
  func countFailedExecution() { page.countMetric(MetricsLayout.execution(status: 0)) }

  /// A tree was looked for among those that are compiled.
  func countLookup(isHit: Bool) {
    page.countMetric(isHit ? MetricsLayout.cacheHits : MetricsLayout.cacheMisses)
  }

  /// What is said of the daemon beside its counters.
  var metricsFacts: MetricsFacts {
    var facts = MetricsFacts()
    facts.version = ServerVersion.text
    facts.startMicroseconds = board.startMicroseconds
    facts.sinceMicroseconds = board.metricsSinceMicroseconds
    facts.deathReasons = DeathReason.allCases.map(\.name)
    facts.quarantinedTrees = UInt64(board.quarantine.count)
    facts.snapshotVersion = catalog.state.generation
    facts.activeTrees = catalog.state.activeTrees
    let states: [WorkerState] = [.starting, .serving, .draining, .stopped]
    var counts = [UInt64](repeating: 0, count: states.count)
    for index in 0..<board.workerCount {
      let state = board[index].state
      if let place = states.firstIndex(of: state) { counts[place] += 1 }
    }
    facts.workers = zip(states, counts).map { (name(of: $0), $1) }
    return facts
  }

  private func name(of state: WorkerState) -> String {
    switch state {
    case .starting: "starting"
    case .serving: "serving"
    case .draining: "draining"
    case .stopped: "stopped"
    }
  }
}
