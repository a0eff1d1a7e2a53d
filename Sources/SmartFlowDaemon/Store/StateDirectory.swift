internal import Glibc
internal import UnixSocket

/// The folder of what outlives the daemon, held by a lock as long as the process lives.
struct StateDirectory: ~Copyable {
  let path: String
  private let lock: Descriptor

  /// Makes the folder where it is missing, and takes its lock.
  ///
  /// - Throws: ``StartFailure`` when another daemon has it, or the system refuses.
  init(_ path: String) throws(StartFailure) {
    try Self.make(path)
    let name = path + "/lock"
    // Safe: the path is read during the call only.
    let file = unsafe open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw Self.failure("open", name) }
    let lock = Descriptor(owning: file)
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { throw Self.failure("flock", name) }
      throw StartFailure(
        description:
          "the state directory `\(path)` belongs to a daemon that runs; end it, or give this one another --state-directory",
        exitStatus: EX_UNAVAILABLE)
    }
    self.path = path
    self.lock = lock
  }

  /// The database of published trees, for nobody else to read; made where it is missing.
  func treeStore() throws(StartFailure) -> String {
    let name = path + "/trees.sqlite"
    // Safe: the path is read during the call only. SQLite would make it with the rights that the umask leaves.
    let file = unsafe open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw Self.failure("open", name) }
    close(file)
    return name
  }

  /// Makes every folder of a path that is missing.
  private static func make(_ path: String) throws(StartFailure) {
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      let folder = String(path[..<end])
      // Safe: the path is read during the call only.
      guard unsafe mkdir(folder, 0o700) != 0 else { continue }
      // Whatever else there is to say of a folder above, the last one says it.
      guard end == path.endIndex, errno != EEXIST else { continue }
      throw failure("mkdir", folder)
    }
  }

  private static func failure(_ call: String, _ path: String) -> StartFailure {
    let error = SystemError(call: call, code: errno, subject: path)
    return StartFailure(
      description: "\(error); give a --state-directory that this user may write to",
      exitStatus: EX_CANTCREAT)
  }
}
