internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages
internal import UnixSocket

/// A tree that is looked at and not run: once it is there, what is certain of it is looked for in slices.
final class ValidationCall: TreeUser {
  /// Takes what was found, and the tree if it is sound; answers the call.
  typealias Completion = (Worker, Call, Tree?, [TreeDiagnostic]) -> Void

  private let call: Call
  private let completion: Completion
  private let schema: ContextSchema.Reading?
  private var warnings: [TreeDiagnostic] = []
  private var tree: Tree?
  private var check: TreeCheck?

  init(_ call: Call, _ schema: ContextSchema.Reading?, then completion: @escaping Completion) {
    self.call = call
    self.schema = schema
    self.completion = completion
  }

  var deadline: UInt64 { call.deadline }

  func take(_ result: Result<CachedTree, RPCStatus>, in worker: Worker) {
    do throws(RPCStatus) {
      let cached = try result.get()
      switch cached.outcome {
      case .invalid(let diagnostics):
        return completion(worker, call, nil, remarks + diagnostics)
      case .tree(let tree):
        self.tree = tree
        warnings = cached.warnings
        check = TreeCheck(tree, contextSchema: schema?.schema)
      }
    } catch {
      return worker.answer(call, failure: error)
    }
    if !runSlice(until: worker.firstRunEnd, in: worker) { worker.wait(self, of: call.connection) }
  }

  func runSlice(until end: UInt64, in worker: Worker) -> Bool {
    while check?.step() == true {
      let now = SystemClock.monotonicNanoseconds
      if now >= call.deadline {
        expire(now: now, in: worker)
        return true
      }
      if now >= end { return false }
    }
    completion(worker, call, tree, remarks + warnings + (check?.diagnostics ?? []))
    return true
  }

  func expire(now: UInt64, in worker: Worker) {
    worker.answer(
      call,
      failure: .deadlineExceeded(
        elapsedNanoseconds: now - call.received, path: check?.currentPath ?? ""))
  }

  func cutShort(in worker: Worker) { worker.answer(call, failure: .draining) }

  func abandon(in worker: Worker) { worker.answer(call, failure: .draining) }

  /// What there is to say of the schema.
  private var remarks: [TreeDiagnostic] { schema?.diagnostics ?? [] }
}

extension Worker {
  /// `ValidateTree`: all that is wrong with a tree, and nothing executed.
  func validateTree(_ payload: RawSpan, _ call: Call) {
    guard hasRoomToWait(on: call.connection) else { return answer(call, failure: .overloaded) }
    do throws(RPCStatus) {
      let (tree, schema) = try withArena { arena throws(RPCStatus) in
        try lookUp(payload, call, &arena)
      }
      begin(
        ValidationCall(call, schema) { worker, call, tree, diagnostics in
          worker.answer(call, tree, diagnostics: diagnostics)
        }, tree, call)
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
  ) throws(RPCStatus) -> (TreeLookup, ContextSchema.Reading?) {
    let request: ValidateTreeRequest
    do throws(MessageError) {
      request = try ValidateTreeRequest(decoding: payload, in: &arena)
    } catch {
      throw RPCStatus(error)
    }
    let schema = try schema(request.contextSchema)
    var published: TreeReferenceMessage?
    return (try lookUp(request.tree, in: payload, for: call, published: &published), schema)
  }

  /// The schema of the tree's contexts, where one is given; sound, with what there is to say of it.
  func schema(_ bytes: RawSpan) throws(RPCStatus) -> ContextSchema.Reading? {
    guard !bytes.isEmpty else { return nil }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(bytes, limits: TreeLimits.contextSchema)
    } catch {
      throw .invalid("context_schema", "\(error)")
    }
    let reading = ContextSchema.read(value)
    guard reading.schema != nil else { throw .invalidSchema(reading.diagnostics) }
    return reading
  }

  /// Answers with what was found, and with the tree if it is sound.
  fileprivate func answer(_ call: Call, _ tree: Tree?, diagnostics: [TreeDiagnostic]) {
    // A key may be as long as a tree, and is part of the path of all that is said of what is under it. The names of the
    // properties stand in the tree.
    let bytes = diagnostics.reduce(2 * (tree?.canonicalJSON.count ?? 0) + 4096) {
      $0 + 64 + $1.path.description.utf8.count + $1.message.utf8.count
    }
    guard bytes < Limits.answerBytes else {
      return answer(call, failure: .answerTooLarge(limit: Limits.answerBytes))
    }
    var response = ValidateTreeResponseMessage(
      isValid: tree != nil, diagnostics: diagnostics.map(DiagnosticMessage.init))
    if let tree {
      response.canonicalJSON = tree.canonicalJSON
      response.treeDigest = tree.digest.span.indices.map { tree.digest[$0] }
      response.contextProperties = tree.properties
      response.fuelBound = UInt64(clamping: tree.fuelBound)
    }
    answer(call) { response.append(to: &$0) }
  }
}

extension DiagnosticMessage {
  init(_ diagnostic: TreeDiagnostic) {
    let severity: Severity =
      switch diagnostic.severity {
      case .error: .error
      case .warning: .warning
      case .note: .note
      }
    self.init(
      severity: severity, code: diagnostic.code.rawValue,
      path: diagnostic.path.shortened(to: Limits.quotedBytes).description,
      range: UInt32(
        clamping: diagnostic.range.lowerBound)..<UInt32(
          clamping: diagnostic.range.upperBound),
      message: diagnostic.message.shortened(to: Limits.quotedBytes))
  }
}
