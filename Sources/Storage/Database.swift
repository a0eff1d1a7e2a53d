internal import CSQLite

/// A SQLite database that this process alone uses.
///
/// Write-ahead log and `synchronous=FULL`: what was committed survives a loss of power.
///
/// - Source: https://www.sqlite.org/wal.html
@safe final class Database {
  private let handle: OpaquePointer
  /// By their text; made once, used again.
  private var statements: [String: OpaquePointer] = unsafe [:]

  /// Opens a database, or makes it.
  ///
  /// - Throws: ``DatabaseError`` when the file can't be opened, is none, or is in use.
  init(path: String) throws(DatabaseError) {
    unsafe handle = try Self.open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    // Exclusive: no file of shared memory, and a second process is refused rather than mixed in.
    try run("PRAGMA locking_mode = EXCLUSIVE")
    try run("PRAGMA journal_mode = WAL")
    try run("PRAGMA synchronous = FULL")
    try run("PRAGMA foreign_keys = ON")
    // A database from elsewhere may hold anything, also views and triggers that call functions.
    try run("PRAGMA trusted_schema = OFF")
  }

  /// Opens a database that is there, to read it and no more.
  ///
  /// - Throws: ``DatabaseError`` when there is none, or it is in use.
  init(reading path: String) throws(DatabaseError) {
    unsafe handle = try Self.open(path, SQLITE_OPEN_READONLY)
    try run("PRAGMA query_only = ON")
    try run("PRAGMA trusted_schema = OFF")
  }

  @unsafe private static func open(
    _ path: String, _ flags: Int32
  ) throws(DatabaseError) -> OpaquePointer {
    var handle: OpaquePointer?
    // Safe: the path is read during the call only. Without a mutex, since one thread at a time has the whole store.
    let code = unsafe sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let opened = unsafe handle else {
      throw DatabaseError(code: code, message: "out of memory")
    }
    guard code == SQLITE_OK else {
      let error = unsafe DatabaseError(opened)
      unsafe sqlite3_close_v2(opened)
      throw error
    }
    unsafe sqlite3_extended_result_codes(opened, 1)
    return unsafe opened
  }

  deinit {
    // Safe: nobody has them any more.
    while let entry = unsafe statements.popFirst() { unsafe sqlite3_finalize(entry.value) }
    unsafe sqlite3_close_v2(handle)
  }

  /// Runs one statement that gives nothing.
  func run(_ sql: String, _ values: DatabaseValue...) throws(DatabaseError) {
    _ = try rows(sql, values) { _ in () }
  }

  /// Runs one statement, and reads what it gives.
  func query<Element>(
    _ sql: String, _ values: DatabaseValue..., read: (borrowing DatabaseRow) -> Element
  ) throws(DatabaseError) -> [Element] {
    try rows(sql, values, read: read)
  }

  private func rows<Element>(
    _ sql: String, _ values: [DatabaseValue], read: (borrowing DatabaseRow) -> Element
  ) throws(DatabaseError) -> [Element] {
    let statement = unsafe try prepared(sql)
    defer {
      // Safe: prepared by this connection. What was bound is not kept until the next time.
      unsafe sqlite3_reset(statement)
      unsafe sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() {
      guard unsafe value.bind(to: statement, at: Int32(index + 1)) == SQLITE_OK else {
        throw unsafe DatabaseError(handle)
      }
    }
    var elements: [Element] = []
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW: elements.append(unsafe read(DatabaseRow(statement)))
      case SQLITE_DONE: return elements
      default: throw unsafe DatabaseError(handle)
      }
    }
  }

  @unsafe private func prepared(_ sql: String) throws(DatabaseError) -> OpaquePointer {
    if let statement = unsafe statements[sql] { return unsafe statement }
    var statement: OpaquePointer?
    // Safe: the text is read during the call only.
    let code = unsafe sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let statement = unsafe statement else {
      throw unsafe DatabaseError(handle)
    }
    unsafe statements[sql] = unsafe statement
    return unsafe statement
  }
}

/// What a statement is given.
enum DatabaseValue {
  case integer(UInt64)
  case text(String)
  case bytes([UInt8])
  case null

  /// - Returns: SQLite's result code.
  @unsafe fileprivate func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    // SQLITE_TRANSIENT: SQLite copies what it is given. Safe so.
    let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch self {
    case .integer(let value):
      return unsafe sqlite3_bind_int64(statement, index, Int64(bitPattern: value))
    case .text(let text):
      return unsafe sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), transient)
    case .bytes(let bytes):
      return unsafe bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else {
          return unsafe sqlite3_bind_zeroblob(statement, index, 0)
        }
        return unsafe sqlite3_bind_blob(
          statement, index, start, Int32(buffer.count), transient)
      }
    case .null: return unsafe sqlite3_bind_null(statement, index)
    }
  }
}

/// One row of an answer, while it is read.
@safe struct DatabaseRow: ~Copyable {
  private let statement: OpaquePointer

  @unsafe fileprivate init(_ statement: OpaquePointer) { unsafe self.statement = unsafe statement }

  /// A column's number; 0 where it is NULL.
  func integer(_ column: Int32) -> UInt64 {
    // Safe: a row of this statement is there, here and below; a column that is not gives NULL.
    UInt64(bitPattern: unsafe sqlite3_column_int64(statement, column))
  }

  /// A column's text; empty where it is NULL.
  func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

  /// A column's bytes; none where it is NULL.
  func bytes(_ column: Int32) -> [UInt8] {
    let count = unsafe Int(sqlite3_column_bytes(statement, column))
    guard count > 0, let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}

extension DatabaseError {
  /// The last error of a connection.
  @unsafe fileprivate init(_ handle: OpaquePointer) {
    unsafe self.init(
      code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)))
  }
}
