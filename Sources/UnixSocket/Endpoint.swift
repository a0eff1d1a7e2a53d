internal import Glibc

/// Where a Unix socket is.
public enum Endpoint: Equatable, Sendable, CustomStringConvertible {
  /// A socket file.
  case path(String)
  /// A name in Linux's abstract namespace, without its leading zero byte.
  case abstract(String)

  /// The longest path or abstract name that a socket's address holds, in bytes.
  public static let longestName = 107

  /// Why a text is no endpoint.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is nothing, or nothing behind the scheme.
    case empty(String)
    /// The scheme is not one of ours.
    case unknownScheme(String)
    /// The path does not fit into an address.
    case tooLong(byteCount: Int, String)
    /// A path holds a zero byte.
    case containsNUL(String)

    /// One sentence with the remedy.
    public var description: String {
      switch self {
      case .empty(let text): "endpoint `\(text)` names no socket; write unix:///path/to/socket"
      case .unknownScheme(let text):
        "endpoint `\(text)` is not a Unix socket; write unix:///path, unix:path or unix-abstract:name"
      case .tooLong(let byteCount, let text):
        "socket path `\(text)` has \(byteCount) bytes and a socket's address holds "
          + "\(Endpoint.longestName); choose a shorter one"
      case .containsNUL: "an endpoint holds a zero byte; leave it out"
      }
    }
  }

  /// Reads `unix:///run/x.sock`, `unix:relative.sock`, `unix-abstract:name` or a plain path.
  ///
  /// - Throws: ``Failure`` when it is none of these.
  public init(parsing text: String) throws(Failure) {
    if let name = Self.rest(of: text, behind: "unix-abstract:") {
      self = .abstract(try Self.checked(name, of: text))
    } else if let path = Self.rest(of: text, behind: "unix://") {
      self = .path(try Self.checked(path, of: text))
    } else if let path = Self.rest(of: text, behind: "unix:") {
      self = .path(try Self.checked(path, of: text))
    } else if text.utf8.contains("://".utf8) {
      throw .unknownScheme(text)
    } else {
      self = .path(try Self.checked(text, of: text))
    }
  }

  /// The data socket's place where nothing else is said: below `/run/smartflow` for root, else in
  /// the user's own run-time folder.
  public static func standard(isRoot: Bool, runtimeFolder: String?) -> Endpoint? {
    if isRoot { return .path("/run/smartflow/smartflow.sock") }
    guard let runtimeFolder, !runtimeFolder.isEmpty else { return nil }
    return .path(runtimeFolder + "/smartflow.sock")
  }

  /// The admin socket's place beside a data socket, where nothing else is said; `nil` beside one without a path.
  public static func adminPath(beside path: String) -> String? {
    guard !path.isEmpty else { return nil }
    let folderEnd = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let name = path[folderEnd...]
    let stem = name.hasSuffix(".sock") ? name.dropLast(5) : name
    return path[..<folderEnd] + (stem == "smartflow" ? "admin.sock" : "\(stem)-admin.sock")
  }

  /// The endpoint as it is written in `SMARTFLOW_ENDPOINT`.
  public var description: String {
    switch self {
    case .path(let path): path.utf8.first == UInt8(ascii: "/") ? "unix://" + path : "unix:" + path
    case .abstract(let name): "unix-abstract:" + name
    }
  }

  /// By bytes: a colon with a combining accent behind it is one character, and not the scheme's colon.
  private static func rest(of text: String, behind prefix: String) -> String? {
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    return String(Substring(text.utf8.dropFirst(prefix.utf8.count)))
  }

  private static func checked(_ name: String, of text: String) throws(Failure) -> String {
    guard !name.isEmpty else { throw .empty(text) }
    guard name.utf8.count <= longestName else {
      throw .tooLong(byteCount: name.utf8.count, name)
    }
    guard !name.utf8.contains(0) else { throw .containsNUL(name) }
    return name
  }

  /// Calls `body` with the endpoint's address.
  @unsafe func withAddress<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) throws(SystemError) -> Result {
    let (name, isAbstract) =
      switch self {
      case .path(let path): (path, false)
      case .abstract(let name): (name, true)
      }
    let bytes = (isAbstract ? [0] : []) + Array(name.utf8)
    guard bytes.count <= Self.longestName + (isAbstract ? 1 : 0) else {
      throw SystemError(call: "connect", code: ENAMETOOLONG, subject: name)
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Safe: the bytes were counted, and fit; the address is used during the call only.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let byteCount =
      MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(byteCount))
      }
    }
  }
}
