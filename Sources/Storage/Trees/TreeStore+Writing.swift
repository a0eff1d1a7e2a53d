public import Catalog
internal import Hashes

extension TreeStore {
  /// Keeps a tree as its next version.
  ///
  /// The same tree again, with the same schema, is the version that it is already.
  ///
  /// - Parameters:
  ///   - publication: What is published.
  ///   - now: Microseconds since 1970.
  /// - Returns: The version, and whether it is new.
  /// - Throws: ``StoreRefusal``; nothing has changed then.
  public func publish(
    _ publication: Publication, now: UInt64
  ) throws(StoreRefusal) -> (version: PublishedVersion, isNew: Bool) {
    let treeID = publication.treeID
    let tree = try treeIfThere(treeID)
    let newest = tree?.newestVersion ?? 0
    if publication.mustBeNew, newest != 0 { throw .exists(newest: newest) }
    if publication.expectedVersion != 0, publication.expectedVersion != newest {
      throw .stale(expected: publication.expectedVersion, actual: newest)
    }
    var version = newest
    let isSame = try isSame(publication, as: newest)
    if !isSame {
      version += 1
      do throws(DatabaseError) {
        try insert(publication, version: version, now: now)
      } catch {
        throw StoreRefusal(error)
      }
    }
    if publication.activates {
      try setActive(
        version, of: treeID, instead: tree?.activeVersion ?? 0, by: publication.author, now: now)
    }
    return (try stored(treeID, version), !isSame)
  }

  /// Whether a version says already what is to be published.
  private func isSame(
    _ publication: Publication, as version: UInt64
  ) throws(StoreRefusal) -> Bool {
    guard version != 0 else { return false }
    let last = try stored(publication.treeID, version)
    return !last.isRetired && last.digest == publication.digest
      && last.contextSchema == publication.contextSchema
  }

  private func insert(
    _ publication: Publication, version: UInt64, now: UInt64
  ) throws(DatabaseError) {
    let tree = DatabaseValue.text(publication.treeID.text)
    try database.run(
      """
      INSERT INTO trees (id, newest, updated) VALUES (?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, updated = excluded.updated
      """, tree, .integer(version), .integer(now))
    try keep(publication.json, publication.digest)
    var schema = DatabaseValue.null
    if !publication.contextSchema.isEmpty {
      // Safe: bytes of any content are bytes.
      let digest = unsafe SHA256.digest(of: publication.contextSchema.span.bytes)
      let bytes = digest.span.indices.map { digest[$0] }
      try keep(publication.contextSchema, bytes)
      schema = .bytes(bytes)
    }
    try database.run(
      """
      INSERT INTO versions (tree, version, digest, schema, published, uid, gid, pid, author, comment)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, tree, .integer(version), .bytes(publication.digest), schema, .integer(now),
      .integer(UInt64(publication.author.userID)), .integer(UInt64(publication.author.groupID)),
      .integer(UInt64(publication.author.processID)), .text(publication.author.name),
      .text(publication.comment))
    for label in publication.labels {
      try database.run(
        "INSERT INTO labels (tree, version, key, value) VALUES (?, ?, ?, ?)", tree,
        .integer(version), .text(label.key), .text(label.value))
    }
    for used in publication.subTrees {
      try database.run(
        "INSERT OR IGNORE INTO uses (tree, version, used) VALUES (?, ?, ?)", tree,
        .integer(version), .text(used.text))
    }
  }

  private func keep(_ bytes: [UInt8], _ digest: [UInt8]) throws(DatabaseError) {
    try database.run(
      "INSERT OR IGNORE INTO contents (digest, bytes) VALUES (?, ?)", .bytes(digest), .bytes(bytes))
  }

  /// Makes a version the one that calls run.
  ///
  /// - Returns: The version, and the one that was active before; 0 when there was none.
  /// - Throws: ``StoreRefusal``; nothing has changed then.
  public func activate(
    _ activation: Activation, now: UInt64
  ) throws(StoreRefusal) -> (version: PublishedVersion, previous: UInt64) {
    let tree = try tree(activation.treeID)
    if activation.expectedActive != 0, activation.expectedActive != tree.activeVersion {
      throw .stale(expected: activation.expectedActive, actual: tree.activeVersion)
    }
    var wanted = activation.version
    if wanted == 0 {
      wanted = try previous(of: activation.treeID)
      guard wanted != 0 else { throw .noPreviousVersion }
    }
    var version = try stored(activation.treeID, wanted)
    guard !version.isRetired else { throw .retired(wanted) }
    try setActive(
      wanted, of: activation.treeID, instead: tree.activeVersion, by: activation.author, now: now)
    version.isActive = true
    return (version, tree.activeVersion)
  }

  /// Makes a version that there is the active one; nothing where it is already.
  private func setActive(
    _ version: UInt64, of treeID: TreeID, instead active: UInt64,
    by author: PublishedVersion.Author, now: UInt64
  ) throws(StoreRefusal) {
    guard version != active else { return }
    let id = DatabaseValue.text(treeID.text)
    do throws(DatabaseError) {
      try database.run(
        "UPDATE trees SET previous = active, active = ?, retired = 0, updated = ? WHERE id = ?",
        .integer(version), .integer(now), id)
      try database.run(
        """
        INSERT INTO activations (tree, version, time, uid, gid, pid, author)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """, id, .integer(version), .integer(now), .integer(UInt64(author.userID)),
        .integer(UInt64(author.groupID)), .integer(UInt64(author.processID)), .text(author.name))
    } catch {
      throw StoreRefusal(error)
    }
  }

  private func previous(of treeID: TreeID) throws(StoreRefusal) -> UInt64 {
    do throws(DatabaseError) {
      return try database.query(
        "SELECT previous FROM trees WHERE id = ?", .text(treeID.text)
      ) { $0.integer(0) }.first ?? 0
    } catch {
      throw StoreRefusal(error)
    }
  }

  /// Lets nobody run a version any more, or none of the tree's versions.
  ///
  /// What was published stays: a decision of a year ago can still be looked at.
  ///
  /// - Parameters:
  ///   - treeID: The tree.
  ///   - version: Its number; 0 takes the whole tree out of use until a version is activated again.
  ///   - now: Microseconds since 1970.
  /// - Throws: ``StoreRefusal``; nothing has changed then.
  public func retire(
    _ treeID: TreeID, version: UInt64, now: UInt64
  ) throws(StoreRefusal) {
    let tree = try tree(treeID)
    let id = DatabaseValue.text(treeID.text)
    if version == 0 {
      let users = try users(of: treeID)
      guard users.isEmpty else { throw .inUse(by: users) }
    } else {
      _ = try stored(treeID, version)
      guard version != tree.activeVersion else { throw .isActive(version) }
    }
    do throws(DatabaseError) {
      if version == 0 {
        try database.run(
          """
          UPDATE trees SET previous = CASE active WHEN 0 THEN previous ELSE active END, active = 0,
            retired = 1, updated = ? WHERE id = ?
          """, .integer(now), id)
      } else {
        try database.run(
          "UPDATE versions SET retired = 1 WHERE tree = ? AND version = ?", id, .integer(version))
        try database.run(
          "UPDATE trees SET previous = 0 WHERE id = ? AND previous = ?", id, .integer(version))
        try database.run("UPDATE trees SET updated = ? WHERE id = ?", .integer(now), id)
      }
    } catch {
      throw StoreRefusal(error)
    }
  }
}
