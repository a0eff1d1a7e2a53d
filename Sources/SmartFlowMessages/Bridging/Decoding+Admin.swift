internal import CProtobufC
internal import CSmartFlowProto

// Safe, in all of this file: as in `Decoding+Execution.swift`.

extension HealthCheckRequest {
  /// Checks and reads a request.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message while it is read.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_health_check_request()
    ).load(as: Grpc__Health__V1__HealthCheckRequest.self)
    unsafe self.init(service: Text.string(message.service))
  }
}

extension HealthCheckResponse {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_health_check_response()
    ).load(as: Grpc__Health__V1__HealthCheckResponse.self)
    unsafe self.init(
      status: Status(rawValue: Int32(bitPattern: message.status.rawValue)) ?? .unknown)
  }
}

extension HealthListRequest {
  /// Checks a request, which may hold nothing but fields of later versions.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message while it is read.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    _ = unsafe try arena.unpack(bytes, as: smartflow_descriptor_health_list_request())
    self.init()
  }
}

extension HealthListResponse {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_health_list_response()
    ).load(as: Grpc__Health__V1__HealthListResponse.self)
    self.init(statuses: [:])
    for index in unsafe 0..<message.n_statuses {
      guard let entry = unsafe message.statuses[index]?.pointee else { continue }
      // An entry without a value has that of an empty message.
      let status = unsafe entry.value.map { unsafe Int32(bitPattern: $0.pointee.status.rawValue) }
      unsafe statuses[Text.string(entry.key)] =
        HealthCheckResponse.Status(rawValue: status ?? 0) ?? .unknown
    }
  }
}

extension GetServerInfoRequest {
  /// Checks and reads a request.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message while it is read.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_get_server_info_request()
    ).load(as: Smartflow__V1__GetServerInfoRequest.self)
    unsafe self.init(includesConfiguration: message.include_configuration != 0)
  }
}

extension GetServerInfoResponseMessage {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_get_server_info_response()
    ).load(as: Smartflow__V1__GetServerInfoResponse.self)
    unsafe self.init(
      version: Text.string(message.version), startTime: Timestamp(message.start_time),
      uptime: Duration(message.uptime), keeperPID: message.keeper_pid,
      limits: LimitsMessage(message.limits))
    for index in unsafe 0..<message.n_workers {
      guard let worker = unsafe message.workers[index]?.pointee else { continue }
      unsafe workers.append(WorkerInfoMessage(worker))
    }
    for index in unsafe 0..<message.n_sockets {
      guard let socket = unsafe message.sockets[index]?.pointee else { continue }
      unsafe sockets.append(SocketInfoMessage(socket))
    }
    for index in unsafe 0..<message.n_confinement {
      guard let layer = unsafe message.confinement[index]?.pointee else { continue }
      unsafe confinement.append(ConfinementLayerMessage(layer))
    }
    for index in unsafe 0..<message.n_quarantine {
      guard let tree = unsafe message.quarantine[index]?.pointee else { continue }
      unsafe quarantine.append(QuarantinedTreeMessage(tree))
    }
    for index in unsafe 0..<message.n_configuration {
      guard let value = unsafe message.configuration[index]?.pointee else { continue }
      unsafe configuration.append(ConfigurationValueMessage(value))
    }
  }
}

extension WorkerInfoMessage {
  @unsafe init(_ message: Smartflow__V1__WorkerInfo) {
    unsafe self.init(
      index: message.index, pid: message.pid, startTime: Timestamp(message.start_time),
      restarts: message.restarts,
      state: State(rawValue: Int32(bitPattern: message.state.rawValue)) ?? .unspecified,
      openConnections: message.open_connections, requests: message.requests,
      executions: message.executions, failures: message.failures,
      droppedLogLines: message.dropped_log_lines, deaths: WorkerDeathsMessage(message.deaths))
  }
}

extension SocketInfoMessage {
  @unsafe init(_ message: Smartflow__V1__SocketInfo) {
    unsafe self.init(
      path: Text.string(message.path),
      purpose: Purpose(rawValue: Int32(bitPattern: message.purpose.rawValue)) ?? .unspecified,
      mode: message.mode)
  }
}

extension ConfinementLayerMessage {
  @unsafe init(_ message: Smartflow__V1__ConfinementLayer) {
    unsafe self.init(
      name: Text.string(message.name),
      state: State(rawValue: Int32(bitPattern: message.state.rawValue)) ?? .unspecified,
      detail: Text.string(message.detail))
  }
}

extension LimitsMessage {
  init?(_ limits: UnsafePointer<Smartflow__V1__Limits>?) {
    guard let message = unsafe limits?.pointee else { return nil }
    unsafe self.init(
      defaultTimeout: Duration(message.default_timeout),
      maximumTimeout: Duration(message.max_timeout), fuel: message.fuel,
      messageBytes: message.message_bytes, streamsInFlight: message.streams_in_flight,
      connections: message.connections, treeBytes: message.tree_bytes,
      contextBytes: message.context_bytes)
  }
}

extension WorkerDeathsMessage {
  init?(_ deaths: UnsafePointer<Smartflow__V1__WorkerDeaths>?) {
    guard let message = unsafe deaths?.pointee else { return nil }
    unsafe self.init(
      watchdog: message.watchdog, crash: message.crash, killed: message.killed,
      outOfMemory: message.out_of_memory, forbiddenCall: message.forbidden_call,
      exit: message.exit, signal: message.signal)
  }
}

extension QuarantinedTreeMessage {
  @unsafe init(_ message: Smartflow__V1__QuarantinedTree) {
    unsafe self.init(
      digest: message.digest.array,
      kind: Kind(rawValue: Int32(bitPattern: message.kind.rawValue)) ?? .unspecified,
      since: Timestamp(message.since), lastDeath: Text.string(message.last_death))
  }
}

extension ConfigurationValueMessage {
  @unsafe init(_ message: Smartflow__V1__ConfigurationValue) {
    unsafe self.init(
      name: Text.string(message.name), value: Text.string(message.value),
      source: Source(rawValue: Int32(bitPattern: message.source.rawValue)) ?? .unspecified,
      place: Text.string(message.place), pendingValue: Text.string(message.pending_value))
  }
}

extension LiftQuarantineRequest {
  /// Checks and reads a request.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message while it is read.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_lift_quarantine_request()
    ).load(as: Smartflow__V1__LiftQuarantineRequest.self)
    unsafe self.init(digest: message.digest.array)
  }
}

extension LiftQuarantineResponse {
  /// Checks a response, which may hold nothing but fields of later versions.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    _ = unsafe try arena.unpack(bytes, as: smartflow_descriptor_lift_quarantine_response())
    self.init()
  }
}
