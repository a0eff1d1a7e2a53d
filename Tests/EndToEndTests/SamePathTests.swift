import Foundation
import TestSupport
import Testing

@Suite struct `Daemons on one path` {
  @Test func `that start at once are one that serves, and others that say so`() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--socket", folder.path("s.sock"), "--workers", "1"]
    // A socket that somebody has left behind makes it harder: all of them want to replace it.
    try leaveSocket(at: folder.path("s.sock"))
    let daemons = try (0..<8).map { _ in try ManagedDaemon(arguments, in: folder) }
    var serving: [ManagedDaemon] = []
    var refused = 0
    for daemon in daemons {
      if daemon.becomesReady() {
        serving.append(daemon)
      } else {
        refused += 1
        #expect(daemon.end() == .exit(69), "\(daemon.log())")
        #expect(daemon.log().contains("is served by another process; stop that one"))
      }
    }
    #expect(serving.count == 1)
    #expect(refused == 7)
    let keeper = try #require(serving.first)
    let info = try RawConnection(path: folder.path("s-admin.sock")).call(
      Wire.request(stream: 1, service: "smartflow.v1.AdminService", method: "GetServerInfo"))
    #expect(
      try Wire.fields(of: info.payload).first { $0.number == 4 }?.value
        == UInt64(keeper.processID))
    #expect(try RawConnection(path: folder.path("s.sock")).call(Wire.health()).payload == [8, 1])
    #expect(keeper.stop() == .exit(0))
  }

  @Test func `one after the other, take the place of one that was killed`() throws {
    let folder = try TemporaryFolder()
    for _ in 0..<5 {
      let daemon = try ManagedDaemon(
        ["--socket", folder.path("s.sock"), "--workers", "2"], in: folder)
      // Workers that have not seen yet that their keeper is gone may hold the socket for a moment.
      #expect(daemon.becomesReady(), "\(daemon.log())")
      #expect(try RawConnection(path: folder.path("s.sock")).call(Wire.health()).code == 0)
      daemon.signal(SIGKILL)
      #expect(daemon.end() == .signal(SIGKILL))
    }
  }

  @Test func `do not share an admin socket either`() throws {
    let folder = try TemporaryFolder()
    let first = try ManagedDaemon(
      ["--socket", folder.path("a.sock"), "--admin-socket", folder.path("x.sock")], in: folder)
    #expect(first.becomesReady())
    let second = try ManagedDaemon(
      ["--socket", folder.path("b.sock"), "--admin-socket", folder.path("x.sock")], in: folder)
    #expect(second.end() == .exit(69))
    #expect(second.log().contains(folder.path("x.sock")))
    // What it had bound by then is gone again.
    #expect(!FileManager.default.fileExists(atPath: folder.path("b.sock")))
    #expect(first.stop() == .exit(0))
  }

  @Test(arguments: [
    ("file", 73, "is not a socket"), ("folder", 73, "is not a socket"),
    ("link to nowhere", 73, "is not a socket"), ("missing folder", 73, "make the folder first"),
    ("file for a folder", 73, "make the folder first"), ("too long", 64, "bytes"),
    ("lock that is a folder", 73, "s.sock.lock"), ("lock that is a link", 73, "s.sock.lock"),
  ])
  func `refuse a path that is taken otherwise`(
    kind: String, status: Int32, sentence: String
  ) throws {
    let folder = try TemporaryFolder()
    var path = folder.path("s.sock")
    let files = FileManager.default
    switch kind {
    case "file": try Data("precious".utf8).write(to: URL(filePath: path))
    case "folder": try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    case "link to nowhere":
      try files.createSymbolicLink(atPath: path, withDestinationPath: "/nowhere/at/all")
    case "missing folder": path = folder.path("none/s.sock")
    case "file for a folder":
      try Data().write(to: URL(filePath: path))
      path += "/s.sock"
    case "too long": path = folder.path(String(repeating: "x", count: 108))
    case "lock that is a folder":
      try files.createDirectory(atPath: path + ".lock", withIntermediateDirectories: false)
    default:
      try files.createSymbolicLink(
        atPath: path + ".lock", withDestinationPath: folder.path("elsewhere"))
    }
    let daemon = try ManagedDaemon(["--socket", path, "--workers", "1"], in: folder)
    #expect(daemon.end() == .exit(status), "\(daemon.log())")
    #expect(daemon.log().contains(sentence), "\(daemon.log())")
    #expect(!files.fileExists(atPath: folder.path("elsewhere")))
    if kind == "file" { #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious") }
  }

  /// A socket's file whose socket is closed.
  private func leaveSocket(at path: String) throws {
    close(try boundSocket(Int32(SOCK_STREAM.rawValue), to: path))
  }
}
