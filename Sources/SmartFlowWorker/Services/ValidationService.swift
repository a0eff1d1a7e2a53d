internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages
internal import UnixSocket

/// A tree that is looked at and not run: once it is there, the schema of its contexts is read, what is certain is looked
/// for, and the answer written, all of it in slices.
final class ValidationCall: TreeUser {
  /// Takes what was found, and the tree if it is sound; answers the call.
  typealias Completion = (Worker, Call, Tree?, [TreeDiagnostic]) -> Void

  private let call: Call
  /// What is to be done with what was found; `nil` to tell the caller, and no more.
  private let completion: Completion?
  private var found: [TreeDiagnostic]?
  private var schema: SchemaReading?
  /// What came of the tree; `nil` before it is compiled.
  private var result: Result<CachedTree, RPCStatus>?
  private var check: TreeCheck?
  private var answer: ValidationAnswer?

  init(_ call: Call, _ schema: SchemaReading?, then completion: Completion? = nil) {
    self.call = call
    self.schema = schema
    self.completion = completion
  }

  var deadline: UInt64 { call.deadline }

  func take(_ result: Result<CachedTree, RPCStatus>, in worker: Worker) {
    self.result = result
    if !runSlice(until: worker.firstRunEnd, in: worker) { worker.wait(self, of: call.connection) }
  }

  func runSlice(until end: UInt64, in worker: Worker) -> Bool {
    do throws(RPCStatus) {
      while try step() {
        let now = SystemClock.monotonicNanoseconds
        if now >= call.deadline {
          expire(now: now, in: worker)
          return true
        }
        if now >= end { return false }
      }
    } catch {
      leaveSchema(to: worker.remains)
      worker.answer(call, failure: error)
      return true
    }
    leaveSchema(to: worker.remains)
    if let completion {
      completion(worker, call, tree, found ?? [])
    } else {
      answer?.send(for: call, in: worker)
    }
    return true
  }

  /// Goes one step further.
  ///
  /// - Returns: Whether there is more to do.
  private func step() throws(RPCStatus) -> Bool {
    if found != nil { return false }
    if let answer { return answer.step() }
    // What is wrong with the schema is said first.
    if try schema?.step() == true { return true }
    if check == nil {
      guard case .tree(let tree)? = try result?.get().outcome else { return try begin(nil, []) }
      check = TreeCheck(tree, contextSchema: schema?.reading?.schema)
    }
    if check?.step() == true { return true }
    return try begin(tree, (try result?.get().warnings ?? []) + (check?.diagnostics ?? []))
  }

  private var tree: Tree? {
    guard case .success(let cached)? = result, case .tree(let tree) = cached.outcome else {
      return nil
    }
    return tree
  }

  private func begin(_ tree: Tree?, _ found: [TreeDiagnostic]) throws(RPCStatus) -> Bool {
    var diagnostics = schema?.reading?.diagnostics ?? []
    if case .invalid(let mistakes)? = try result?.get().outcome { diagnostics += mistakes }
    if completion == nil {
      answer = try ValidationAnswer(tree, diagnostics: diagnostics + found)
    } else {
      self.found = diagnostics + found
    }
    return true
  }

  func expire(now: UInt64, in worker: Worker) {
    leaveSchema(to: worker.remains)
    worker.answer(
      call,
      failure: .deadlineExceeded(
        elapsedNanoseconds: now - call.received, path: check?.currentPath ?? ""))
  }

  func cutShort(in worker: Worker) { worker.answer(call, failure: .draining) }

  func abandon(in worker: Worker) {
    leaveSchema(to: worker.remains)
    worker.answer(call, failure: .draining)
  }

  private func leaveSchema(to heir: Remains) {
    if let remains = schema?.remains() { heir.take(remains) }
  }
}

extension Worker {
  /// `ValidateTree`: all that is wrong with a tree, and nothing executed.
  func validateTree(_ payload: RawSpan, _ call: Call) {
    guard hasRoomToWait(on: call.connection) else { return answer(call, failure: .overloaded) }
    do throws(RPCStatus) {
      let (tree, schema) = try arena.lend { arena throws(RPCStatus) in
        try lookUp(payload, call, &arena)
      }
      begin(ValidationCall(call, schema), tree, call)
    } catch {
      answer(call, failure: error)
    }
  }

  /// Begins to look at a tree.
  func begin(_ validation: ValidationCall, _ tree: TreeLookup, _ call: Call) {
    switch tree {
    case .found(let cached): validation.take(.success(cached), in: self)
    case .compiling(let compile): begin(CompilingCall(call, compile, for: validation), call)
    }
  }

  private func lookUp(
    _ payload: RawSpan, _ call: Call, _ arena: inout MessageArena
  ) throws(RPCStatus) -> (TreeLookup, SchemaReading?) {
    let request: ValidateTreeRequest
    do throws(MessageError) {
      request = try ValidateTreeRequest(decoding: payload, in: &arena)
    } catch {
      throw RPCStatus(error)
    }
    let bytes = request.contextSchema
    let schema = bytes.isEmpty ? nil : SchemaReading([UInt8](copying: bytes))
    var published: TreeReferenceMessage?
    return (try lookUp(request.tree, for: call, published: &published), schema)
  }
}
