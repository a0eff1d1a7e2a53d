internal import Catalog
internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket
internal import WorkerLink

/// `smartflow.v1.TreeService`: checked here, kept by the keeper's store.
extension Worker {
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
      activate(activation, nil, call)
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

  static func treeID(
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
  func author(of call: Call) throws(RPCStatus) -> PublishedVersion.Author {
    do throws(SystemError) {
      let peer = try PeerCredentials(of: call.connection.descriptor)
      return PublishedVersion.Author(
        userID: peer.userID, groupID: peer.groupID, processID: UInt32(clamping: peer.processID))
    } catch {
      throw RPCStatus(.internal, "who calls can't be told: \(error)")
    }
  }

  func answer(_ call: Call, refused reply: StoreReply, of treeID: TreeID?) {
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
  init(_ version: PublishedVersion, isWhole: Bool) {
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
    subTrees = version.subTrees.map(\.text)
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
