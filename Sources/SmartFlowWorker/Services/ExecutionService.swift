internal import Catalog
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
    guard hasRoomToWait(on: call.connection) else { return answer(call, failure: .overloaded) }
    let execution = idleExecutions.popLast() ?? ExecutionCall()
    do throws(RPCStatus) {
      let (tree, large) = try arena.lend { arena throws(RPCStatus) in
        try prepare(payload, call, execution, &arena)
      }
      let user: any TreeUser = large.map { FillingCall(call, $0, for: execution) } ?? execution
      switch tree {
      case .found(let cached): user.take(.success(cached), in: self)
      case .compiling(let compile): begin(CompilingCall(call, compile, for: user), call)
      }
    } catch {
      records.writeFailure(error, of: ExecutionSubject(), call, path: "")
      idleExecutions.append(execution)
      answer(call, failure: error)
    }
  }

  /// Begins to compile a call's tree; what takes no longer than this turn need not wait.
  func begin(_ compiling: CompilingCall, _ call: Call) {
    if !compiling.runSlice(until: turnEnd, in: self) { wait(compiling, of: call.connection) }
  }

  /// Reads a request that is small enough to be copied out of the arena at once.
  func decode<Request>(
    _ payload: RawSpan,
    _ body: (RawSpan, inout MessageArena) throws(MessageError) -> Request
  ) throws(RPCStatus) -> Request {
    do throws(MessageError) {
      return try arena.lend { arena throws(MessageError) in try body(payload, &arena) }
    } catch {
      throw RPCStatus(error)
    }
  }

  private func prepare(
    _ payload: RawSpan, _ call: Call, _ execution: ExecutionCall, _ arena: inout MessageArena
  ) throws(RPCStatus) -> (TreeLookup, ContextReading?) {
    let request: ExecuteTreeRequest
    do throws(MessageError) {
      request = try ExecuteTreeRequest(decoding: payload, in: &arena)
    } catch {
      throw RPCStatus(error)
    }
    var subject = try subject(
      playerID: request.playerID, options: request.options, socket: call.connection.socket)
    let tree = try lookUp(request.tree, for: call, published: &subject.published)
    var large: ContextReading?
    var contextFailure: RPCStatus?
    do throws(RPCStatus) {
      large = try fill(
        &execution.execution.context, from: request.context, plan(for: tree, subject),
        keeping: &execution.contextCopy)
    } catch {
      // What is wrong with the tree is said first.
      contextFailure = error
    }
    execution.prepare(call, consume subject, contextFailure)
    return (tree, large)
  }

  /// What a request's options amount to, or why they are refused.
  func subject(
    playerID: String, options: ExecutionOptions, socket: Method.Socket
  ) throws(RPCStatus) -> ExecutionSubject {
    let key = try Self.keyHash(of: options.idempotencyKey, at: "options/idempotency_key")
    guard options.locale.isEmpty else { throw .unsupported("options.locale") }
    try Self.check(playerID: playerID, at: "player_id")
    let received = WallTime(microseconds: SystemClock.wallMicroseconds)
    var now = received
    if let replaced = options.now {
      guard options.dryRun || socket == .admin else {
        throw .invalid(
          "options/now", "only a dry run, or a call on the admin socket, may replace the clock")
      }
      guard replaced.isValid else {
        throw .invalid("options/now", "the instant is out of the range of years 1 to 9999")
      }
      now = WallTime(
        microseconds: replaced.seconds * 1_000_000 + Int64(replaced.nanoseconds) / 1000)
    }
    // A dry run performs nothing, so that there is nothing to do once.
    return ExecutionSubject(
      playerID: playerID, dryRun: options.dryRun, trace: options.trace,
      key: options.dryRun ? nil : key, now: now, executionID: records.identifier(at: received))
  }

  /// Refuses a player's ID that is longer than a tree's bound on fuel counts on.
  static func check(playerID: String, at field: String) throws(RPCStatus) {
    guard playerID.utf8.count > TreeLimits.playerIDBytes else { return }
    throw .invalid(
      field,
      "the ID has \(playerID.utf8.count) bytes, \(TreeLimits.playerIDBytes) are allowed")
  }

  /// The tree that a compilation came to, if it may run.
  func sound(_ cached: CachedTree) throws(RPCStatus) -> Tree {
    switch cached.outcome {
    case .tree(let tree):
      guard !isQuarantined(tree) else { throw .quarantined(Digest(tree.digest)) }
      return tree
    case .invalid(let diagnostics): throw .invalidTree(diagnostics)
    }
  }

  /// A request's tree, from the cache when its bytes were seen before, else on its way there.
  ///
  /// - Parameters:
  ///   - source: What the request says of it.
  ///   - call: Whose it is.
  ///   - published: Set to the version that runs, where it is a published one.
  /// - Returns: The tree, or its compilation.
  /// - Throws: The refusal, when there is none.
  func lookUp(
    _ source: borrowing TreeSource, for call: Call, published: inout TreeReferenceMessage?
  ) throws(RPCStatus) -> TreeLookup {
    switch source {
    case .none: throw .invalid("tree", "the request has no tree; give one as JSON or as a node")
    case .reference(let treeID, let version):
      return try lookUp(published: treeID, version: version, for: call, &published)
    case .json(let bytes): return try lookUp(bytes, .json)
    case .node(let bytes): return try lookUp(bytes, .node)
    }
  }

  /// A tree that is found by the bytes it came in.
  private func lookUp(_ bytes: RawSpan, _ form: CachedTree.Form) throws(RPCStatus) -> TreeLookup {
    let hash = TreeCache.hash(bytes, form)
    if let lookup = findTree(bytes, form, hash: hash) { return lookup }
    try checkRoomForTree(ofBytes: bytes.byteCount)
    return begin(
      TreeCompile(
        [UInt8](copying: bytes), form, hash: hash,
        subTrees: SubTreeResolver(in: catalog.state), heir: remains))
  }

  /// A tree that is there, or on its way, by what it is known by.
  func findTree(_ key: RawSpan, _ form: CachedTree.Form, hash: Int) -> TreeLookup? {
    let found = cache.find(key, form: form, hash: hash) { $0.isCurrent(in: catalog) }
    countLookup(isHit: found != nil)
    if let found { return .found(found) }
    return treesInTheMaking.find(key, form: form, hash: hash, in: catalog).map { .compiling($0) }
  }

  /// Lets others who want the same tree find its compilation.
  func begin(_ compile: TreeCompile) -> TreeLookup {
    treesInTheMaking.add(compile)
    return .compiling(compile)
  }

  /// Refuses what would take too much beside the trees in the making, one of which may hold bytes for it already.
  func checkRoomForTree(ofBytes count: Int, besides own: Int = 0) throws(RPCStatus) {
    let held = treesInTheMaking.byteCount - own
    guard held == 0 || held + count <= settings.memoryBytes / Limits.memoryPartOfCompiling else {
      throw .overloaded
    }
  }
}
