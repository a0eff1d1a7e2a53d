internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages
internal import UnixSocket

/// Answers as the daemon does, by its engine; nothing is recorded, and nobody is confined.
struct Decider {
  /// Published trees by their names, as JSON; each is active, and of version 1.
  let trees: [String: [UInt8]]
  /// The instant of every execution, in Unix seconds; `nil` for the clock's.
  let now: Double?

  private let engine = Engine()
  private var answered: [String: ExecutionMessage] = [:]
  private var executions = 0

  init(trees: [String: [UInt8]], now: Double?) {
    self.trees = trees
    self.now = now
  }

  /// The answer to a call.
  ///
  /// - Throws: `RPCStatus`: the code and the reason that the daemon answers with, though maybe in other words.
  mutating func answer(_ call: TestCall) throws(RPCStatus) -> any ResponseMessage {
    switch call.method {
    case .executeTree:
      let asked = try reading { () throws(MessageError) in try call.execution() }
      return ExecuteTreeResponseMessage(execution: try execute(asked))
    case .executeBatch:
      let items = try reading { () throws(MessageError) in try call.batch() }
      var results: [ExecuteBatchResponseMessage.Result] = []
      for item in items {
        do throws(RPCStatus) {
          results.append(.execution(try execute(item)))
        } catch {
          results.append(.error(error))
        }
      }
      return ExecuteBatchResponseMessage(results: results)
    case .validateTree:
      let tree = try reading { () throws(MessageError) in try call.validatedTree() }
      return try validate(tree)
    case .healthCheck: return HealthCheckResponse(status: .serving)
    default: throw .unanswered(call.name)
    }
  }

  private func reading<Value>(
    _ body: () throws(MessageError) -> Value
  ) throws(RPCStatus) -> Value {
    do throws(MessageError) {
      return try body()
    } catch {
      throw .invalid(error.field, "\(error)")
    }
  }

  private mutating func execute(_ asked: RecordedExecution) throws(RPCStatus) -> ExecutionMessage {
    let key = asked.options.idempotencyKey
    if !key.isEmpty, var execution = answered[key] {
      execution.replayed = true
      return execution
    }
    let (tree, reference) = try compile(asked.tree)
    var execution = Execution()
    execution.context = try context(asked.context)
    let clock = Double(SystemClock.wallMicroseconds) / 1_000_000
    let instant = asked.options.now.map { Double($0.seconds) + Double($0.nanoseconds) / 1e9 }
    execution.start(
      tree,
      inputs: ExecutionInputs(
        playerID: asked.playerID, now: instant ?? now ?? clock, wantsTrace: asked.options.trace))
    try run(&execution, tree)
    executions += 1
    let message = ExecutionMessage(
      execution, of: tree, reference, number: executions, isDryRun: asked.options.dryRun)
    if !key.isEmpty, answered.count < Limits.keys { answered[key] = message }
    return message
  }

  private func run(_ execution: inout Execution, _ tree: Tree) throws(RPCStatus) {
    var fuel = Limits.fuelUnits
    while true {
      switch execution.run(tree, fuel: &fuel) {
      case .finished: return
      case .failed(let failure): throw RPCStatus(failure)
      case .paused:
        // A traced one pauses after each step, with fuel left.
        guard fuel > 0 else { throw .outOfFuel(path: execution.currentPath) }
        execution.addElapsed(.zero)
      }
    }
  }

  private func context(_ recorded: RecordedContext?) throws(RPCStatus) -> Context {
    var sink = ContextSink(context: Context())
    let json = recorded?.json ?? Array("{}".utf8)
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      unsafe try JSONParser.parse(json.span.bytes, limits: TreeLimits.context, into: &sink)
    } catch {
      throw .invalid("context", "\(error)")
    }
    if let violation = sink.context.violation { throw .invalid("context", "\(violation)") }
    return sink.context
  }

  private func compile(
    _ recorded: RecordedTree?
  ) throws(RPCStatus) -> (Tree, TreeReferenceMessage?) {
    let json: [UInt8]
    var reference: TreeReferenceMessage?
    switch recorded {
    case nil: throw .invalid("tree", "the request has no tree; give one as JSON or as a node")
    case .json(let bytes)?: json = bytes
    case .published(let named)?:
      guard let found = trees[named.treeID], named.version <= 1 else { throw .noTree(named) }
      json = found
      reference = TreeReferenceMessage(treeID: named.treeID, version: 1)
    }
    let compilation = engine.compile(try value(json))
    guard let tree = compilation.tree else { throw .invalidTree(compilation.diagnostics) }
    return (tree, reference)
  }

  private func value(_ json: [UInt8]) throws(RPCStatus) -> JSONValue {
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      return unsafe try JSONParser.parse(json.span.bytes, limits: TreeLimits.json)
    } catch {
      throw .invalid("tree", "\(error)")
    }
  }

  private func validate(_ tree: RecordedTree?) throws(RPCStatus) -> ValidateTreeResponseMessage {
    guard case .json(let json)? = tree else { throw .invalid("tree", "the request has no tree") }
    let compilation = engine.compile(try value(json))
    let findings = compilation.diagnostics + (compilation.tree.map { engine.check($0) } ?? [])
    let diagnostics = findings.map { DiagnosticMessage($0) }
    guard let tree = compilation.tree else {
      return ValidateTreeResponseMessage(isValid: false, diagnostics: diagnostics)
    }
    return ValidateTreeResponseMessage(
      isValid: true, diagnostics: diagnostics, canonicalJSON: tree.canonicalJSON,
      treeDigest: tree.digest.span.indices.map { tree.digest[$0] },
      contextProperties: tree.properties, fuelBound: UInt64(clamping: tree.fuelBound))
  }
}
