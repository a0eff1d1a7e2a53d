internal import Catalog
internal import SmartFlowMessages
internal import WorkerLink

extension Worker {
  /// A published tree by its name: no hop and, once it was called here, no parsing.
  ///
  /// - Parameters:
  ///   - treeID: The name, as the request has it.
  ///   - version: The version; 0 for the active one.
  ///   - call: Whose it is.
  ///   - published: Set to the version that runs.
  /// - Returns: The tree, or its compilation.
  /// - Throws: `NOT_FOUND` or `FAILED_PRECONDITION` when there is none to run.
  func lookUp(
    published treeID: String, version: UInt64, for call: Call,
    _ published: inout TreeReferenceMessage?
  ) throws(RPCStatus) -> TreeLookup {
    guard let entry = catalog.find(treeID.utf8.span, version: version) else {
      throw unknown(treeID, version)
    }
    guard entry.version != 0 else { throw .noActiveVersion(treeID) }
    guard !entry.isRetired else { throw .retired(treeID, entry.version) }
    published = TreeReferenceMessage(treeID: treeID, version: entry.version)
    // Its bytes are as even as a hash's, and nobody can choose them who may not publish.
    let hash = Int(truncatingIfNeeded: entry.digest.words.0)
    let digest = entry.digest.inlineBytes
    // Safe: bytes of any content are bytes.
    if let lookup = unsafe findTree(digest.span.bytes, .published, hash: hash) { return lookup }
    try checkRoomForTree(ofBytes: entry.json.count)
    let json = catalog.withJSON(of: entry) { [UInt8](copying: $0) }
    return begin(
      TreeCompile(
        json, .published, key: entry.digest.bytes, hash: hash,
        subTrees: SubTreeResolver(in: catalog.state), heir: remains))
  }

  private func unknown(_ treeID: String, _ version: UInt64) -> RPCStatus {
    guard TreeID(treeID) != nil else {
      return .invalid(
        "tree_reference/tree_id", "`\(treeID.shortened(to: 160))` is no ID; \(TreeID.rule)")
    }
    // Versions count from one, and what was published is never forgotten.
    guard catalog.find(treeID.utf8.span, version: 1) != nil else { return .noSuchTree(treeID) }
    return version == 0 ? .noActiveVersion(treeID) : .noSuchVersion(treeID, version)
  }
}
