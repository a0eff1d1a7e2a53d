internal import Catalog
internal import DecisionEngine
internal import Filtrex
internal import SmartFlowMessages
internal import WorkerLink

/// Publishing: a version is looked at with all that it uses and all that uses it, and then kept.
extension Worker {
  /// `PublishTree`.
  func publishTree(_ payload: RawSpan, _ call: Call) {
    guard hasRoomToWait(on: call.connection) else { return answer(call, failure: .overloaded) }
    do throws(RPCStatus) {
      let (compile, request) = try arena.lend { arena throws(RPCStatus) in
        try readPublication(payload, call, &arena)
      }
      let schema = request.publication.contextSchema
      let validation = ValidationCall(call, schema.isEmpty ? nil : SchemaReading(schema)) {
        worker, call, tree, diagnostics in
        worker.publish(tree, request, diagnostics, call, compile)
      }
      begin(CompilingCall(call, compile, for: validation), call)
    } catch {
      answer(call, failure: error)
    }
  }

  /// What a request to publish says, apart from its tree.
  private struct PublicationRequest {
    var publication: Publication
    var validateOnly: Bool
  }

  private func readPublication(
    _ payload: RawSpan, _ call: Call, _ arena: inout MessageArena
  ) throws(RPCStatus) -> (TreeCompile, PublicationRequest) {
    let request: PublishTreeRequest
    do throws(MessageError) {
      request = try PublishTreeRequest(decoding: payload, in: &arena)
    } catch {
      throw RPCStatus(error)
    }
    let rest = request.rest
    let treeID = try Self.treeID(rest.treeID)
    try Self.check(rest)
    var publication = Publication(
      treeID: treeID, digest: [], json: [], author: try author(of: call))
    publication.expectedVersion = rest.expectedVersion
    publication.mustBeNew = rest.mustBeNew
    publication.activates = rest.activates
    publication.labels = rest.labels.sorted { $0.key < $1.key }
      .map { PublishedVersion.Label(key: $0.key, value: $0.value) }
    publication.comment = rest.comment
    publication.contextSchema = [UInt8](copying: request.contextSchema)
    let compile: TreeCompile
    switch request.tree {
    case .json(let bytes): compile = try self.compile([UInt8](copying: bytes), .json, as: treeID)
    case .node(let bytes): compile = try self.compile([UInt8](copying: bytes), .node, as: treeID)
    default:
      throw .invalid("tree", "the request has no tree; give one as JSON or as a node")
    }
    return (compile, PublicationRequest(publication: publication, validateOnly: rest.validateOnly))
  }

  private static func check(_ request: PublishTreeRequestMessage) throws(RPCStatus) {
    guard request.labels.count <= Catalog.Limits.labels else {
      throw .invalid(
        "labels", "\(request.labels.count) labels are over the limit of \(Catalog.Limits.labels)")
    }
    for (key, value) in request.labels {
      guard (1...Catalog.Limits.labelKeyBytes).contains(key.utf8.count) else {
        throw .invalid(
          "labels",
          "a label's key has 1 to \(Catalog.Limits.labelKeyBytes) bytes, and one has \(key.utf8.count)"
        )
      }
      guard value.utf8.count <= Catalog.Limits.labelValueBytes else {
        throw .invalid(
          "labels",
          "the value of `\(key)` has \(value.utf8.count) bytes, \(Catalog.Limits.labelValueBytes) are allowed"
        )
      }
    }
    guard request.comment.utf8.count <= Catalog.Limits.commentBytes else {
      throw .invalid(
        "comment",
        "it has \(request.comment.utf8.count) bytes, \(Catalog.Limits.commentBytes) are allowed")
    }
  }

  private func publish(
    _ tree: Tree?, _ request: PublicationRequest, _ diagnostics: [TreeDiagnostic], _ call: Call,
    _ compile: TreeCompile
  ) {
    guard let tree, !diagnostics.contains(where: { $0.severity == .error }) else {
      return answer(call, failure: .invalidTree(diagnostics))
    }
    var request = request
    request.publication.json = tree.canonicalJSON
    request.publication.digest = Digest(tree.digest).bytes
    request.publication.subTrees = tree.directSubTrees
    let candidate = Candidate(
      request.publication.treeID, json: tree.canonicalJSON,
      contextSchema: request.publication.contextSchema, compile)
    if request.validateOnly {
      tell(request, candidate, diagnostics, call)
    } else {
      keep(request, candidate, diagnostics, call)
    }
  }

  /// Says what there is to say of a sound version and of its users, and keeps nothing.
  private func tell(
    _ request: PublicationRequest, _ candidate: Candidate, _ diagnostics: [TreeDiagnostic],
    _ call: Call
  ) {
    lookAtUsers(of: candidate, for: call) { worker, call, isCurrent in
      guard isCurrent else {
        return worker.lookAgain(at: candidate, call) { worker, call, found in
          worker.tell(request, candidate, found ?? diagnostics, call)
        }
      }
      if request.publication.activates, !candidate.brokenUsers.isEmpty {
        return worker.answer(call, failure: .breaksUsers(candidate))
      }
      worker.answer(call, published: nil, diagnostics + candidate.userDiagnostics)
    }
  }

  /// Has a sound version kept; where the keeper wants to know of its users, looks at them first.
  private func keep(
    _ request: PublicationRequest, _ candidate: Candidate, _ diagnostics: [TreeDiagnostic],
    _ call: Call
  ) {
    var publication = request.publication
    publication.grounds = candidate.grounds(usesOthers: !publication.subTrees.isEmpty)
    ask(.publish(publication), for: call) { worker, call, reply in
      switch reply {
      case .published(let version, let isNew):
        worker.answer(
          call, published: (version, isNew), diagnostics + candidate.userDiagnostics)
      case .refused(.unchecked):
        worker.lookAtUsers(of: candidate, for: call) { worker, call, isCurrent in
          guard isCurrent else { return worker.keepLater(request, candidate, diagnostics, call) }
          if publication.activates, !candidate.brokenUsers.isEmpty {
            return worker.answer(call, failure: .breaksUsers(candidate))
          }
          worker.keep(request, candidate, diagnostics, call)
        }
      case .refused(.changed): worker.keepLater(request, candidate, diagnostics, call)
      default: worker.answer(call, refused: reply, of: candidate.treeID)
      }
    }
  }

  /// Looks at a version anew, since the catalog is not what it was.
  private func keepLater(
    _ request: PublicationRequest, _ candidate: Candidate, _ diagnostics: [TreeDiagnostic],
    _ call: Call
  ) {
    lookAgain(at: candidate, call) { worker, call, found in
      worker.keep(request, candidate, found ?? diagnostics, call)
    }
  }

  private func answer(
    _ call: Call, published: (version: PublishedVersion, isNew: Bool)?,
    _ diagnostics: [TreeDiagnostic]
  ) {
    let messages = diagnostics.map(DiagnosticMessage.init)
    guard
      messages.reduce(0, { $0 + 64 + $1.path.utf8.count + $1.message.utf8.count })
        < Limits.answerBytes / 2
    else { return answer(call, failure: .answerTooLarge(limit: Limits.answerBytes)) }
    var response = PublishTreeResponseMessage(
      version: published.map { TreeVersionMessage($0.version, isWhole: false) })
    response.isCreated = published?.isNew ?? false
    response.diagnostics = messages
    answer(call) { response.append(to: &$0) }
  }
}
