import Foundation
import TestSupport
import Testing
import UnixSocket

@Suite struct `A listener` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
  func `gives its file the mode that was asked for`(mode: UInt32) throws {
    let path = folder.path("s")
    let listener = try Listener(binding: path, mode: mode)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(UInt32(status.st_mode) & 0o777 == mode)
    #expect(try listener.descriptor.socketFile().mode == mode)
  }

  @Test func `refuses a path that a living one has`() throws {
    let path = folder.path("s")
    let first = try Listener(binding: path)
    var refusal: Listener.Failure?
    do { _ = try Listener(binding: path) } catch { refusal = error }
    #expect(refusal == .taken(path: path))
    #expect(first.path == path)
  }

  @Test func `refuses a path that a program without a lock file serves`() throws {
    let path = folder.path("s")
    let first = try Listener(binding: path)
    try FileManager.default.removeItem(atPath: path + ".lock")
    var refusal: Listener.Failure?
    do { _ = try Listener(binding: path) } catch { refusal = error }
    #expect(refusal == .taken(path: path))
    #expect(first.path == path)
  }

  @Test func `replaces a socket that nobody listens on`() throws {
    let path = folder.path("s")
    do { _ = try Listener(binding: path) }
    #expect(FileManager.default.fileExists(atPath: path))
    let second = try Listener(binding: path)
    let client = try Endpoint.path(path).connect()
    guard case .connection = second.descriptor.accept() else {
      Issue.record("nobody was accepted")
      return
    }
    #expect(client.rawValue >= 0)
  }

  @Test func `leaves alone what is no socket`() throws {
    let path = folder.path("s")
    try Data("precious".utf8).write(to: URL(filePath: path))
    var refusal: Listener.Failure?
    do { _ = try Listener(binding: path) } catch { refusal = error }
    #expect(refusal == .notASocket(path: path))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
  }

  @Test func `says how long a path is that is too long`() {
    let path = "/tmp/" + String(repeating: "x", count: 103)
    var refusal: Listener.Failure?
    do { _ = try Listener(binding: path) } catch { refusal = error }
    #expect(refusal == .pathTooLong(byteCount: 108, path: path))
    #expect(refusal?.description.contains("108") == true)
  }

  @Test func `accepts nobody when nobody waits`() throws {
    let listener = try Listener(binding: folder.path("s"))
    guard case .none = listener.descriptor.accept() else {
      Issue.record("somebody was there")
      return
    }
  }
}

@Suite struct `An endpoint` {
  @Test(arguments: [
    ("unix:///run/x.sock", Endpoint.path("/run/x.sock")), ("unix:x.sock", .path("x.sock")),
    ("unix-abstract:name", .abstract("name")), ("/run/x.sock", .path("/run/x.sock")),
  ])
  func `is read in each of its forms`(text: String, endpoint: Endpoint) throws {
    #expect(try Endpoint(parsing: text) == endpoint)
    #expect(try Endpoint(parsing: endpoint.description) == endpoint)
  }

  @Test(arguments: ["", "unix:", "unix://", "http://localhost", "unix-abstract:", "a\0b"])
  func `is not made of anything`(text: String) {
    #expect(throws: Endpoint.Failure.self) { try Endpoint(parsing: text) }
  }

  @Test(arguments: [(107, true), (108, false)])
  func `holds 107 bytes`(count: Int, isAccepted: Bool) {
    let text = String(repeating: "x", count: count)
    #expect(((try? Endpoint(parsing: text)) != nil) == isAccepted)
  }

  @Test func `in the abstract namespace that nobody serves is refused`() {
    var code: Int32?
    do { _ = try Endpoint.abstract("smartflow-nobody-\(getpid())").connect() } catch {
      code = error.code
    }
    #expect(code == ECONNREFUSED)
  }
}

@Suite struct `A poller` {
  @Test func `reports what can be read, by its token`() throws {
    var poller = try Poller()
    let pair = try Descriptor.pair()
    try poller.add(pair.first, .read, token: 7)
    #expect(try poller.wait(milliseconds: 0) == 0)
    #expect(pair.second.send([1, 2, 3]) == .bytes(3))
    #expect(try poller.wait(milliseconds: 1000) == 1)
    #expect(poller.readiness(at: 0).token == 7)
    #expect(poller.readiness(at: 0).isReadable)
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(pair.first.read(into: &buffer) == .bytes(3))
    #expect(try poller.wait(milliseconds: 0) == 0)
    try poller.change(pair.first, to: [.read, .write], token: 8)
    #expect(try poller.wait(milliseconds: 1000) == 1)
    #expect(poller.readiness(at: 0).isWritable)
    #expect(poller.readiness(at: 0).token == 8)
    try poller.remove(pair.first)
    #expect(try poller.wait(milliseconds: 0) == 0)
  }

  @Test func `reports an end that is gone as readable`() throws {
    var poller = try Poller()
    let ends = try Descriptor.pair()
    try poller.add(ends.first, .read, token: 1)
    ends.second.shutDown()
    #expect(try poller.wait(milliseconds: 1000) == 1)
    #expect(poller.readiness(at: 0).isReadable)
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(ends.first.read(into: &buffer) == .closed)
    #expect(ends.first.send([1]) == .closed)
  }
}

@Suite struct `Shared words` {
  @Test func `are the same through two mappings`() throws {
    let written = try SharedWords(creating: "test", count: 4)
    let read = try SharedWords(
      mapping: Descriptor.duplicate(written.descriptor.rawValue), count: 4, isWritable: false)
    written[3] = 99
    #expect(read[3] == 99)
  }

  @Test func `are refused of a file that is too short`() throws {
    let written = try SharedWords(creating: "test", count: 4)
    var code: Int32?
    do {
      _ = try SharedWords(
        mapping: Descriptor.duplicate(written.descriptor.rawValue), count: 5, isWritable: false)
    } catch { code = error.code }
    #expect(code == EINVAL)
  }
}

@Suite struct `A peer` {
  @Test func `is known by its process, user and group`() throws {
    let pair = try Descriptor.pair()
    let peer = try PeerCredentials(of: pair.first)
    #expect(peer.processID == getpid())
    #expect(peer.userID == getuid())
    #expect(peer.groupID == getgid())
  }
}

@Suite struct `A child` {
  @Test(arguments: [
    ("exit 3", ChildProcess.End.exited(3)), ("kill -9 $$", .signalled(9)),
    // It has what it was given as 3, and not under the number that it has here.
    ("test -e /proc/self/fd/3 && ! test -e /proc/self/fd/$1", .exited(0)),
  ])
  func `ends as it ends`(script: String, end: ChildProcess.End) throws {
    let pair = try Descriptor.pair()
    let given = try pair.first.duplicate(atLeast: 64)
    let child = try ChildProcess(
      starting: "/bin/sh", arguments: ["sh", "-c", script, "sh", String(given.rawValue)],
      descriptors: [given.rawValue])
    var poller = try Poller()
    try poller.add(child.descriptor, .read, token: 1)
    #expect(try poller.wait(milliseconds: 60_000) == 1)
    #expect(child.collect() == end)
  }

  @Test func `that is not there can not be started`() {
    var code: Int32?
    do {
      _ = try ChildProcess(starting: "/nowhere/program", arguments: ["program"], descriptors: [])
    } catch { code = error.code }
    #expect(code == ENOENT)
  }
}
