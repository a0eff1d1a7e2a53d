internal import Glibc

/// Names in folders: what makes, moves, lists and removes files.
public enum Folder {
  /// The folder in which a path lies.
  public static func containing(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes a folder that only its owner may enter, unless it is there; the one above it must be.
  public static func make(_ path: String) throws(SystemError) {
    // Safe: the path's text is read during the call only.
    if unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw SystemError("mkdir", path) }
  }

  /// Opens a folder, to lock it or to wait for its names.
  public static func open(_ path: String) throws(SystemError) -> Descriptor {
    // Safe: the path's text is read during the call only.
    let number = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError("open", path) }
    return Descriptor(owning: number)
  }

  /// Waits until the folder's names would outlast a power cut.
  public static func synchronize(_ path: String) throws(SystemError) {
    let folder = try open(path)
    try folder.synchronize()
  }

  /// The names in a folder, sorted by their bytes.
  public static func names(in path: String) throws(SystemError) -> [String] {
    // Safe: the stream is used in this function only, and closed by it; a name is copied at once.
    guard let stream = unsafe opendir(path) else { throw SystemError("opendir", path) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw SystemError("readdir", path) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether there is something of this name.
  public static func contains(_ path: String) throws(SystemError) -> Bool {
    var status = stat()
    // Safe: path and structure are used during the call only.
    if unsafe lstat(path, &status) == 0 { return true }
    guard errno == ENOENT else { throw SystemError("stat", path) }
    return false
  }

  /// Gives a file another name, in place of what had that.
  public static func rename(_ path: String, to other: String) throws(SystemError) {
    // Safe: the paths' texts are read during the call only.
    guard unsafe Glibc.rename(path, other) == 0 else { throw SystemError("rename", path) }
  }

  /// Gives a file a second name, unless something has it.
  ///
  /// - Returns: Whether nothing had it.
  /// - Throws: ``SystemError`` with the path.
  public static func link(_ path: String, as other: String) throws(SystemError) -> Bool {
    // Safe: the paths' texts are read during the call only.
    if unsafe Glibc.link(path, other) == 0 { return true }
    guard errno == EEXIST else { throw SystemError("link", path) }
    return false
  }

  /// Takes a file's name away; fine where there is none.
  public static func remove(_ path: String) throws(SystemError) {
    // Safe: the path's text is read during the call only.
    if unsafe unlink(path) != 0, errno != ENOENT { throw SystemError("unlink", path) }
  }
}
