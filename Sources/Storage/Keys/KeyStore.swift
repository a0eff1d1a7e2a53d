public import Journal

/// Idempotency keys on disk, with what was answered to the first call that had one.
///
/// The journals have the same, so that nothing here need outlast a power cut before its journal goes: only then
/// ``synchronize()`` is due.
public final class KeyStore {
  private let database: Database
  private let file: StoreFile
  private let retentionMicroseconds: UInt64

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
  /// - Throws: ``StoreFailure``, and never begins anew where something was.
  public init(path: String, retentionMicroseconds: UInt64) throws(StoreFailure) {
    let file = StoreFile(.keys, path: path)
    self.file = file
    self.retentionMicroseconds = retentionMicroseconds
    let database = try file.open(Self.tables)
    self.database = database
    try file.wrapping { () throws(DatabaseError) in
      try database.run("PRAGMA synchronous = NORMAL")
    }
  }

  /// What was answered to the first call with a key, if it is remembered.
  ///
  /// - Parameters:
  ///   - key: The key's SHA-256.
  ///   - now: The time, in microseconds since 1970.
  /// - Returns: The answer; `nil` where there is none, or its time is over.
  /// - Throws: ``StoreFailure``.
  public func answer(to key: [UInt8], at now: UInt64) throws(StoreFailure) -> KeyedAnswer? {
    let rows = try file.wrapping { () throws(DatabaseError) in
      try database.query(
        "SELECT request, time, answer FROM answers WHERE key = ? AND time > ?", .bytes(key),
        .integer(oldest(at: now))
      ) { row in (request: row.bytes(0), time: row.integer(1), answer: row.bytes(2)) }
    }
    guard let row = rows.first else { return nil }
    guard row.request.count == KeyedAnswer.hashBytes else {
      throw .corrupt(file, reason: "a row has a hash of \(row.request.count) bytes")
    }
    return KeyedAnswer(
      key: key, request: row.request, microseconds: row.time, answer: row.answer[...])
  }

  /// Remembers an answer; one whose key is remembered already changes nothing.
  ///
  /// - Throws: ``StoreFailure``.
  public func remember(_ answer: KeyedAnswer, at now: UInt64) throws(StoreFailure) {
    let oldest = oldest(at: now)
    guard answer.microseconds > oldest else { return }
    try file.wrapping { () throws(DatabaseError) in
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
  /// - Throws: ``StoreFailure``; then none of them was done.
  public func together(_ body: () throws(StoreFailure) -> Void) throws(StoreFailure) {
    try file.wrapping { () throws(DatabaseError) in try database.run("BEGIN IMMEDIATE") }
    do throws(StoreFailure) {
      try body()
      try file.wrapping { () throws(DatabaseError) in try database.run("COMMIT") }
    } catch {
      // It fails where SQLite has forgotten the change by itself; why it came to that is told already.
      do throws(DatabaseError) { try database.run("ROLLBACK") } catch {}
      throw error
    }
  }

  /// Waits until everything that is remembered would outlast a power cut.
  ///
  /// - Throws: ``StoreFailure``.
  public func synchronize() throws(StoreFailure) {
    try file.wrapping { () throws(DatabaseError) in
      _ = try database.query("PRAGMA wal_checkpoint(FULL)") { $0.integer(0) }
    }
  }

  /// Forgets some of the keys whose time is over.
  ///
  /// - Returns: Whether there may be more.
  /// - Throws: ``StoreFailure``.
  public func forgetOld(at now: UInt64) throws(StoreFailure) -> Bool {
    try file.wrapping { () throws(DatabaseError) in
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
}
