public import Catalog
internal import UnixSocket
internal import WorkerLink

/// The store and the catalog that is made of it: what a change changes, it changes in both or in neither.
public final class TreeRoom {
  private let store: TreeStore
  private var catalog: CatalogWriter

  /// Opens the store, and makes the catalog of what there is.
  ///
  /// - Parameter path: The database's file.
  /// - Throws: ``StoreFailure``.
  public init(path: String) throws(StoreFailure) {
    store = try TreeStore(path: path)
    let store = store
    do {
      catalog = try CatalogWriter.load { take throws(StoreFailure) in
        try store.forEachVersion(take)
      }
    } catch {
      switch error {
      case .source(let failure): throw failure
      case .catalog(let failure):
        throw .refused(StoreFile(.trees, path: path), reason: "\(StoreRefusal(failure))")
      }
    }
  }

  /// The catalog's file.
  public var catalogDescriptor: Int32 { catalog.rawDescriptor }

  /// The catalog as it is now.
  public var state: CatalogState { catalog.state }

  /// Looks a version up as workers will find it.
  func find(_ treeID: TreeID, version: UInt64) -> CatalogEntry? {
    catalog.find(treeID, version: version)
  }

  /// Does what a worker asks; what the bytes say may be anything.
  ///
  /// - Parameters:
  ///   - bytes: The request.
  ///   - now: Microseconds since 1970.
  ///   - name: What the machine calls a user, by number.
  /// - Returns: The answer. Whatever it says was done is on disk, and in ``state``.
  public func answer(
    _ bytes: [UInt8], now: UInt64, name: (UInt32) -> String
  ) -> StoreReply {
    guard let request = StoreRequest(parsing: bytes) else { return .refused(.malformed) }
    do throws(StoreRefusal) {
      switch request {
      case .get(let treeID, let version):
        return .version(try store.version(treeID, version))
      case .list(let listing):
        let page = try store.trees(listing)
        return .trees(page.trees, hasMore: page.hasMore)
      case .versions(let treeID, let before, let count):
        let page = try store.versions(of: treeID, before: before, count: count)
        return .versions(page.versions, hasMore: page.hasMore)
      case .publish(var publication):
        publication.author.name = name(publication.author.userID)
        return try publish(publication, now: now)
      case .activate(var activation):
        activation.author.name = name(activation.author.userID)
        return try activate(activation, now: now)
      case .retire(let treeID, let version):
        return try retire(treeID, version: version, now: now)
      case .users(let treeID):
        return .users(try store.allUsers(of: treeID), generation: catalog.state.generation)
      }
    } catch {
      return .refused(error)
    }
  }

  private func publish(
    _ publication: Publication, now: UInt64
  ) throws(StoreRefusal) -> StoreReply {
    try keep { () throws(StoreRefusal) in
      let (version, isNew) = try store.publish(publication, now: now)
      if isNew || publication.activates { try check(version, publication.grounds) }
      try change { catalog throws(CatalogWriter.Failure) in
        if isNew { try catalog.put(version) }
        if version.isActive {
          try catalog.activate(version.treeID, version: version.version)
        }
      }
      return .published(version, isNew: isNew)
    }
  }

  private func activate(
    _ activation: Activation, now: UInt64
  ) throws(StoreRefusal) -> StoreReply {
    try keep { () throws(StoreRefusal) in
      let (version, previous) = try store.activate(activation, now: now)
      try check(version, activation.grounds)
      try change { catalog throws(CatalogWriter.Failure) in
        try catalog.activate(version.treeID, version: version.version)
      }
      return .activated(version, previous: previous)
    }
  }

  private func retire(
    _ treeID: TreeID, version: UInt64, now: UInt64
  ) throws(StoreRefusal) -> StoreReply {
    try keep { () throws(StoreRefusal) in
      try store.retire(treeID, version: version, now: now)
      try change { catalog throws(CatalogWriter.Failure) in
        if version == 0 {
          try catalog.activate(treeID, version: nil)
        } else {
          try catalog.retire(treeID, version: version)
        }
      }
      return .retired
    }
  }

  /// Refuses a version that is to be kept, or active, before anybody has looked at what it uses and at what uses it.
  private func check(_ version: PublishedVersion, _ grounds: Grounds) throws(StoreRefusal) {
    let generation = catalog.state.generation
    guard catalog.find(version.treeID, version: 0)?.version != version.version else { return }
    guard grounds.generation == 0 || grounds.generation == generation else {
      throw .changed(generation: generation)
    }
    guard version.subTrees.isEmpty || grounds.generation != 0 else {
      throw .unchecked(version: version.version)
    }
    guard !grounds.coversUsers || grounds.generation == 0 else { return }
    guard try store.users(of: version.treeID).isEmpty else {
      throw .unchecked(version: version.version)
    }
  }

  /// Makes a change in both, or in neither.
  private func keep(
    _ body: () throws(StoreRefusal) -> StoreReply
  ) throws(StoreRefusal) -> StoreReply {
    let before = catalog.state
    do throws(StoreRefusal) {
      try store.begin()
      let reply = try body()
      try store.commit()
      return reply
    } catch {
      store.rollBack()
      catalog.goBack(to: before)
      throw error
    }
  }

  private func change(
    _ body: (inout CatalogWriter) throws(CatalogWriter.Failure) -> Void
  ) throws(StoreRefusal) {
    do throws(CatalogWriter.Failure) { try body(&catalog) } catch { throw StoreRefusal(error) }
  }
}

extension CatalogWriter {
  fileprivate mutating func put(_ version: PublishedVersion) throws(Failure) {
    guard let digest = Digest(parsing: version.digest) else { return }
    try put(
      version.treeID, version: version.version, digest: digest, json: version.json,
      isRetired: version.isRetired)
  }
}

extension StoreRefusal {
  fileprivate init(_ failure: CatalogWriter.Failure) {
    switch failure {
    case .full: self = .full(limitBytes: UInt64(Limits.catalogBytes))
    case .system(let error): self = .unavailable("\(error)")
    }
  }
}
