public import SmartFlowMessages

// TreeService, on the admin socket. What only reads is sent again where its answer was lost.

extension SmartFlowClient {
  /// Keeps a tree as the next version of its name.
  ///
  /// - Returns: The version, and what has to be said of the tree all the same.
  /// - Throws: ``ClientError``: INVALID_ARGUMENT with ``ClientError/violations``; ALREADY_EXISTS or ABORTED when somebody
  ///   else was faster.
  public func publish(
    _ request: PublishTreeRequestMessage, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> PublishTreeResponseMessage {
    try await call(request, options: request.validateOnly ? options.resendable : options)
  }

  /// One version of a published tree, with its JSON.
  ///
  /// - Parameters:
  ///   - treeID: Its name.
  ///   - version: Which; 0 is the active one.
  ///   - options: How the call is to be made.
  /// - Returns: The version.
  /// - Throws: ``ClientError``; NOT_FOUND when there is none.
  public func tree(
    _ treeID: String, version: UInt64 = 0, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> TreeVersionMessage {
    let answer = try await call(
      GetTreeRequest(treeID: treeID, version: version), options: options.resendable)
    return try Self.version(answer.version)
  }

  /// Published trees by name, a page at a time; the answer's token asks for the next one.
  ///
  /// - Throws: ``ClientError``.
  public func listTrees(
    _ request: ListTreesRequest = ListTreesRequest(), options: CallOptions = CallOptions()
  ) async throws(ClientError) -> ListTreesResponse {
    try await call(request, options: options.resendable)
  }

  /// A tree's versions, the newest first, a page at a time; the answer's token asks for the next one.
  ///
  /// - Throws: ``ClientError``; NOT_FOUND when there is no such tree.
  public func listTreeVersions(
    _ request: ListTreeVersionsRequest, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> ListTreeVersionsResponse {
    try await call(request, options: options.resendable)
  }

  /// Lets calls run a version from now on.
  ///
  /// - Parameters:
  ///   - treeID: The tree.
  ///   - version: The version; 0 goes back to the one that was active before.
  ///   - expectedActiveVersion: The active version that the caller knows of; 0 for whichever it is.
  ///   - options: How the call is to be made. Naming a version, it may be sent again; going back twice is another thing.
  /// - Returns: The version, and which was active before.
  /// - Throws: ``ClientError``; ABORTED when another one is active than was expected.
  public func activate(
    _ treeID: String, version: UInt64, expectedActiveVersion: UInt64 = 0,
    options: CallOptions = CallOptions()
  ) async throws(ClientError) -> (version: TreeVersionMessage, previousVersion: UInt64) {
    let answer = try await call(
      ActivateTreeRequest(
        treeID: treeID, version: version, expectedActiveVersion: expectedActiveVersion),
      options: options)
    return (try Self.version(answer.version), answer.previousVersion)
  }

  /// Lets nobody run a version, or a whole tree, any more.
  ///
  /// - Parameters:
  ///   - treeID: The tree.
  ///   - version: The version; 0 is the whole tree.
  ///   - options: How the call is to be made.
  /// - Throws: ``ClientError``.
  public func retire(
    _ treeID: String, version: UInt64 = 0, options: CallOptions = CallOptions()
  ) async throws(ClientError) {
    _ = try await call(RetireTreeRequest(treeID: treeID, version: version), options: options)
  }

  private static func version(
    _ version: TreeVersionMessage?
  ) throws(ClientError) -> TreeVersionMessage {
    guard let version else {
      throw ClientError(.internal, "the server's answer holds no version")
    }
    return version
  }
}
