internal import Glibc
internal import UnixSocket

/// A fresh folder for one socket, removed with it.
struct SocketFolder: Sendable {
  let path: String
  var socketPath: String { path + "/s" }

  /// - Throws: ``SystemError`` when there is no room for one.
  init() throws(SystemError) {
    // Short, because a socket's path holds 107 bytes; and /tmp, for the same reason.
    var name = Array("/tmp/smartflow-XXXXXX".utf8CString)
    // Safe: the name is written during the call only, and keeps its length.
    guard unsafe mkdtemp(&name) != nil else {
      throw SystemError(call: "mkdtemp", code: errno, subject: "/tmp")
    }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes what a listener leaves, and the folder.
  func remove() {
    // Safe: the paths are read during the calls only. What is gone already needs no removing.
    unsafe unlink(socketPath)
    unsafe unlink(socketPath + ".lock")
    unsafe rmdir(path)
  }
}
