internal import Glibc
internal import UnixSocket

/// The folder of what outlives the daemon, held by a lock as long as the process lives.
struct StateDirectory: ~Copyable {
  let path: String
  private let lock: FileLock

  /// Makes the folder where it is missing, and takes its lock.
  ///
  /// - Throws: ``StartFailure`` when another daemon has it, or the system refuses.
  init(_ path: String) throws(StartFailure) {
    lock = try Self.lock(path)
    self.path = path
  }

  private static func lock(_ path: String) throws(StartFailure) -> FileLock {
    do throws(SystemError) {
      try make(path)
      let file = try Descriptor.open(path + "/lock", .update(mode: 0o600))
      if let lock = try FileLock(file) { return lock }
    } catch {
      throw failure(error)
    }
    throw StartFailure(
      description:
        "the state directory `\(path)` belongs to a daemon that runs; end it, or give this one another --state-directory",
      exitStatus: EX_UNAVAILABLE)
  }

  /// The database of published trees.
  func treeStore() throws(StartFailure) -> String { try database("trees.sqlite") }

  /// The database of idempotency keys.
  func keyStore() throws(StartFailure) -> String { try database("keys.sqlite") }

  /// A database's file, for nobody else to read; made where it is missing.
  private func database(_ file: String) throws(StartFailure) -> String {
    let name = path + "/" + file
    do throws(SystemError) {
      // SQLite would make it with the rights that the umask leaves.
      _ = try Descriptor.open(name, .update(mode: 0o600))
      return name
    } catch {
      throw Self.failure(error)
    }
  }

  /// Makes every folder of a path that is missing.
  private static func make(_ path: String) throws(SystemError) {
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      do throws(SystemError) {
        try Folder.make(String(path[..<end]))
      } catch {
        // Whatever else there is to say of a folder above, the last one says it.
        if end == path.endIndex { throw error }
      }
    }
  }

  private static func failure(_ error: SystemError) -> StartFailure {
    StartFailure(
      description: "\(error); give a --state-directory that this user may write to",
      exitStatus: EX_CANTCREAT)
  }
}
