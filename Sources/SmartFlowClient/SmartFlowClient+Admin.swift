public import SmartFlowMessages

// AdminService, on the admin socket.

extension SmartFlowClient {
  /// What the server is and how it fares.
  ///
  /// - Throws: ``ClientError``; PERMISSION_DENIED on the data socket.
  public func serverInfo(
    includingConfiguration: Bool = false, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> GetServerInfoResponseMessage {
    try await call(
      GetServerInfoRequest(includesConfiguration: includingConfiguration),
      options: options.resendable)
  }

  /// The counters of all workers, as text.
  ///
  /// - Throws: ``ClientError``.
  public func metrics(
    _ format: GetMetricsRequest.Format = .prometheusText, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> GetMetricsResponse {
    try await call(GetMetricsRequest(format: format), options: options.resendable)
  }

  /// Sets how much the log says.
  ///
  /// - Parameters:
  ///   - level: From now on.
  ///   - duration: How long it holds; `nil` for good.
  ///   - options: How the call is to be made.
  /// - Returns: The level, and which it was.
  /// - Throws: ``ClientError``.
  public func setLogLevel(
    _ level: LogLevelMessage, for duration: Duration? = nil, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> SetLogLevelResponse {
    try await call(SetLogLevelRequest(level: level, duration: duration), options: options)
  }

  /// Asks the daemon to finish what is in flight, and to end.
  ///
  /// - Returns: How long that may take; it has only begun.
  /// - Throws: ``ClientError``.
  public func drain(options: CallOptions = CallOptions()) async throws(ClientError) -> DrainResponse
  {
    try await call(DrainRequest(), options: options)
  }

  /// Lets a tree run again that was found to end workers.
  ///
  /// - Parameters:
  ///   - digest: As the quarantine's list in ``serverInfo(includingConfiguration:options:)`` has it, 32 bytes.
  ///   - options: How the call is to be made.
  /// - Throws: ``ClientError``; NOT_FOUND when it is not in quarantine.
  public func liftQuarantine(
    digest: [UInt8], options: CallOptions = CallOptions()
  ) async throws(ClientError) {
    _ = try await call(LiftQuarantineRequest(digest: digest), options: options)
  }
}
