internal import ArgumentParser
internal import Glibc
internal import UnixSocket

/// Where the gateway listens.
enum ListenAddress: Equatable, Sendable, CustomStringConvertible, ExpressibleByArgument {
  /// A socket file.
  case unix(String)
  /// An IPv4 address; port 0 is one that the system chooses.
  case ipv4(String, port: UInt16)
  /// An IPv6 address.
  case ipv6(String, port: UInt16)

  /// Why a text is no address.
  enum Failure: Error, Equatable, CustomStringConvertible {
    /// It is none of the forms.
    case unknown(String)
    /// The socket's path can't be one.
    case path(Endpoint.Failure)
    /// It can be reached from other machines.
    case notLoopback(String)

    /// One sentence with the remedy.
    var description: String {
      switch self {
      case .unknown(let text):
        "`\(text)` is no address to listen on; write 127.0.0.1:9464, [::1]:9464 or unix:///path"
      case .path(let failure): "\(failure)"
      case .notLoopback(let text):
        "`\(text)` can be reached from other machines, and the gateway asks nobody who they are; listen on "
          + "127.0.0.1, [::1] or a Unix socket, or say --allow-remote"
      }
    }
  }

  /// Reads `unix:///path`, `127.0.0.1:9464` or `[::1]:9464`; names are not looked up.
  ///
  /// - Throws: ``Failure`` when it is none of these.
  init(parsing text: String) throws(Failure) {
    if text.hasPrefix("unix:") {
      do throws(Endpoint.Failure) {
        guard case .path(let path) = try Endpoint(parsing: text) else { throw .empty(text) }
        self = .unix(path)
      } catch {
        throw .path(error)
      }
      return
    }
    guard let colon = text.lastIndex(of: ":"),
      let port = Self.port(text[text.index(after: colon)...])
    else { throw .unknown(text) }
    let host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      let inner = String(host.dropFirst().dropLast())
      guard Self.bytes(of: inner, AF_INET6, count: 16) != nil else { throw .unknown(text) }
      self = .ipv6(inner, port: port)
    } else {
      guard Self.bytes(of: host, AF_INET, count: 4) != nil else { throw .unknown(text) }
      self = .ipv4(host, port: port)
    }
  }

  init?(argument: String) {
    do throws(Failure) { try self.init(parsing: argument) } catch { return nil }
  }

  /// Refuses what others than this machine's own processes could reach.
  func checkIsLocal() throws(Failure) {
    switch self {
    case .unix: return
    case .ipv4(let host, _):
      guard Self.bytes(of: host, AF_INET, count: 4)?.first == 127 else {
        throw .notLoopback(description)
      }
    case .ipv6(let host, _):
      let loopback = [UInt8](repeating: 0, count: 15) + [1]
      guard Self.bytes(of: host, AF_INET6, count: 16) == loopback else {
        throw .notLoopback(description)
      }
    }
  }

  var description: String {
    switch self {
    case .unix(let path): "unix://" + path
    case .ipv4(let host, let port): "\(host):\(port)"
    case .ipv6(let host, let port): "[\(host)]:\(port)"
    }
  }

  private static func port(_ text: Substring) -> UInt16? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return UInt16(text)
  }

  /// The bytes of a numeric address, or `nil` when it is none.
  private static func bytes(of host: String, _ family: Int32, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    // Safe: the text is read during the call, and the buffer is as long as an address of the family.
    let result = unsafe inet_pton(family, host, &bytes)
    return result == 1 ? bytes : nil
  }
}
