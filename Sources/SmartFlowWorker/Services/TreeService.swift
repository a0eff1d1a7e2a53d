internal import Catalog
internal import DecisionEngine
internal import Filtrex
internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket
internal import WorkerLink

/// `smartflow.v1.TreeService`: checked here, kept by the keeper's store.
extension Worker {
  /// `PublishTree`.
  func publishTree(_ payload: RawSpan, _ call: Call) {
    guard hasRoomToWait(on: call.connection) else { return answer(call, failure: .overloaded) }
    do throws(RPCStatus) {
      let (tree, schema, publication) = try withArena { arena throws(RPCStatus) in
        try readPublication(payload, call, &arena)
      }
      begin(
        ValidationCall(call, schema) { worker, call, tree, diagnostics in
          worker.publish(tree, publication, diagnostics, call)
        }, tree, call)
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
  ) throws(RPCStatus) -> (TreeLookup, SchemaReading?, PublicationRequest) {
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
    let schema =
      publication.contextSchema.isEmpty ? nil : SchemaReading(publication.contextSchema)
    var published: TreeReferenceMessage?
    let tree = try lookUp(request.tree, for: call, published: &published)
    return (
      tree, schema, PublicationRequest(publication: publication, validateOnly: rest.validateOnly)
    )
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
    _ tree: Tree?, _ request: PublicationRequest, _ diagnostics: [TreeDiagnostic], _ call: Call
  ) {
    guard let tree, !diagnostics.contains(where: { $0.severity == .error }) else {
      return answer(call, failure: .invalidTree(diagnostics))
    }
    let messages = diagnostics.map(DiagnosticMessage.init)
    guard
      messages.reduce(0, { $0 + 64 + $1.path.utf8.count + $1.message.utf8.count })
        < Limits.answerBytes / 2
    else { return answer(call, failure: .answerTooLarge(limit: Limits.answerBytes)) }
    if request.validateOnly {
      var response = PublishTreeResponseMessage(version: nil)
      response.diagnostics = messages
      return answer(call) { response.append(to: &$0) }
    }
    var publication = request.publication
    publication.json = tree.canonicalJSON
    publication.digest = Digest(tree.digest).bytes
    ask(.publish(publication), for: call) { worker, call, reply in
      guard case .published(let version, let isNew) = reply else {
        return worker.answer(call, refused: reply, of: publication.treeID)
      }
      var response = PublishTreeResponseMessage(
        version: TreeVersionMessage(version, isWhole: false))
      response.isCreated = isNew
      response.diagnostics = messages
      worker.answer(call) { response.append(to: &$0) }
    }
  }

  /// `GetTree`.
  func getTree(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      let request = try decode(payload) { bytes, arena throws(MessageError) in
        try GetTreeRequest(decoding: bytes, in: &arena)
      }
      let treeID = try Self.treeID(request.treeID)
      ask(.get(treeID, version: request.version), for: call) { worker, call, reply in
        guard case .version(let version) = reply else {
          return worker.answer(call, refused: reply, of: treeID)
        }
        let response = GetTreeResponse(version: TreeVersionMessage(version, isWhole: true))
        worker.answer(call) { response.append(to: &$0) }
      }
    } catch {
      answer(call, failure: error)
    }
  }

  /// `ListTrees`.
  func listTrees(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      let request = try decode(payload) { bytes, arena throws(MessageError) in
        try ListTreesRequest(decoding: bytes, in: &arena)
      }
      var listing = TreeListing(count: try Self.pageSize(request.pageSize))
      if !request.prefix.isEmpty { listing.prefix = try Self.treeID(request.prefix, "prefix").text }
      if !request.pageToken.isEmpty {
        listing.after = try Self.treeID(request.pageToken, "page_token").text
      }
      listing.includesRetired = request.includeRetired
      ask(.list(listing), for: call) { worker, call, reply in
        guard case .trees(let trees, let hasMore) = reply else {
          return worker.answer(call, refused: reply, of: nil)
        }
        let response = ListTreesResponse(
          trees: trees.map(TreeSummaryMessage.init),
          nextPageToken: hasMore ? trees.last?.treeID.text ?? "" : "")
        worker.answer(call) { response.append(to: &$0) }
      }
    } catch {
      answer(call, failure: error)
    }
  }

  /// `ListTreeVersions`.
  func listTreeVersions(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      let request = try decode(payload) { bytes, arena throws(MessageError) in
        try ListTreeVersionsRequest(decoding: bytes, in: &arena)
      }
      let treeID = try Self.treeID(request.treeID)
      var before: UInt64 = 0
      if !request.pageToken.isEmpty {
        guard let version = UInt64(request.pageToken), version > 0 else {
          throw .invalid("page_token", "it is none of ours; take it from the page before")
        }
        before = version
      }
      let count = try Self.pageSize(request.pageSize)
      ask(.versions(treeID, before: before, count: count), for: call) { worker, call, reply in
        guard case .versions(let versions, let hasMore) = reply else {
          return worker.answer(call, refused: reply, of: treeID)
        }
        let response = ListTreeVersionsResponse(
          versions: versions.map { TreeVersionMessage($0, isWhole: false) },
          nextPageToken: hasMore ? versions.last.map { String($0.version) } ?? "" : "")
        worker.answer(call) { response.append(to: &$0) }
      }
    } catch {
      answer(call, failure: error)
    }
  }

  /// `ActivateTree`.
  func activateTree(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      let request = try decode(payload) { bytes, arena throws(MessageError) in
        try ActivateTreeRequest(decoding: bytes, in: &arena)
      }
      var activation = Activation(
        treeID: try Self.treeID(request.treeID), version: request.version,
        author: try author(of: call))
      activation.expectedActive = request.expectedActiveVersion
      ask(.activate(activation), for: call) { worker, call, reply in
        guard case .activated(let version, let previous) = reply else {
          return worker.answer(call, refused: reply, of: activation.treeID)
        }
        let response = ActivateTreeResponse(
          version: TreeVersionMessage(version, isWhole: false), previousVersion: previous)
        worker.answer(call) { response.append(to: &$0) }
      }
    } catch {
      answer(call, failure: error)
    }
  }

  /// `RetireTree`.
  func retireTree(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      let request = try decode(payload) { bytes, arena throws(MessageError) in
        try RetireTreeRequest(decoding: bytes, in: &arena)
      }
      let treeID = try Self.treeID(request.treeID)
      ask(.retire(treeID, version: request.version), for: call) { worker, call, reply in
        guard case .retired = reply else {
          return worker.answer(call, refused: reply, of: treeID)
        }
        worker.answer(call) { RetireTreeResponse().append(to: &$0) }
      }
    } catch {
      answer(call, failure: error)
    }
  }

  // MARK: Parts

  private static func treeID(
    _ text: String, _ field: String = "tree_id"
  ) throws(RPCStatus) -> TreeID {
    guard let treeID = TreeID(text) else {
      throw .invalid(field, "`\(text.shortened(to: 160))` is no ID; \(TreeID.rule)")
    }
    return treeID
  }

  private static func pageSize(_ wanted: UInt32) throws(RPCStatus) -> UInt64 {
    guard wanted <= UInt32(Catalog.Limits.pageEntries) else {
      throw .invalid(
        "page_size", "\(wanted) entries are over the limit of \(Catalog.Limits.pageEntries)")
    }
    return wanted == 0 ? Limits.standardPageEntries : UInt64(wanted)
  }

  /// Who is at the other end of a call.
  private func author(of call: Call) throws(RPCStatus) -> PublishedVersion.Author {
    do throws(SystemError) {
      let peer = try PeerCredentials(of: call.connection.descriptor)
      return PublishedVersion.Author(
        userID: peer.userID, groupID: peer.groupID, processID: UInt32(clamping: peer.processID))
    } catch {
      throw RPCStatus(.internal, "who calls can't be told: \(error)")
    }
  }

  private func answer(_ call: Call, refused reply: StoreReply, of treeID: TreeID?) {
    guard case .refused(let refusal) = reply else {
      return answer(call, failure: .storeUnavailable)
    }
    answer(call, failure: RPCStatus(refusal, of: treeID?.text ?? ""))
  }
}

extension TreeVersionMessage {
  /// - Parameters:
  ///   - version: What the store has.
  ///   - isWhole: Whether its contents go along.
  fileprivate init(_ version: PublishedVersion, isWhole: Bool) {
    self.init(
      treeID: version.treeID.text, version: version.version, treeDigest: version.digest)
    isActive = version.isActive
    isRetired = version.isRetired
    publishTime = Worker.timestamp(version.publishMicroseconds)
    author = AuthorMessage(
      uid: version.author.userID, gid: version.author.groupID, pid: version.author.processID,
      name: version.author.name)
    for label in version.labels { labels[label.key] = label.value }
    comment = version.comment
    treeBytes = version.byteCount
    guard isWhole else { return }
    treeJSON = version.json
    contextSchema = version.contextSchema
  }
}

extension TreeSummaryMessage {
  fileprivate init(_ tree: TreeSummary) {
    self.init(
      treeID: tree.treeID.text, activeVersion: tree.activeVersion,
      newestVersion: tree.newestVersion, isRetired: tree.isRetired,
      updateTime: Worker.timestamp(tree.updateMicroseconds))
  }
}
