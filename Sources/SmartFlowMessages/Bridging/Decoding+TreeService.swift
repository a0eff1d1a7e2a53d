internal import CProtobufC
internal import CSmartFlowProto

// Safe, in all of this file: pointers come from a message that was unpacked as the type read here,
// counts are protobuf-c's own, and everything is copied before the arena is used again.

extension GetTreeRequest {
  /// Checks and reads a request.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_get_tree_request()
    ).load(as: Smartflow__V1__GetTreeRequest.self)
    unsafe self.init(
      treeID: Text.string(message.tree_id), version: message.version)
  }
}

extension ListTreesRequest {
  /// Checks and reads a request.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_list_trees_request()
    ).load(as: Smartflow__V1__ListTreesRequest.self)
    unsafe self.init(
      prefix: Text.string(message.prefix), pageSize: message.page_size,
      pageToken: Text.string(message.page_token), includeRetired: message.include_retired != 0)
  }
}

extension ListTreeVersionsRequest {
  /// Checks and reads a request.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_list_tree_versions_request()
    ).load(as: Smartflow__V1__ListTreeVersionsRequest.self)
    unsafe self.init(
      treeID: Text.string(message.tree_id), pageSize: message.page_size,
      pageToken: Text.string(message.page_token))
  }
}

extension ActivateTreeRequest {
  /// Checks and reads a request.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_activate_tree_request()
    ).load(as: Smartflow__V1__ActivateTreeRequest.self)
    unsafe self.init(
      treeID: Text.string(message.tree_id), version: message.version,
      expectedActiveVersion: message.expected_active_version)
  }
}

extension RetireTreeRequest {
  /// Checks and reads a request.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_retire_tree_request()
    ).load(as: Smartflow__V1__RetireTreeRequest.self)
    unsafe self.init(
      treeID: Text.string(message.tree_id), version: message.version)
  }
}

extension PublishTreeResponseMessage {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_publish_tree_response()
    ).load(as: Smartflow__V1__PublishTreeResponse.self)
    unsafe self.init(version: TreeVersionMessage(message.version))
    isCreated = unsafe message.created != 0
    for index in unsafe 0..<message.n_diagnostics {
      guard let diagnostic = unsafe message.diagnostics[index]?.pointee else { continue }
      unsafe diagnostics.append(DiagnosticMessage(diagnostic))
    }
  }
}

extension GetTreeResponse {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_get_tree_response()
    ).load(as: Smartflow__V1__GetTreeResponse.self)
    unsafe self.init(version: TreeVersionMessage(message.version))
  }
}

extension ListTreesResponse {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_list_trees_response()
    ).load(as: Smartflow__V1__ListTreesResponse.self)
    unsafe self.init(trees: [], nextPageToken: Text.string(message.next_page_token))
    for index in unsafe 0..<message.n_trees {
      guard let tree = unsafe message.trees[index]?.pointee else { continue }
      unsafe trees.append(
        TreeSummaryMessage(
          treeID: Text.string(tree.tree_id), activeVersion: tree.active_version,
          newestVersion: tree.newest_version, isRetired: tree.retired != 0,
          updateTime: Timestamp(tree.update_time)))
    }
  }
}

extension ListTreeVersionsResponse {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_list_tree_versions_response()
    ).load(as: Smartflow__V1__ListTreeVersionsResponse.self)
    unsafe self.init(versions: [], nextPageToken: Text.string(message.next_page_token))
    for index in unsafe 0..<message.n_versions {
      guard let version = unsafe TreeVersionMessage(message.versions[index]) else { continue }
      versions.append(version)
    }
  }
}

extension ActivateTreeResponse {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_activate_tree_response()
    ).load(as: Smartflow__V1__ActivateTreeResponse.self)
    unsafe self.init(
      version: TreeVersionMessage(message.version), previousVersion: message.previous_version)
  }
}

extension RetireTreeResponse {
  /// Checks a response, which may hold nothing but fields of later versions.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    _ = unsafe try arena.unpack(bytes, as: smartflow_descriptor_retire_tree_response())
    self.init()
  }
}

extension TreeVersionMessage {
  @unsafe init?(_ version: UnsafePointer<Smartflow__V1__TreeVersion>?) {
    guard let message = unsafe version?.pointee else { return nil }
    unsafe self.init(
      treeID: Text.string(message.tree_id), version: message.version,
      treeDigest: message.tree_digest.array)
    isActive = unsafe message.active != 0
    isRetired = unsafe message.retired != 0
    publishTime = unsafe Timestamp(message.publish_time)
    if let author = unsafe message.author?.pointee {
      self.author = unsafe AuthorMessage(
        uid: author.uid, gid: author.gid, pid: author.pid, name: Text.string(author.name))
    }
    for index in unsafe 0..<message.n_labels {
      guard let label = unsafe message.labels[index]?.pointee else { continue }
      unsafe labels[Text.string(label.key)] = unsafe Text.string(label.value)
    }
    comment = unsafe Text.string(message.comment)
    treeBytes = unsafe message.tree_bytes
    treeJSON = unsafe message.tree_json.array
    contextSchema = unsafe message.context_schema.array
    subTrees = unsafe (0..<message.n_sub_trees).map { unsafe Text.string(message.sub_trees[$0]) }
  }
}
