internal import DecisionEngine
public import Filtrex
public import JSON
public import SmartFlowMessages
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

extension Context: JSONSink, ValueSink {}
extension JSONValueBuilder: ValueSink {}

extension Worker {
  /// `ExecuteTree`: one tree, one player.
  func executeTree(_ payload: RawSpan, _ call: Call) {
    guard queue.count < Limits.queuedCalls else { return answer(call, failure: .overloaded) }
    let execution = idleExecutions.popLast() ?? ExecutionCall()
    let prepared: (ExecutionSubject, Tree)
    do throws(RPCStatus) {
      prepared = try withArena { arena throws(RPCStatus) in
        try prepare(payload, call, execution, &arena)
      }
    } catch {
      records.writeFailure(error, of: ExecutionSubject(), call, path: "")
      idleExecutions.append(execution)
      return answer(call, failure: error)
    }
    execution.begin(call, prepared.0, prepared.1)
    let now = SystemClock.monotonicNanoseconds
    if !execution.runSlice(until: now + Limits.sliceNanoseconds, in: self) {
      queue.append(execution)
    }
  }

  /// Lends the arena for one message; a request holds on to it as long as it lives.
  func withArena<Result, Failure: Error>(
    _ body: (inout MessageArena) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var lent = arena.take() ?? MessageArena()
    do throws(Failure) {
      let result = try body(&lent)
      arena = consume lent
      return result
    } catch {
      arena = consume lent
      throw error
    }
  }

  private func prepare(
    _ payload: RawSpan, _ call: Call, _ execution: ExecutionCall, _ arena: inout MessageArena
  ) throws(RPCStatus) -> (ExecutionSubject, Tree) {
    let request: ExecuteTreeRequest
    do throws(MessageError) {
      request = try ExecuteTreeRequest(decoding: payload, in: &arena)
    } catch {
      throw RPCStatus(error)
    }
    let subject = try subject(
      playerID: request.playerID, options: request.options, socket: call.connection.socket)
    let tree = try tree(request.tree, in: payload)
    try fill(&execution.execution.context, from: request.context)
    return (subject, tree)
  }

  /// What a request's options amount to, or why they are refused.
  func subject(
    playerID: String, options: ExecutionOptions, socket: Method.Socket
  ) throws(RPCStatus) -> ExecutionSubject {
    guard options.idempotencyKey.isEmpty else { throw .unsupported("options.idempotency_key") }
    guard options.locale.isEmpty else { throw .unsupported("options.locale") }
    try Self.check(playerID: playerID, at: "player_id")
    var subject = ExecutionSubject()
    subject.playerID = playerID
    subject.dryRun = options.dryRun
    subject.trace = options.trace
    let now = WallTime(microseconds: SystemClock.wallMicroseconds)
    subject.now = now
    if let replaced = options.now {
      guard options.dryRun || socket == .admin else {
        throw .invalid(
          "options/now", "only a dry run, or a call on the admin socket, may replace the clock")
      }
      guard replaced.isValid else {
        throw .invalid("options/now", "the instant is out of the range of years 1 to 9999")
      }
      subject.now = WallTime(
        microseconds: replaced.seconds * 1_000_000 + Int64(replaced.nanoseconds) / 1000)
    }
    subject.executionID = records.identifier(at: now)
    return subject
  }

  /// Refuses a player's ID that is longer than a tree's bound on fuel counts on.
  static func check(playerID: String, at field: String) throws(RPCStatus) {
    guard playerID.utf8.count > TreeLimits.playerIDBytes else { return }
    throw .invalid(
      field,
      "the ID has \(playerID.utf8.count) bytes, \(TreeLimits.playerIDBytes) are allowed")
  }

  /// The compiled tree of a request, from the cache when its bytes were seen before.
  func tree(
    _ source: borrowing TreeSource, in payload: RawSpan
  ) throws(RPCStatus) -> Tree {
    switch compiled(source, in: payload) {
    case .success(let cached):
      switch cached.outcome {
      case .tree(let tree):
        guard !isQuarantined(tree) else { throw .quarantined(Digest(tree.digest)) }
        return tree
      case .invalid(let diagnostics): throw .invalidTree(diagnostics)
      }
    case .failure(let status): throw status
    }
  }

  /// The result of compiling a request's tree, good or bad.
  func compiled(
    _ source: borrowing TreeSource, in payload: RawSpan
  ) -> Result<CachedTree, RPCStatus> {
    switch source {
    case .none:
      return .failure(.invalid("tree", "the request has no tree; give one as JSON or as a node"))
    case .reference:
      return .failure(.unsupported("tree_reference"))
    case .json(let bytes):
      if let found = cache.find(bytes, form: .json) { return .success(found) }
      if let refusal = beginCompiling(bytes) { return .failure(refusal) }
      do throws(JSONError) {
        let value = try JSONParser.parse(bytes, limits: TreeLimits.json)
        return .success(compile(value, form: .json, source: bytes))
      } catch {
        return .failure(.invalid("tree", "\(error)"))
      }
    case .node(let view):
      // Unique bytes are a key; those of a message that came in parts can't be, and are not kept.
      let bytes = payload.extracting(view.range)
      if let found = cache.find(bytes, form: .node) { return .success(found) }
      if let refusal = beginCompiling(bytes) { return .failure(refusal) }
      var builder = JSONValueBuilder()
      view.visit(into: &builder)
      return .success(compile(builder.value ?? .null, form: .node, source: bytes))
    }
  }

  private func compile(
    _ value: JSONValue, form: CachedTree.Form, source: RawSpan
  ) -> CachedTree {
    let compilation = engine.compile(value)
    let cached = CachedTree(
      form: form, source: [UInt8](copying: source),
      outcome: compilation.tree.map { .tree($0) } ?? .invalid(compilation.diagnostics),
      warnings: compilation.tree == nil ? [] : compilation.diagnostics)
    cache.insert(cached)
    return cached
  }

  /// Reads a request's context into place.
  func fill(
    _ context: inout Context, from source: borrowing ContextSource
  ) throws(RPCStatus) {
    context.removeAll()
    switch source {
    case .none:
      // Nothing known of the player: an object without properties.
      context.beginObject()
      context.endObject()
    case .json(let bytes):
      do throws(JSONError) {
        try JSONParser.parse(bytes, limits: TreeLimits.context, into: &context)
      } catch {
        throw .invalid("context", "\(error)")
      }
    case .structure(let view): view.visit(into: &context)
    }
    if let violation = context.violation { throw .invalid("context", violation.description) }
  }
}
