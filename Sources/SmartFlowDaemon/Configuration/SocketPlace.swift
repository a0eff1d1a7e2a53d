internal import UnixSocket

/// Where a listening socket comes from.
enum SocketPlace: Equatable, Sendable {
  /// The daemon binds it.
  case bound(path: String, mode: UInt32, group: UInt32?)
  /// A service manager has bound it; the path is empty where it has none.
  case passed(PassedSocket, path: String)

  /// The path, for people.
  var path: String {
    switch self {
    case .bound(let path, _, _), .passed(_, let path): path
    }
  }

  var isPassed: Bool {
    if case .passed = self { true } else { false }
  }
}
