/// One of the daemon's databases.
public struct StoreFile: Equatable, Sendable, CustomStringConvertible {
  /// What it holds.
  public enum Contents: Equatable, Sendable {
    /// Published trees: ``TreeStore``.
    case trees
    /// Idempotency keys: ``KeyStore``.
    case keys
  }

  /// What it holds.
  public var contents: Contents
  /// Where it is.
  public var path: String

  /// A database's file, which may not be there yet.
  public init(_ contents: Contents, path: String) {
    self.contents = contents
    self.path = path
  }

  /// What it is, and where.
  public var description: String {
    switch contents {
    case .trees: "the tree store `\(path)`"
    case .keys: "the store of idempotency keys `\(path)`"
    }
  }

  /// The form of its tables, in the file's `user_version`.
  var form: UInt64 {
    switch contents {
    case .trees: 1
    case .keys: 1
    }
  }

  /// What says that it is ours, in the file's `application_id`: a database of something else is not taken for one.
  private var applicationID: UInt64 {
    switch contents {
    // "SFTS" and "SFIK".
    case .trees: 0x5346_5453
    case .keys: 0x5346_494B
    }
  }

  /// What is lost with it.
  var loss: String {
    switch contents {
    case .trees: " and publish the trees again"
    case .keys: ": calls whose keys it had are then performed again if they are repeated"
    }
  }

  /// Opens the database, or makes an empty one, and checks that it is whole.
  ///
  /// - Parameter tables: The statements that make its tables.
  /// - Returns: The database.
  /// - Throws: ``StoreFailure``, and never begins anew where something was.
  func open(_ tables: [String]) throws(StoreFailure) -> Database {
    try checked { () throws(DatabaseError) in
      let database = try Database(path: path)
      return (
        database, try database.check(applicationID: applicationID, form: form, tables: tables)
      )
    }
  }

  /// Opens a database that is there to read it and no more, and looks whether it is ours.
  ///
  /// - Returns: The database, not checked page by page.
  /// - Throws: ``StoreFailure``.
  func openToRead() throws(StoreFailure) -> Database {
    try checked { () throws(DatabaseError) in
      let database = try Database(reading: path)
      return (database, try database.kindFlaw(applicationID: applicationID, form: form))
    }
  }

  private func checked(
    _ open: () throws(DatabaseError) -> (Database, DatabaseFlaw?)
  ) throws(StoreFailure) -> Database {
    let (database, flaw) = try wrapping(open)
    switch flaw {
    case .corrupt(let reason): throw .corrupt(self, reason: reason)
    case .newer(let form): throw .newer(self, form: form)
    case nil: return database
    }
  }

  /// Does something with the database.
  ///
  /// - Throws: ``StoreFailure`` where SQLite does not do it.
  func wrapping<Result>(
    _ body: () throws(DatabaseError) -> Result
  ) throws(StoreFailure) -> Result {
    do throws(DatabaseError) {
      return try body()
    } catch {
      if error.isCorruption { throw .corrupt(self, reason: "\(error)") }
      if error.isBusy { throw .inUse(self) }
      throw .refused(self, reason: "\(error)")
    }
  }
}
