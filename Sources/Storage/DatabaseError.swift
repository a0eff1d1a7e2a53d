internal import CSQLite

/// Why SQLite did not do what it was asked.
struct DatabaseError: Error, Equatable, CustomStringConvertible {
  /// SQLite's extended result code.
  var code: Int32
  /// SQLite's words.
  var message: String

  init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// Whether the file is damaged, or no database.
  var isCorruption: Bool {
    [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT].contains(code & 0xFF)
  }

  /// Whether another process has it.
  var isBusy: Bool { [SQLITE_BUSY, SQLITE_LOCKED].contains(code & 0xFF) }

  /// SQLite's words and number.
  var description: String { "\(message) (SQLite \(code))" }
}
