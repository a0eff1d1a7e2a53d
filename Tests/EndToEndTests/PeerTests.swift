import Foundation
import TestSupport
import Testing

@Suite struct `A peer that is on no list` {
  /// A client that sends bytes and writes what comes back, until the server closes, as hexadecimal text.
  private static let client = #"""
    import socket, sys
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(20)
    s.connect(sys.argv[1])
    s.sendall(bytes.fromhex(sys.argv[2]))
    s.shutdown(socket.SHUT_WR)
    out = b""
    while True:
        part = s.recv(65536)
        if not part:
            break
        out += part
    print(out.hex())
    """#

  /// The data of the one answer that a client gets which is another user, with these groups.
  private func call(
    _ path: String, _ request: [UInt8], user: Int, group: Int, groups: String? = nil
  ) throws -> [Wire.Field] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/setpriv")
    process.arguments =
      ["--reuid", String(user), "--regid", String(group)]
      + (groups.map { ["--groups", $0] } ?? ["--clear-groups"])
      + [
        "/usr/bin/python3", "-c", Self.client, path,
        request.map { String(format: "%02x", $0) }.joined(),
      ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let hexadecimal = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
    let bytes = try Wire.bytes(hexadecimal: hexadecimal)
    try #require(bytes.count > 10)
    return try Wire.fields(of: Array(bytes[10...]))
  }

  /// Whether fields are those of a status that is no success, and which.
  private func code(_ answer: [Wire.Field]) throws -> UInt64 {
    guard let status = answer.first(where: { $0.number == 1 }) else { return 0 }
    return try Wire.fields(of: status.bytes).first { $0.number == 1 }?.value ?? 0
  }

  /// A user that is not this one.
  private var another: String { String(geteuid() + 4242) }

  @Test func `is told so once, whatever it says, and let go`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--allow-uid", another])
    for size in [0, 100, 5000, 1 << 20] {
      let peer = try RawConnection(path: daemon.socketPath)
      let request = Wire.request(
        stream: 1, service: "grpc.health.v1.Health", method: "Check",
        payload: [UInt8](repeating: 0, count: size))
      // The server reads no more than it must, so the rest may find nobody.
      do { try peer.send(request) } catch RawConnection.Failure.call { #expect(size > 5000) }
      let answer = try peer.answer()
      #expect(answer.code == 7, "\(answer)")
      #expect(answer.stream == 1)
      #expect(try answer.reason() == "PEER_NOT_ALLOWED")
      #expect(try peer.isClosed())
    }
    // Who may come to the admin socket its own rights say.
    #expect(try RawConnection(path: daemon.adminSocketPath).call(Wire.health()).code == 0)
    // All that was written is there once the daemon has ended.
    #expect(try daemon.stop() == 0)
    let lines = try daemon.logRecords(of: "peer_refused")
    #expect((1...4).contains(lines.count))
    #expect((lines.first?["reason"] as? String)?.contains("user \(geteuid()),") == true)
  }

  @Test func `takes no room from those that are`() throws {
    let daemon = try DaemonProcess(
      workers: 1, arguments: ["--allow-uid", another, "--max-connections", "40"])
    // They say nothing; those past a few are let go at once, and the others soon.
    let silent = try (0..<60).map { _ in try RawConnection(path: daemon.socketPath) }
    #expect(try RawConnection(path: daemon.adminSocketPath).call(Wire.health()).code == 0)
    for peer in silent { #expect(try peer.isClosed(within: .seconds(30))) }
    #expect(try daemon.logRecords(of: "peer_refused").count < 60)
    #expect(try daemon.stop() == 0)
  }

  @Test func `is one only where there is a list`() throws {
    let user = String(geteuid())
    let group = String(getegid())
    for arguments in [
      [], ["--allow-uid", user], ["--allow-gid", group],
      ["--allow-uid", another, "--allow-uid", user],
      ["--allow-uid", another, "--allow-gid", group],
    ] {
      let daemon = try DaemonProcess(workers: 1, arguments: arguments)
      let answer = try RawConnection(path: daemon.socketPath).call(Wire.health())
      #expect(answer.payload == [8, 1], "\(arguments)")
      #expect(try daemon.stop() == 0)
    }
  }

  @Test(.enabled(if: isRoot, "only root can call as somebody else"))
  func `is told apart by user, by group, and by the groups that it is in besides`() throws {
    let daemon = try DaemonProcess(
      workers: 1,
      arguments: [
        "--socket-mode", "0666", "--allow-uid", "12345", "--allow-uid", "daemon", "--allow-gid",
        "777",
      ])
    // The folder is the test's own, and others may pass through it.
    #expect(chmod(daemon.folder.url.path, 0o755) == 0)
    let path = daemon.socketPath
    #expect(try code(call(path, Wire.health(), user: 12345, group: 1)) == 0)
    #expect(try code(call(path, Wire.health(), user: 1, group: 5)) == 0)
    #expect(try code(call(path, Wire.health(), user: 12346, group: 777)) == 0)
    #expect(try code(call(path, Wire.health(), user: 12346, group: 1, groups: "5,777")) == 0)
    #expect(try code(call(path, Wire.health(), user: 12346, group: 1, groups: "5,778")) == 7)
    #expect(try code(call(path, Wire.health(), user: 777, group: 12345)) == 7)
    // Root is on no list here.
    #expect(try RawConnection(path: path).call(Wire.health()).code == 7)
    // More groups than are asked for at first.
    let many = (1000..<1100).map(String.init).joined(separator: ",")
    #expect(try code(call(path, Wire.health(), user: 12346, group: 1, groups: many)) == 7)
    #expect(try code(call(path, Wire.health(), user: 12346, group: 1, groups: many + ",777")) == 0)
    #expect(try daemon.stop() == 0)
  }

  @Test func `is still none after its connection went to another worker`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--allow-uid", String(geteuid())])
    let friend = try RawConnection(path: daemon.socketPath)
    #expect(try friend.call(Wire.health()).code == 0)
    daemon.signal(SIGHUP)
    #expect(
      waitUntil(within: .seconds(30)) {
        (try? daemon.logRecords(of: "worker_replaced").count) == 1
      })
    #expect(try friend.call(Wire.health(stream: 3)).code == 0)
    #expect(try daemon.stop() == 0)
  }

  @Test(arguments: [("--allow-uid", "no-such-user"), ("--allow-gid", "no-such-group")])
  func `has a name that there is`(option: String, name: String) throws {
    let folder = try TemporaryFolder()
    let daemon = try ManagedDaemon(
      ["--socket", folder.path("s.sock"), option, name], in: folder)
    #expect(daemon.end() == .exit(67))
    #expect(daemon.log().contains("\(option): `\(name)`"), "\(daemon.log())")
  }
}
