public import Journal

/// Idempotency keys on disk, with what was answered to the first call that had one.
///
/// The journals have the same, so that nothing here need outlast a power cut before its journal goes: only then
/// ``synchronize()`` is due.
public final class KeyStore {
  private let database: Database
  private let retentionMicroseconds: UInt64

  /// Why keys can't be looked up or kept.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file is damaged, or no store of keys.
    case corrupt(path: String, reason: String)
    /// Another process has it.
    case inUse(path: String)
    /// A later release has made it.
    case newer(path: String, form: UInt64)
    /// SQLite or the system refused.
    case refused(reason: String)

    /// One sentence with the remedy.
    public var description: String {
      switch self {
      case .corrupt(let path, let reason):
        "the store of idempotency keys `\(path)` is corrupt: \(reason); put a backup in its place, or move it away with its -wal file: calls whose keys it had are then performed again if they are repeated"
      case .inUse(let path): "`\(path)` is in use by another process; end it"
      case .newer(let path, let form):
        "`\(path)` is of form \(form) and this release reads form \(KeyStore.form); start the release that made it"
      case .refused(let reason): "the store of idempotency keys can't be used: \(reason)"
      }
    }

    init(_ error: DatabaseError, _ path: String) {
      if error.isCorruption {
        self = .corrupt(path: path, reason: "\(error)")
      } else if error.isBusy {
        self = .inUse(path: path)
      } else {
        self = .refused(reason: "\(error)")
      }
    }
  }

  private let path: String
  static let form: UInt64 = 1
  /// "SFIK", in the file's `application_id`.
  private static let applicationID: UInt64 = 0x5346_494B
  private static let tables = [
    """
    CREATE TABLE answers (
      key BLOB PRIMARY KEY, request BLOB NOT NULL, time INTEGER NOT NULL, answer BLOB NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX answers_by_time ON answers (time)",
  ]

  /// Opens a store, or makes an empty one, and checks that it is whole.
  ///
  /// - Parameters:
  ///   - path: The database's file.
  ///   - retentionMicroseconds: How long a key is remembered.
  /// - Throws: ``Failure``, and never begins anew where something was.
  public init(path: String, retentionMicroseconds: UInt64) throws(Failure) {
    self.path = path
    self.retentionMicroseconds = retentionMicroseconds
    let flaw: DatabaseFlaw?
    do throws(DatabaseError) {
      database = try Database(path: path)
      try database.run("PRAGMA synchronous = NORMAL")
      flaw = try database.check(
        applicationID: Self.applicationID, form: Self.form, tables: Self.tables)
    } catch {
      throw Failure(error, path)
    }
    switch flaw {
    case .corrupt(let reason): throw .corrupt(path: path, reason: reason)
    case .newer(let form): throw .newer(path: path, form: form)
    case nil: break
    }
  }

  /// What was answered to the first call with a key, if it is remembered.
  ///
  /// - Parameters:
  ///   - key: The key's SHA-256.
  ///   - now: The time, in microseconds since 1970.
  /// - Returns: The answer; `nil` where there is none, or its time is over.
  /// - Throws: ``Failure``.
  public func answer(to key: [UInt8], at now: UInt64) throws(Failure) -> KeyedAnswer? {
    let rows = try wrapping { () throws(DatabaseError) in
      try database.query(
        "SELECT request, time, answer FROM answers WHERE key = ? AND time > ?", .bytes(key),
        .integer(oldest(at: now))
      ) { row in (request: row.bytes(0), time: row.integer(1), answer: row.bytes(2)) }
    }
    guard let row = rows.first else { return nil }
    guard row.request.count == KeyedAnswer.hashBytes else {
      throw .corrupt(path: path, reason: "a row has a hash of \(row.request.count) bytes")
    }
    return KeyedAnswer(
      key: key, request: row.request, microseconds: row.time, answer: row.answer[...])
  }

  /// Remembers an answer; one whose key is remembered already changes nothing.
  ///
  /// - Throws: ``Failure``.
  public func remember(_ answer: KeyedAnswer, at now: UInt64) throws(Failure) {
    let oldest = oldest(at: now)
    guard answer.microseconds > oldest else { return }
    try wrapping { () throws(DatabaseError) in
      try database.run(
        """
        INSERT INTO answers (key, request, time, answer) VALUES (?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET
          request = excluded.request, time = excluded.time, answer = excluded.answer
        WHERE time <= ?
        """, .bytes(answer.key), .bytes(answer.request), .integer(answer.microseconds),
        .bytes(Array(answer.answer)), .integer(oldest))
    }
  }

  /// Does many things as one.
  ///
  /// - Throws: ``Failure``; then none of them was done.
  public func together(_ body: () throws(Failure) -> Void) throws(Failure) {
    try wrapping { () throws(DatabaseError) in try database.run("BEGIN IMMEDIATE") }
    do throws(Failure) {
      try body()
      try wrapping { () throws(DatabaseError) in try database.run("COMMIT") }
    } catch {
      // It fails where SQLite has forgotten the change by itself; why it came to that is told already.
      do throws(DatabaseError) { try database.run("ROLLBACK") } catch {}
      throw error
    }
  }

  /// Waits until everything that is remembered would outlast a power cut.
  ///
  /// - Throws: ``Failure``.
  public func synchronize() throws(Failure) {
    try wrapping { () throws(DatabaseError) in
      _ = try database.query("PRAGMA wal_checkpoint(FULL)") { $0.integer(0) }
    }
  }

  /// Forgets some of the keys whose time is over.
  ///
  /// - Returns: Whether there may be more.
  /// - Throws: ``Failure``.
  public func forgetOld(at now: UInt64) throws(Failure) -> Bool {
    try wrapping { () throws(DatabaseError) in
      try database.run(
        """
        DELETE FROM answers WHERE key IN (
          SELECT key FROM answers WHERE time <= ? ORDER BY time LIMIT \(KeyLimits.forgottenKeys))
        """, .integer(oldest(at: now)))
      let count = try database.query("SELECT changes()") { $0.integer(0) }.first ?? 0
      return count == UInt64(KeyLimits.forgottenKeys)
    }
  }

  private func oldest(at now: UInt64) -> UInt64 {
    now > retentionMicroseconds ? now - retentionMicroseconds : 0
  }

  private func wrapping<Result>(
    _ body: () throws(DatabaseError) -> Result
  ) throws(Failure) -> Result {
    do throws(DatabaseError) { return try body() } catch { throw Failure(error, path) }
  }
}
