/// What is wrong with a database's file that can be opened.
enum DatabaseFlaw: Equatable {
  /// It is damaged, or of something else.
  case corrupt(reason: String)
  /// A later release has made it.
  case newer(form: UInt64)
}

extension Database {
  /// Looks whether the file is a database of ours and whole; an empty one gets its tables.
  ///
  /// - Parameters:
  ///   - applicationID: What says that it is ours, in the file's `application_id`.
  ///   - form: The form of the tables, in the file's `user_version`.
  ///   - tables: The statements that make them.
  /// - Returns: What is wrong; `nil` where nothing is.
  /// - Throws: ``DatabaseError`` when it can't be read.
  func check(
    applicationID: UInt64, form: UInt64, tables: [String]
  ) throws(DatabaseError) -> DatabaseFlaw? {
    let application = try number("PRAGMA application_id")
    let itsForm = try number("PRAGMA user_version")
    if application == 0, itsForm == 0, try number("SELECT count(*) FROM sqlite_schema") == 0 {
      try run("BEGIN IMMEDIATE")
      for table in tables { try run(table) }
      try run("PRAGMA application_id = \(applicationID)")
      try run("PRAGMA user_version = \(form)")
      try run("COMMIT")
      return nil
    }
    if let flaw = try kindFlaw(applicationID: applicationID, form: form) { return flaw }
    let words = try query("PRAGMA quick_check(1)") { $0.text(0) }
    return words == ["ok"] ? nil : .corrupt(reason: words.first ?? "it says nothing")
  }

  /// Looks whether the file is a database of ours.
  ///
  /// - Parameters:
  ///   - applicationID: What says that it is ours.
  ///   - form: The newest form that is read.
  /// - Returns: What is wrong; `nil` where nothing is.
  /// - Throws: ``DatabaseError`` when it can't be read.
  func kindFlaw(applicationID: UInt64, form: UInt64) throws(DatabaseError) -> DatabaseFlaw? {
    let application = try number("PRAGMA application_id")
    let itsForm = try number("PRAGMA user_version")
    guard application == applicationID else {
      return .corrupt(reason: "it is a database of something else")
    }
    return itsForm <= form ? nil : .newer(form: itsForm)
  }

  private func number(_ sql: String) throws(DatabaseError) -> UInt64 {
    try query(sql) { $0.integer(0) }.first ?? 0
  }
}
