internal import Glibc

/// A listening socket that whoever started this process has bound for it; sd_listen_fds(3).
///
/// A service manager binds it before the process is there and keeps it when the process is gone, so that no
/// caller is refused between two of them.
public struct PassedSocket: Equatable, Sendable {
  /// Why what was passed is none.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// A variable of the environment has no number where one belongs.
    case notANumber(variable: String, text: String)
    /// There are more names than sockets, or fewer.
    case namesDoNotMatch(names: Int, sockets: Int)
    /// The descriptor is not there.
    case notOpen(number: Int32)
    /// The descriptor is something else.
    case notAListener(number: Int32, name: String, what: String)

    /// One sentence with the remedy.
    public var description: String {
      switch self {
      case .notANumber(let variable, let text):
        "\(variable) is `\(text)`, which is no number; whoever starts the daemon sets it, or leaves it out"
      case .namesDoNotMatch(let names, let sockets):
        "LISTEN_FDNAMES has \(names) names and LISTEN_FDS passes \(sockets) sockets; give each its name, or none"
      case .notOpen(let number):
        "descriptor \(number) is passed by LISTEN_FDS and is not open; pass it, or leave LISTEN_FDS out"
      case .notAListener(let number, let name, let what):
        "descriptor \(number)\(name.isEmpty ? "" : " (`\(name)`)") is passed by LISTEN_FDS and is \(what); "
          + "pass a Unix stream socket that listens: ListenStream= with a path, Accept=no"
      }
    }
  }

  /// Its descriptor.
  public let number: Int32
  /// What the service manager calls it; empty where it has no name.
  public let name: String

  /// The number of the first one that is passed.
  static let firstNumber: Int32 = 3

  /// Names a descriptor, whatever it is.
  init(number: Int32, name: String) {
    self.number = number
    self.name = name
  }

  /// Takes note of what was passed, and keeps it from the programs that this one starts.
  ///
  /// - Parameters:
  ///   - process: `LISTEN_PID`: whom the sockets are for.
  ///   - count: `LISTEN_FDS`: how many there are.
  ///   - names: `LISTEN_FDNAMES`: what they are called, between colons.
  ///   - processID: This process.
  /// - Returns: The sockets by their numbers; none when they are for another process, as those of a shell
  ///   that did not become this one.
  /// - Throws: ``Failure`` when it is anything else than listening Unix stream sockets.
  public static func all(
    process: String?, count: String?, names: String?, processID: Int32
  ) throws(Failure) -> [PassedSocket] {
    guard let process, let count else { return [] }
    guard let addressee = Int32(process), addressee > 0 else {
      throw .notANumber(variable: "LISTEN_PID", text: process)
    }
    guard let count = Int32(count), count >= 0, count <= Int32.max - firstNumber else {
      throw .notANumber(variable: "LISTEN_FDS", text: count)
    }
    guard addressee == processID, count > 0 else { return [] }
    let labels = names.map { $0.split(separator: ":", omittingEmptySubsequences: false) }
    if let labels, labels.count != Int(count) {
      throw .namesDoNotMatch(names: labels.count, sockets: Int(count))
    }
    // All of them first: what is refused below is not inherited either.
    for number in firstNumber..<(firstNumber + count) {
      guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else { throw .notOpen(number: number) }
    }
    var sockets: [PassedSocket] = []
    for number in firstNumber..<(firstNumber + count) {
      let label = labels?.dropFirst(sockets.count).first
      let socket = PassedSocket(number: number, name: label.map(String.init) ?? "")
      if let what = socket.otherKind {
        throw .notAListener(number: number, name: socket.name, what: what)
      }
      sockets.append(socket)
    }
    return sockets
  }

  /// The path that it is bound to; empty where it has none.
  ///
  /// - Throws: ``SystemError`` when the kernel does not say.
  public func path() throws(SystemError) -> String {
    let descriptor = Descriptor(owning: number)
    do throws(SystemError) {
      let path = try descriptor.socketFile().path
      // It was borrowed.
      _ = descriptor.release()
      return path
    } catch {
      _ = descriptor.release()
      throw error
    }
  }

  /// What the descriptor is, if not a Unix stream socket that listens.
  private var otherKind: String? {
    var status = stat()
    // Safe: the structure is written during the call only.
    guard unsafe fstat(number, &status) == 0 else { return "no file at all" }
    switch status.st_mode & S_IFMT {
    case S_IFSOCK: break
    case S_IFREG: return "a file"
    case S_IFDIR: return "a folder"
    case S_IFIFO: return "a pipe or FIFO"
    case S_IFCHR, S_IFBLK: return "a device"
    default: return "no socket"
    }
    guard option(SO_DOMAIN) == AF_UNIX else { return "a socket of another family than Unix" }
    guard let type = option(SO_TYPE), type == Int32(SOCK_STREAM.rawValue) else {
      return "a Unix socket of datagrams or packets"
    }
    return option(SO_ACCEPTCONN) == 1 ? nil : "a Unix stream socket that does not listen"
  }

  private func option(_ name: Int32) -> Int32? {
    var value: Int32 = 0
    var byteCount = socklen_t(MemoryLayout<Int32>.size)
    // Safe: the value is as long as it says, and written during the call only.
    guard unsafe getsockopt(number, SOL_SOCKET, name, &value, &byteCount) == 0 else { return nil }
    return value
  }
}
