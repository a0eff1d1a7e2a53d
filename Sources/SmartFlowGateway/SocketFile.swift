internal import Glibc
internal import UnixSocket

/// The file of a socket that the gateway is to listen on.
enum SocketFile {
  /// Why there can be no socket.
  enum Failure: Error, Equatable, CustomStringConvertible {
    /// Somebody listens there.
    case taken(String)
    /// Something else than a socket is there.
    case notASocket(String)
    /// The system refused.
    case system(SystemError)

    /// One sentence with the remedy.
    var description: String {
      switch self {
      case .taken(let path): "somebody listens on `\(path)`; stop them, or choose another path"
      case .notASocket(let path):
        "`\(path)` is there and is no socket; remove it, or choose another path"
      case .system(let error): "\(error)"
      }
    }
  }

  /// Takes away the file of a gateway that is gone.
  ///
  /// - Throws: ``Failure`` when something is there that is not to be taken away.
  static func makeRoom(at path: String) throws(Failure) {
    var status = stat()
    // Safe, both: the structure is written, and the path read, during the call only.
    guard unsafe lstat(path, &status) == 0 else {
      guard errno == ENOENT else {
        throw .system(SystemError(call: "lstat", code: errno, subject: path))
      }
      return
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
    do throws(SystemError) {
      _ = try Endpoint.path(path).connect()
    } catch {
      guard error.code == ECONNREFUSED else { throw .system(error) }
      guard unsafe unlink(path) == 0 || errno == ENOENT else {
        throw .system(SystemError(call: "unlink", code: errno, subject: path))
      }
      return
    }
    throw .taken(path)
  }

  /// Takes the gateway's own away.
  static func remove(_ path: String) {
    // Safe: the path is read during the call only. Somebody else may have taken it away.
    _ = unsafe unlink(path)
  }
}
