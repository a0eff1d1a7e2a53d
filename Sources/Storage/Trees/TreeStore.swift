public import Catalog
internal import Hashes

/// The published trees on disk: every version that ever was, and which of them is active.
///
/// One SQLite database. Contents are kept once, by their SHA-256, however many versions have them.
public final class TreeStore {
  let database: Database
  private let file: StoreFile

  /// Opens a store, or makes an empty one, and checks that it is whole.
  ///
  /// - Parameter path: The database's file.
  /// - Throws: ``StoreFailure``, and never begins anew where something was.
  public init(path: String) throws(StoreFailure) {
    file = StoreFile(.trees, path: path)
    database = try file.open(Self.tables)
  }

  /// Opens a store that is there to read it and no more, as an auditor does; a daemon that runs has it for itself.
  ///
  /// Not checked page by page as by ``init(path:)``: who reads a tree compares it with a digest. While it is open, no
  /// daemon can have it.
  ///
  /// - Parameter path: The database's file, or a copy of it with its `-wal` file where there is one.
  /// - Throws: ``StoreFailure``.
  public init(reading path: String) throws(StoreFailure) {
    file = StoreFile(.trees, path: path)
    database = try file.openToRead()
  }

  /// Every version that ever was published, with its JSON, ordered by tree and version.
  ///
  /// - Parameter body: Takes one after the other.
  /// - Throws: ``StoreFailure/corrupt(_:reason:)`` when a tree is not what its digest says: SQLite has no
  ///   checksums of its own.
  public func forEachVersion(
    _ body: (PublishedVersion) -> Void
  ) throws(StoreFailure) {
    var after = ("", UInt64(0))
    while true {
      let page = try file.wrapping { () throws(DatabaseError) in
        try versions(after: after.0, after.1, count: Limits.pageEntries)
      }
      guard let last = page.last else { return }
      after = (last.treeID.text, last.version)
      for version in page {
        // Safe: bytes of any content are bytes.
        let digest = unsafe SHA256.digest(of: version.json.span.bytes)
        guard version.digest.indices.allSatisfy({ version.digest[$0] == digest[$0] }) else {
          throw .corrupt(
            file,
            reason: "version \(version.version) of `\(version.treeID)` is not what its digest says")
        }
        body(version)
      }
    }
  }

  /// Begins a change, which is kept whole or not at all.
  func begin() throws(StoreRefusal) { try change("BEGIN IMMEDIATE") }

  /// Keeps the change, on disk when this comes back.
  func commit() throws(StoreRefusal) { try change("COMMIT") }

  /// Forgets the change.
  func rollBack() {
    // It fails where SQLite has forgotten the change by itself; why it came to that is told already.
    do throws(DatabaseError) { try database.run("ROLLBACK") } catch {}
  }

  private func change(_ sql: String) throws(StoreRefusal) {
    do throws(DatabaseError) { try database.run(sql) } catch { throw StoreRefusal(error) }
  }

  private static let tables = [
    """
    CREATE TABLE contents (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT
    """,
    """
    CREATE TABLE trees (
      id TEXT PRIMARY KEY, newest INTEGER NOT NULL, active INTEGER NOT NULL DEFAULT 0,
      previous INTEGER NOT NULL DEFAULT 0, retired INTEGER NOT NULL DEFAULT 0,
      updated INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE versions (
      tree TEXT NOT NULL REFERENCES trees (id), version INTEGER NOT NULL,
      digest BLOB NOT NULL REFERENCES contents (digest),
      schema BLOB REFERENCES contents (digest), published INTEGER NOT NULL,
      uid INTEGER NOT NULL, gid INTEGER NOT NULL, pid INTEGER NOT NULL, author TEXT NOT NULL,
      comment TEXT NOT NULL, retired INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (tree, version)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE labels (
      tree TEXT NOT NULL, version INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (tree, version, key), FOREIGN KEY (tree, version) REFERENCES versions
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE uses (
      tree TEXT NOT NULL, version INTEGER NOT NULL, used TEXT NOT NULL,
      PRIMARY KEY (tree, version, used), FOREIGN KEY (tree, version) REFERENCES versions
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX uses_by_used ON uses (used, tree, version)",
    """
    CREATE TABLE activations (
      number INTEGER PRIMARY KEY, tree TEXT NOT NULL REFERENCES trees (id), version INTEGER NOT NULL,
      time INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL, pid INTEGER NOT NULL,
      author TEXT NOT NULL
    ) STRICT
    """,
  ]
}

extension StoreRefusal {
  init(_ error: DatabaseError) { self = .unavailable("\(error)") }
}
