internal import Catalog
internal import DecisionEngine
internal import JSON
internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket
internal import WorkerLink

extension Worker {
  /// `smartflow.v1.AdminService/GetServerInfo`: the keeper, the workers, the sockets, the limits.
  func describeServer(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      let request = try decode(payload) { bytes, arena throws(MessageError) in
        try GetServerInfoRequest(decoding: bytes, in: &arena)
      }
      guard request.includesConfiguration else { return describeServer(call) }
    } catch {
      return answer(call, failure: error)
    }
    ask(ConfiguredValue.question, for: call) { worker, call, reply in
      guard case .configuration(let values) = reply else {
        return worker.answer(call, failure: .keeperBusy)
      }
      worker.describeServer(call, configuration: values.map(ConfigurationValueMessage.init))
    }
  }

  private func describeServer(_ call: Call, configuration: [ConfigurationValueMessage] = []) {
    page.counters = counters
    let now = SystemClock.monotonicNanoseconds
    var response = GetServerInfoResponseMessage(
      version: ServerVersion.text, startTime: Self.timestamp(board.startMicroseconds),
      uptime: .microseconds(Int64(clamping: (now &- min(now, board.startNanoseconds)) / 1000)),
      keeperPID: UInt32(clamping: board.keeperProcessID), sockets: sockets, limits: limits)
    for index in 0..<board.workerCount {
      var worker = board[index]
      // Of itself a worker knows better than the keeper's copy does.
      if index == settings.workerIndex { worker.counters = counters }
      var message = Self.message(index, worker)
      message.deaths = Self.message(board.deaths(of: index))
      response.workers.append(message)
    }
    response.confinement = ConfinementLayer.allCases.map(describe)
    response.quarantine = board.quarantine.map(Self.message)
    response.configuration = configuration
    answer(call) { response.append(to: &$0) }
  }

  /// A layer as all workers that serve have it; one that lacks it is told of before those that hold.
  private func describe(_ layer: ConfinementLayer) -> ConfinementLayerMessage {
    let states = (0..<board.workerCount).filter { board[$0].state != .stopped }
      .compactMap { board[$0, layer] }
    guard let state = states.first(where: { !$0.holds }) ?? states.first else {
      return ConfinementLayerMessage(name: layer.name, state: .unspecified)
    }
    let kind: ConfinementLayerMessage.State =
      switch state {
      case .holds: .holds
      case .lacking(.leftOff): .leftOff
      case .lacking: .lacking
      }
    return ConfinementLayerMessage(
      name: layer.name, state: kind, detail: LayerReport(layer, state).detail)
  }

  private var limits: LimitsMessage {
    LimitsMessage(
      defaultTimeout: .nanoseconds(settings.defaultTimeoutNanoseconds),
      maximumTimeout: .nanoseconds(settings.maximumTimeoutNanoseconds),
      fuel: UInt64(settings.fuelUnits), messageBytes: UInt64(ConnectionLimits().dataBytes),
      streamsInFlight: UInt32(clamping: settings.streamsInFlight),
      connections: UInt32(clamping: settings.connections),
      treeBytes: UInt64(TreeLimits.json.byteCount),
      contextBytes: UInt64(TreeLimits.context.byteCount))
  }

  private static func message(_ index: Int, _ worker: StatusBoard.Worker) -> WorkerInfoMessage {
    let state: WorkerInfoMessage.State =
      switch worker.state {
      case .starting: .starting
      case .serving: .serving
      case .draining: .draining
      case .stopped: .stopped
      }
    return WorkerInfoMessage(
      index: UInt32(index), pid: UInt32(clamping: worker.processID),
      startTime: timestamp(worker.startMicroseconds),
      restarts: UInt32(clamping: worker.restarts), state: state,
      openConnections: UInt32(clamping: worker.counters.openConnections),
      requests: worker.counters.requests, executions: worker.counters.executions,
      failures: worker.counters.failures, droppedLogLines: worker.counters.droppedLogLines)
  }

  static func timestamp(_ microseconds: UInt64) -> Timestamp {
    Timestamp(
      seconds: Int64(microseconds / 1_000_000),
      nanoseconds: Int32(microseconds % 1_000_000) * 1000)
  }
}

extension ConfigurationValueMessage {
  fileprivate init(_ value: ConfiguredValue) {
    self.init(
      name: value.name, value: value.value,
      source: Source(rawValue: Int32(clamping: value.source.rawValue)) ?? .unspecified,
      place: value.place, pendingValue: value.pending)
  }
}
