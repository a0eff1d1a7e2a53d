internal import Glibc
public import UnixSocket

/// Makes journals' files, on the keeper's side.
public enum JournalFile {
  /// How a file's name ends until it has its header; one that was left so has no record.
  public static let unfinishedSuffix = ".new"

  /// Makes a journal that has its header and no record.
  ///
  /// The file gets its name only when the header would outlast a power cut, so that a file of this name has a whole
  /// header at any moment.
  ///
  /// - Parameters:
  ///   - path: Where; what is there already is left alone.
  ///   - header: Whose it is.
  /// - Returns: A descriptor that can do nothing but append, for the worker.
  /// - Throws: ``JournalError/system(_:)``, `EEXIST` where there is such a file.
  public static func create(
    at path: String, _ header: JournalHeader
  ) throws(JournalError) -> Descriptor {
    do throws(SystemError) {
      let unfinished = path + unfinishedSuffix
      // One that an earlier keeper did not finish has no record.
      try Folder.remove(unfinished)
      let file = try Descriptor.open(unfinished, .create(mode: 0o600))
      try file.writeAll(header.bytes)
      try file.synchronize()
      let isNew = try Folder.link(unfinished, as: path)
      try Folder.remove(unfinished)
      guard isNew else { throw SystemError(call: "link", code: EEXIST, subject: path) }
      try Folder.synchronize(Folder.containing(path))
      return file
    } catch {
      throw .system(error)
    }
  }
}
