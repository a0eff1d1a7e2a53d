public import Catalog
internal import Hashes

/// The published trees on disk: every version that ever was, and which of them is active.
///
/// One SQLite database. Contents are kept once, by their SHA-256, however many versions have them.
public final class TreeStore {
  let database: Database
  private let path: String
  /// What is wrong with the file, once it was looked at.
  private var flaw: OpenFailure?

  /// Why a store can't be opened.
  public enum OpenFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file is damaged, or no store of trees.
    case corrupt(path: String, reason: String)
    /// Another process has it.
    case inUse(path: String)
    /// A later release has made it.
    case newer(path: String, version: UInt64)
    /// SQLite or the system refused.
    case refused(path: String, reason: String)

    /// One sentence with the remedy.
    public var description: String {
      switch self {
      case .corrupt(let path, let reason):
        "the tree store `\(path)` is corrupt: \(reason); put a backup in its place, or move it away with its -wal file and publish the trees again"
      case .inUse(let path):
        "the tree store `\(path)` is in use by another process; end it, or give this daemon another --state-directory"
      case .newer(let path, let version):
        "the tree store `\(path)` is of form \(version) and this release reads form \(TreeStore.form); start the release that made it"
      case .refused(let path, let reason): "the tree store `\(path)` can't be opened: \(reason)"
      }
    }
  }

  /// Of the tables, in the file's `user_version`.
  static let form: UInt64 = 1
  /// "SFTS", in the file's `application_id`: a database of something else is not taken for a store.
  private static let applicationID: UInt64 = 0x5346_5453

  /// Opens a store, or makes an empty one, and checks that it is whole.
  ///
  /// - Parameter path: The database's file.
  /// - Throws: ``OpenFailure``, and never begins anew where something was.
  public init(path: String) throws(OpenFailure) {
    self.path = path
    do throws(DatabaseError) {
      database = try Database(path: path)
      let found = try database.check(
        applicationID: Self.applicationID, form: Self.form, tables: Self.tables)
      switch found {
      case .corrupt(let reason): flaw = .corrupt(path: path, reason: reason)
      case .newer(let form): flaw = .newer(path: path, version: form)
      case nil: break
      }
    } catch {
      throw OpenFailure(error, path)
    }
    if let flaw { throw flaw }
  }

  /// Opens a store that is there to read it and no more, as an auditor does; a daemon that runs has it for itself.
  ///
  /// Not checked page by page as by ``init(path:)``: who reads a tree compares it with a digest. While it is open, no
  /// daemon can have it.
  ///
  /// - Parameter path: The database's file, or a copy of it with its `-wal` file where there is one.
  /// - Throws: ``OpenFailure``.
  public init(reading path: String) throws(OpenFailure) {
    self.path = path
    do throws(DatabaseError) {
      database = try Database(reading: path)
      switch try database.kindFlaw(applicationID: Self.applicationID, form: Self.form) {
      case .corrupt(let reason): flaw = .corrupt(path: path, reason: reason)
      case .newer(let form): flaw = .newer(path: path, version: form)
      case nil: break
      }
    } catch {
      throw OpenFailure(error, path)
    }
    if let flaw { throw flaw }
  }

  /// Every version that ever was published, with its JSON, ordered by tree and version.
  ///
  /// - Parameter body: Takes one after the other.
  /// - Throws: ``OpenFailure/corrupt(path:reason:)`` when a tree is not what its digest says: SQLite has no
  ///   checksums of its own.
  public func forEachVersion(
    _ body: (PublishedVersion) -> Void
  ) throws(OpenFailure) {
    var after = ("", UInt64(0))
    while true {
      let page: [PublishedVersion]
      do throws(DatabaseError) {
        page = try versions(after: after.0, after.1, count: Limits.pageEntries)
      } catch {
        throw OpenFailure(error, path)
      }
      guard let last = page.last else { return }
      after = (last.treeID.text, last.version)
      for version in page {
        // Safe: bytes of any content are bytes.
        let digest = unsafe SHA256.digest(of: version.json.span.bytes)
        guard version.digest.indices.allSatisfy({ version.digest[$0] == digest[$0] }) else {
          throw .corrupt(
            path: path,
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

extension TreeStore.OpenFailure {
  init(_ error: DatabaseError, _ path: String) {
    if error.isCorruption {
      self = .corrupt(path: path, reason: "\(error)")
    } else if error.isBusy {
      self = .inUse(path: path)
    } else {
      self = .refused(path: path, reason: "\(error)")
    }
  }
}
