import Foundation
import TestSupport
import Testing

@testable import UnixSocket

@Suite struct `A listener` {
  private let folder: TemporaryFolder
  private var path: String { folder.path("s.sock") }

  init() throws { folder = try TemporaryFolder() }

  private func mode(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : nil
  }

  /// Binds and lets go again, for the error.
  private func failure(binding path: String) -> Listener.Failure? {
    do throws(Listener.Failure) {
      _ = try Listener(binding: path)
      return nil
    } catch { return error }
  }

  @Test(arguments: [0o660, 0o600, 0o666, 0o000] as [mode_t])
  func `makes a socket file with exactly the rights asked for`(rights: mode_t) throws {
    let listener = try Listener(binding: path, mode: rights)
    #expect(mode(path) == S_IFSOCK | rights)
    let (file, fileMode) = try listener.descriptor.socketFile()
    #expect(file == path)
    #expect(fileMode == rights)
  }

  @Test func `gives the file to a group`() throws {
    let group = getegid()
    let listener = try Listener(binding: path, group: group)
    var status = stat()
    #expect(lstat(listener.path, &status) == 0)
    #expect(status.st_gid == group)
  }

  @Test func `accepts what connects, with both ends non-blocking and not inherited`() throws {
    let listener = try Listener(binding: path)
    guard case .none = listener.descriptor.accept() else {
      Issue.record("a connection that nobody made")
      return
    }
    let client = try Endpoint.path(path).connect()
    guard case .connection(let server) = listener.descriptor.accept() else {
      Issue.record("no connection")
      return
    }
    for number in [client.rawValue, server.rawValue] {
      #expect(fcntl(number, F_GETFL) & O_NONBLOCK != 0)
      #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
    }
    let sent = client.send([1, 2, 3])
    #expect(sent == .bytes(3))
    var buffer = [UInt8](repeating: 0, count: 8)
    let received = server.read(into: &buffer, from: 2)
    #expect(received == .bytes(3))
    #expect(buffer == [0, 0, 1, 2, 3, 0, 0, 0])
  }

  @Test func `is the only one on its path, and leaves the other undisturbed`() throws {
    let first = try Listener(binding: path)
    #expect(failure(binding: path) == .taken(path: path))
    let client = try Endpoint.path(path).connect()
    guard case .connection = first.descriptor.accept() else {
      Issue.record("the first is disturbed")
      return
    }
    _ = consume client
  }

  @Test func `refuses a path where a program without a lock file listens`() throws {
    let first = try Listener(binding: path)
    let lockPath = path + ".lock"
    #expect(unlink(lockPath) == 0)
    #expect(failure(binding: path) == .taken(path: path))
    first.removeFile()
  }

  @Test func `refuses a path whose owner has no room for one more connection`() throws {
    let first = try Listener(binding: path, backlog: 0)
    let waiting = try Endpoint.path(path).connect()
    #expect(unlink(path + ".lock") == 0)
    #expect(failure(binding: path) == .taken(path: path))
    _ = consume waiting
    first.removeFile()
  }

  @Test func `replaces a socket that its owner left behind`() throws {
    do { _ = try Listener(binding: path) }
    #expect(mode(path) != nil)
    let second = try Listener(binding: path)
    let client = try Endpoint.path(path).connect()
    guard case .connection = second.descriptor.accept() else {
      Issue.record("nobody listens")
      return
    }
    _ = consume client
  }

  @Test func `refuses to replace a file or a folder, and leaves it there`() throws {
    try Data("precious".utf8).write(to: URL(filePath: path))
    #expect(failure(binding: path) == .notASocket(path: path))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    let inner = folder.path("inner")
    #expect(mkdir(inner, 0o700) == 0)
    #expect(failure(binding: inner) == .notASocket(path: inner))
    let link = folder.path("link")
    #expect(symlink(path, link) == 0)
    #expect(failure(binding: link) == .notASocket(path: link))
  }

  @Test func `says what to do where there is no folder`() throws {
    let place = folder.path("none/s.sock")
    let failure = try #require(self.failure(binding: place))
    #expect(failure == .system(SystemError(call: "open", code: ENOENT, subject: place + ".lock")))
    #expect(failure.description.hasSuffix("; make the folder first, or choose another path"))
  }

  @Test(arguments: ["", "/a\0b"])
  func `refuses what is no path of a file`(name: String) {
    #expect(
      failure(binding: name) == .system(SystemError(call: "bind", code: EINVAL, subject: name)))
  }

  @Test func `refuses a path of 108 bytes and says its length`() throws {
    let name = folder.path(String(repeating: "x", count: 106 - folder.url.path.utf8.count))
    #expect(name.utf8.count == 107)
    #expect(failure(binding: name + "x") == .pathTooLong(byteCount: 108, path: name + "x"))
    #expect("\(Listener.Failure.pathTooLong(byteCount: 108, path: "p"))".contains("108 bytes"))
    let longest = try Listener(binding: name)
    let client = try Endpoint.path(longest.path).connect()
    #expect(client.rawValue >= 0)
  }

  /// In a process of its own, which gives up root's rights if it has them.
  @Test func `leaves no file behind when it can't give it its rights`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      let folder = try TemporaryFolder()
      let path = folder.path("s.sock")
      guard chmod(folder.url.path, 0o777) == 0 else { exit(1) }
      guard geteuid() != 0 || setgroups(0, nil) == 0 else { exit(1) }
      guard geteuid() != 0 || setegid(65_534) == 0 && seteuid(65_534) == 0 else { exit(2) }
      do throws(Listener.Failure) {
        _ = try Listener(binding: path, group: 0)
        exit(3)
      } catch {
        guard error == .system(SystemError(call: "chown", code: EPERM, subject: path)) else {
          exit(4)
        }
      }
      let isGone = access(path, F_OK) != 0
      unlink(path + ".lock")
      rmdir(folder.url.path)
      // A process that may not look at itself can not be looked through for leaks.
      guard seteuid(getuid()) == 0, setegid(getgid()) == 0 else { exit(6) }
      exit(isGone ? 42 : 5)
    }
  }

  @Test func `removes its own file and nobody else's`() throws {
    let listener = try Listener(binding: path)
    #expect(rename(path, folder.path("moved")) == 0)
    let other = open(path, O_CREAT | O_WRONLY, 0o600)
    #expect(close(other) == 0)
    listener.removeFile()
    #expect(mode(path) == S_IFREG | 0o600)
    #expect(rename(folder.path("moved"), path) == 0)
    listener.removeFile()
    #expect(mode(path) == nil)
    listener.removeFile()
  }

  @Test func `is free again once its owner is gone`() throws {
    do {
      let listener = try Listener(binding: path)
      listener.removeFile()
    }
    #expect(failure(binding: path) == nil)
  }

  @Test func `knows who is at the other end`() throws {
    let listener = try Listener(binding: path)
    let client = try Endpoint.path(path).connect()
    guard case .connection(let server) = listener.descriptor.accept() else {
      Issue.record("no connection")
      return
    }
    let peer = try PeerCredentials(of: server)
    #expect(peer.processID == getpid())
    #expect(peer.userID == geteuid())
    #expect(peer.groupID == getegid())
    _ = consume client
  }

  @Test func `is not connected to where nobody listens`() {
    let path = path
    #expect(throws: SystemError(call: "connect", code: ENOENT, subject: "unix://" + path)) {
      _ = try Endpoint.path(path).connect()
    }
  }

  /// In a process of its own, for the limit is the process's.
  @Test func `says apart that descriptors have run out`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      let folder = try TemporaryFolder()
      let listener = try Listener(binding: folder.path("s.sock"))
      let client = try Endpoint.path(listener.path).connect()
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(7), &limit) == 0 else { exit(1) }
      let usual = limit.rlim_cur
      limit.rlim_cur = 1
      guard setrlimit(__rlimit_resource_t(7), &limit) == 0 else { exit(1) }
      guard case .exhausted(let error) = listener.descriptor.accept(), error.code == EMFILE else {
        exit(2)
      }
      // The connection still waits, and nothing was lost.
      guard case .exhausted = listener.descriptor.accept() else { exit(3) }
      // A process that ends without a descriptor left can not be looked through for leaks.
      limit.rlim_cur = usual
      guard setrlimit(__rlimit_resource_t(7), &limit) == 0 else { exit(4) }
      _ = consume client
      unlink(listener.path)
      unlink(listener.path + ".lock")
      rmdir(folder.url.path)
      exit(42)
    }
  }
}
