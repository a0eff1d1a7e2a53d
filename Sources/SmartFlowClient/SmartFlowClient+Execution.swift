public import SmartFlowMessages

// ExecutionService and Health.

extension SmartFlowClient {
  /// Executes a tree for a player.
  ///
  /// A dry run, and an execution with an idempotency key, are sent again where their first answer was lost.
  ///
  /// - Parameters:
  ///   - tree: As JSON, by the name of a published one, or as messages.
  ///   - context: What is known of the player.
  ///   - playerID: Whom the decision is about.
  ///   - execution: How it is to be executed.
  ///   - options: How the call is to be made.
  /// - Returns: What was decided, and what became of it.
  /// - Throws: ``ClientError``.
  public func execute(
    _ tree: TreeMessage, context: ContextMessage? = nil, playerID: String = "",
    performing execution: ExecutionOptions = ExecutionOptions(),
    options: CallOptions = CallOptions()
  ) async throws(ClientError) -> ExecutionMessage {
    try await execute(
      ExecuteTreeRequestMessage(
        tree: tree, context: context, playerID: playerID, options: execution),
      options: options)
  }

  /// Executes a tree for a player; see PROTOCOL's `ExecuteTree`.
  ///
  /// - Throws: ``ClientError``.
  public func execute(
    _ request: ExecuteTreeRequestMessage, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> ExecutionMessage {
    // What performs nothing, or nothing twice, can be asked again.
    let asked = request.options
    let isSafe = asked?.dryRun == true || asked?.idempotencyKey.isEmpty == false
    let answer = try await call(request, options: isSafe ? options.resendable : options)
    guard let execution = answer.execution else {
      throw ClientError(.internal, "the server's answer holds no execution")
    }
    return execution
  }

  /// Executes a tree for many players; one result for each item, in their order.
  ///
  /// It is sent again where its first answer was lost if it is a dry run, or all its items have idempotency keys.
  ///
  /// - Throws: ``ClientError`` when there is no answer at all; what is wrong with one item is that item's result.
  public func executeBatch(
    _ request: ExecuteBatchRequestMessage, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> [Result<ExecutionMessage, ClientError>] {
    let isSafe =
      request.options?.dryRun == true
      || !request.items.contains { $0.idempotencyKey.isEmpty }
    let answer = try await call(request, options: isSafe ? options.resendable : options)
    guard answer.results.count == request.items.count else {
      throw ClientError(
        .internal, "\(answer.results.count) results came for \(request.items.count) items")
    }
    return answer.results.map { result in
      switch result {
      case .execution(let execution): .success(execution)
      case .error(let status): .failure(ClientError(status))
      case .none: .failure(ClientError(.internal, "the server's answer holds an empty result"))
      }
    }
  }

  /// Executes a tree dry and traced: which way it takes for this player, and why; nothing is performed.
  ///
  /// - Throws: ``ClientError``; its ``ClientError/execution`` says how far a tree came that could not be decided.
  public func explain(
    _ tree: TreeMessage, context: ContextMessage? = nil, playerID: String = "",
    now: Timestamp? = nil, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> ExecutionMessage {
    try await execute(
      tree, context: context, playerID: playerID,
      performing: ExecutionOptions(dryRun: true, trace: true, now: now), options: options)
  }

  /// Says all that is wrong with a tree, and executes nothing.
  ///
  /// - Parameters:
  ///   - tree: As JSON or as messages.
  ///   - contextSchema: JSON Schema of the contexts, which turns on the check of types; empty where there is none.
  ///   - options: How the call is to be made.
  /// - Returns: The findings; a tree with errors is an answer, too.
  /// - Throws: ``ClientError``.
  public func validate(
    _ tree: ValidateTreeRequestMessage.Tree, contextSchema: [UInt8] = [],
    options: CallOptions = CallOptions()
  ) async throws(ClientError) -> ValidateTreeResponseMessage {
    try await call(
      ValidateTreeRequestMessage(tree: tree, contextSchema: contextSchema),
      options: options.resendable)
  }

  /// Whether a service, or the whole server, serves.
  ///
  /// - Throws: ``ClientError``; NOT_FOUND for a service that there is not.
  public func health(
    service: String = "", options: CallOptions = CallOptions()
  ) async throws(ClientError) -> HealthCheckResponse.Status {
    try await call(HealthCheckRequest(service: service), options: options.resendable).status
  }
}

extension CallOptions {
  /// The same for a call that changes nothing, or nothing twice.
  var resendable: CallOptions {
    var options = self
    options.isSafeToResend = true
    return options
  }
}
