internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages
internal import UnixSocket

/// One `ValidateTree` whose tree is sound: what is certain of it is looked for in slices.
final class ValidationCall: QueuedCall {
  private let call: Call
  private let cached: CachedTree
  private let tree: Tree
  /// What there is to say of the schema.
  private let remarks: [TreeDiagnostic]
  private var check: TreeCheck

  init(_ call: Call, _ cached: CachedTree, _ tree: Tree, _ schema: ContextSchema.Reading?) {
    self.call = call
    self.cached = cached
    self.tree = tree
    remarks = schema?.diagnostics ?? []
    check = TreeCheck(tree, contextSchema: schema?.schema)
  }

  var deadline: UInt64 { call.deadline }
  var isWanted: Bool { call.isWanted }

  func runSlice(until end: UInt64, in worker: Worker) -> Bool {
    while check.step() {
      let now = SystemClock.monotonicNanoseconds
      if now >= call.deadline {
        expire(now: now, in: worker)
        return true
      }
      if now >= end { return false }
    }
    worker.answer(call, tree, diagnostics: remarks + cached.warnings + check.diagnostics)
    return true
  }

  func expire(now: UInt64, in worker: Worker) {
    worker.answer(
      call,
      failure: .deadlineExceeded(
        elapsedNanoseconds: now - call.received, path: check.currentPath))
  }

  func cutShort(in worker: Worker) { worker.answer(call, failure: .draining) }

  func abandon(in worker: Worker) { worker.answer(call, failure: .draining) }
}

extension Worker {
  /// `ValidateTree`: all that is wrong with a tree, and nothing executed.
  func validateTree(_ payload: RawSpan, _ call: Call) {
    guard queue.count < Limits.queuedCalls else { return answer(call, failure: .overloaded) }
    do throws(RPCStatus) {
      let (cached, schema) = try withArena { arena throws(RPCStatus) in
        try validated(payload, &arena)
      }
      switch cached.outcome {
      case .invalid(let diagnostics):
        answer(call, nil, diagnostics: (schema?.diagnostics ?? []) + diagnostics)
      case .tree(let tree):
        let validation = ValidationCall(call, cached, tree, schema)
        let end = SystemClock.monotonicNanoseconds + Limits.sliceNanoseconds
        if !validation.runSlice(until: end, in: self) { queue.append(validation) }
      }
    } catch {
      answer(call, failure: error)
    }
  }

  private func validated(
    _ payload: RawSpan, _ arena: inout MessageArena
  ) throws(RPCStatus) -> (CachedTree, ContextSchema.Reading?) {
    let request: ValidateTreeRequest
    do throws(MessageError) {
      request = try ValidateTreeRequest(decoding: payload, in: &arena)
    } catch {
      throw RPCStatus(error)
    }
    let schema = try schema(request.contextSchema)
    return (try compiled(request.tree, in: payload).get(), schema)
  }

  /// The schema of the tree's contexts, where one is given; sound, with what there is to say of it.
  private func schema(_ bytes: RawSpan) throws(RPCStatus) -> ContextSchema.Reading? {
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
  fileprivate init(_ diagnostic: TreeDiagnostic) {
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
