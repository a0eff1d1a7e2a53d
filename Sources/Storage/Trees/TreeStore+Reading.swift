public import Catalog

extension TreeStore {
  /// One version, whole.
  ///
  /// - Parameters:
  ///   - treeID: The tree.
  ///   - version: Its number; 0 is the active one.
  /// - Returns: The version with its contents.
  /// - Throws: ``StoreRefusal`` when there is none.
  public func version(
    _ treeID: TreeID, _ version: UInt64
  ) throws(StoreRefusal) -> PublishedVersion {
    let tree = try tree(treeID)
    let wanted = version == 0 ? tree.activeVersion : version
    guard wanted != 0 else { throw .noActiveVersion }
    return try stored(treeID, wanted)
  }

  /// A page of trees by name.
  ///
  /// - Throws: ``StoreRefusal/unavailable(_:)``.
  public func trees(
    _ listing: TreeListing
  ) throws(StoreRefusal) -> (trees: [TreeSummary], hasMore: Bool) {
    let count = Int(clamping: min(listing.count, UInt64(Limits.pageEntries)))
    // Behind every name that begins so: no byte of a name is as high.
    let end = listing.prefix + "\u{7F}"
    var trees: [TreeSummary]
    do throws(DatabaseError) {
      trees = try database.query(
        """
        SELECT id, active, newest, retired, updated FROM trees
        WHERE id > ? AND id >= ? AND id < ? AND (retired = 0 OR ?) ORDER BY id LIMIT ?
        """, .text(listing.after), .text(listing.prefix), .text(end),
        .integer(listing.includesRetired ? 1 : 0), .integer(UInt64(count) + 1),
        read: Self.summary
      ).compactMap { $0 }
    } catch {
      throw StoreRefusal(error)
    }
    let hasMore = trees.count > count
    if hasMore { trees.removeLast() }
    return (trees, hasMore)
  }

  /// A page of a tree's versions, the newest first, without their contents.
  ///
  /// - Parameters:
  ///   - treeID: The tree.
  ///   - before: Only those below; 0 for all.
  ///   - count: So many at most.
  /// - Returns: The versions, and whether there are more.
  /// - Throws: ``StoreRefusal``.
  public func versions(
    of treeID: TreeID, before: UInt64, count: UInt64
  ) throws(StoreRefusal) -> (versions: [PublishedVersion], hasMore: Bool) {
    let tree = try tree(treeID)
    let count = Int(clamping: min(count, UInt64(Limits.pageEntries)))
    let numbers: [UInt64]
    do throws(DatabaseError) {
      numbers = try database.query(
        "SELECT version FROM versions WHERE tree = ? AND version < ? ORDER BY version DESC LIMIT ?",
        .text(treeID.text), .integer(before == 0 ? UInt64(Int64.max) : before),
        .integer(UInt64(count) + 1)
      ) { $0.integer(0) }
    } catch {
      throw StoreRefusal(error)
    }
    var versions: [PublishedVersion] = []
    var byteCount = 0
    for number in numbers.prefix(count) {
      var version = try stored(treeID, number, isActive: number == tree.activeVersion)
      version.json = []
      version.contextSchema = []
      byteCount += version.estimatedBytes
      // One is always given, else a reader would not come further.
      guard byteCount <= Self.pageBytes || versions.isEmpty else { break }
      versions.append(version)
    }
    return (versions, versions.count < numbers.count)
  }

  /// Trees whose active version uses a tree, by name.
  func users(of treeID: TreeID) throws(StoreRefusal) -> [TreeID] {
    do throws(DatabaseError) {
      return try database.query(
        """
        SELECT uses.tree FROM uses JOIN trees ON trees.id = uses.tree AND trees.active = uses.version
        WHERE uses.used = ? ORDER BY uses.tree LIMIT ?
        """, .text(treeID.text), .integer(UInt64(Limits.subTrees))
      ) { TreeID($0.text(0)) }.compactMap { $0 }
    } catch {
      throw StoreRefusal(error)
    }
  }

  /// Trees whose active version uses a tree, directly or by way of others, by name.
  ///
  /// - Throws: ``StoreRefusal/tooManyUsers(limit:)`` where they are more than are looked at.
  func allUsers(of treeID: TreeID) throws(StoreRefusal) -> [TreeID] {
    let users: [TreeID]
    do throws(DatabaseError) {
      users = try database.query(
        """
        WITH RECURSIVE users (id) AS (
          SELECT uses.tree FROM uses
            JOIN trees ON trees.id = uses.tree AND trees.active = uses.version
            WHERE uses.used = ?
          UNION
          SELECT uses.tree FROM users JOIN uses ON uses.used = users.id
            JOIN trees ON trees.id = uses.tree AND trees.active = uses.version
        ) SELECT id FROM users ORDER BY id LIMIT ?
        """, .text(treeID.text), .integer(UInt64(Limits.users) + 1)
      ) { TreeID($0.text(0)) }.compactMap { $0 }
    } catch {
      throw StoreRefusal(error)
    }
    guard users.count <= Limits.users else { throw .tooManyUsers(limit: UInt64(Limits.users)) }
    return users
  }

  func tree(_ treeID: TreeID) throws(StoreRefusal) -> TreeSummary {
    guard let tree = try treeIfThere(treeID) else { throw .noSuchTree }
    return tree
  }

  func treeIfThere(_ treeID: TreeID) throws(StoreRefusal) -> TreeSummary? {
    do throws(DatabaseError) {
      return try database.query(
        "SELECT id, active, newest, retired, updated FROM trees WHERE id = ?", .text(treeID.text),
        read: Self.summary
      ).first ?? nil
    } catch {
      throw StoreRefusal(error)
    }
  }

  func stored(_ treeID: TreeID, _ version: UInt64) throws(StoreRefusal) -> PublishedVersion {
    try stored(treeID, version, isActive: try tree(treeID).activeVersion == version)
  }

  private func stored(
    _ treeID: TreeID, _ version: UInt64, isActive: Bool
  ) throws(StoreRefusal) -> PublishedVersion {
    let found: PublishedVersion?
    do throws(DatabaseError) {
      found = try read(treeID, version)
    } catch {
      throw StoreRefusal(error)
    }
    guard var found else { throw .noSuchVersion(version) }
    found.isActive = isActive
    return found
  }

  private func read(
    _ treeID: TreeID, _ version: UInt64
  ) throws(DatabaseError) -> PublishedVersion? {
    let found = try database.query(
      Self.columns + "WHERE versions.tree = ? AND versions.version = ?", .text(treeID.text),
      .integer(version), read: Self.version)
    guard var found = found.first ?? nil else { return nil }
    found.labels = try database.query(
      "SELECT key, value FROM labels WHERE tree = ? AND version = ? ORDER BY key",
      .text(treeID.text), .integer(version)
    ) { PublishedVersion.Label(key: $0.text(0), value: $0.text(1)) }
    found.subTrees = try database.query(
      "SELECT used FROM uses WHERE tree = ? AND version = ? ORDER BY used", .text(treeID.text),
      .integer(version)
    ) { TreeID($0.text(0)) }.compactMap { $0 }
    return found
  }

  /// Versions behind one, of all trees in order, with the fields that the catalog needs.
  func versions(
    after treeID: String, _ version: UInt64, count: Int
  ) throws(DatabaseError) -> [PublishedVersion] {
    try database.query(
      Self.columns
        + "WHERE (versions.tree, versions.version) > (?, ?) ORDER BY versions.tree, versions.version LIMIT ?",
      .text(treeID), .integer(version), .integer(UInt64(count))
    ) { row in
      var version = Self.version(row)
      version?.isActive = row.integer(12) == row.integer(1)
      return version
    }.compactMap { $0 }
  }

  private static let columns = """
    SELECT versions.tree, versions.version, versions.digest, versions.retired, published, uid, gid,
      pid, author, comment, contents.bytes, schemas.bytes, trees.active
    FROM versions JOIN trees ON trees.id = versions.tree
      JOIN contents ON contents.digest = versions.digest
      LEFT JOIN contents AS schemas ON schemas.digest = versions.schema

    """

  /// `nil` for a name that no release of ours has written.
  private static func version(_ row: borrowing DatabaseRow) -> PublishedVersion? {
    guard let treeID = TreeID(row.text(0)) else { return nil }
    let json = row.bytes(10)
    var version = PublishedVersion(
      treeID: treeID, version: row.integer(1), digest: row.bytes(2),
      publishMicroseconds: row.integer(4),
      author: PublishedVersion.Author(
        userID: UInt32(truncatingIfNeeded: row.integer(5)),
        groupID: UInt32(truncatingIfNeeded: row.integer(6)),
        processID: UInt32(truncatingIfNeeded: row.integer(7)), name: row.text(8)),
      byteCount: UInt64(json.count))
    version.isRetired = row.integer(3) != 0
    version.comment = row.text(9)
    version.json = json
    version.contextSchema = row.bytes(11)
    return version
  }

  private static func summary(_ row: borrowing DatabaseRow) -> TreeSummary? {
    guard let treeID = TreeID(row.text(0)) else { return nil }
    return TreeSummary(
      treeID: treeID, activeVersion: row.integer(1), newestVersion: row.integer(2),
      isRetired: row.integer(3) != 0, updateMicroseconds: row.integer(4))
  }

  /// A page of versions stays well below a desk.
  private static let pageBytes = 1 << 20
}

extension PublishedVersion {
  /// About as many as it takes in an answer, without its contents.
  fileprivate var estimatedBytes: Int {
    256 + comment.utf8.count
      + labels.reduce(0) { $0 + 32 + $1.key.utf8.count + $1.value.utf8.count }
      + subTrees.reduce(0) { $0 + 16 + $1.text.utf8.count }
  }
}
