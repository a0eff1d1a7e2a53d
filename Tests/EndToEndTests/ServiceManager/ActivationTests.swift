import Foundation
import TestSupport
import Testing

@Suite struct `A socket that was passed` {
  private static let activator = "/usr/bin/systemd-socket-activate"
  private static let hasActivator = FileManager.default.isExecutableFile(atPath: activator)

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.path(name))
  }

  private func connection(_ name: String) throws -> RawConnection {
    let path = folder.path(name)
    // Whoever binds it may not have come so far.
    _ = waitUntil(within: .seconds(30)) { (try? RawConnection(path: path)) != nil }
    return try RawConnection(path: path)
  }

  @Test(.enabled(if: hasActivator, "systemd-socket-activate is not here; contrib/setup has it"))
  func `by systemd is served, and left alone at the end`() throws {
    let daemon = try ManagedDaemon(
      URL(filePath: Self.activator),
      [
        "-l", folder.path("d.sock"), "-l", folder.path("a.sock"), "--fdname=smartflow.socket:admin",
        ManagedDaemon.program().path, "--workers", "1",
      ], in: folder)
    // The first who comes starts the daemon.
    let answer = try connection("d.sock").call(Wire.health(), timeout: .seconds(30))
    #expect(answer.payload == [8, 1], "\(daemon.log())")
    let info = Wire.request(
      stream: 1, service: "smartflow.v1.AdminService", method: "GetServerInfo")
    #expect(try connection("d.sock").call(info).code == 7)
    #expect(try connection("a.sock").call(info).code == 0)
    #expect(daemon.records("starting").first?.contains(#""passed":"data, admin""#) == true)
    #expect(daemon.stop() == .exit(0))
    #expect(exists("d.sock") && exists("a.sock"))
    #expect(!exists("d.sock.lock") && !exists("a.sock.lock"))
  }

  @Test func `alone is the data socket, whatever its name, the admin socket beside it`() throws {
    let daemon = try Passing.daemon(
      ["listening:" + folder.path("d.sock")], names: ["anything"], in: folder)
    #expect(daemon.becomesReady(), "\(daemon.log())")
    #expect(try connection("d.sock").call(Wire.health()).payload == [8, 1])
    #expect(try connection("d-admin.sock").call(Wire.health()).payload == [8, 1])
    #expect(daemon.stop() == .exit(0))
    #expect(exists("d.sock") && !exists("d-admin.sock"))
  }

  @Test func `may be in the abstract namespace`() throws {
    let daemon = try Passing.daemon(
      ["abstract:" + folder.path("x")], ["--admin-socket", folder.path("a.sock")], in: folder)
    #expect(daemon.becomesReady(), "\(daemon.log())")
    #expect(try connection("a.sock").call(Wire.health()).payload == [8, 1])
    #expect(daemon.stop() == .exit(0))
  }

  @Test func `lets whoever comes during a drain wait for the next daemon`() throws {
    let daemon = try Passing.daemon(
      ["listening:" + folder.path("d.sock")], runs: 2, ["--max-timeout", "20s"], in: folder)
    #expect(daemon.becomesReady(), "\(daemon.log())")
    let early = try connection("d.sock")
    #expect(try early.call(Wire.health()).payload == [8, 1])
    let first = try #require(daemon.children().first)
    kill(first, SIGTERM)
    #expect(try early.isClosed(within: .seconds(30)))
    // It is bound all the time: nobody is refused, whichever daemon is there, or none.
    let late = try RawConnection(path: folder.path("d.sock"))
    let answer = try late.call(Wire.health(), timeout: .seconds(30))
    #expect(answer.payload == [8, 1])
    #expect(daemon.says("ready", times: 2), "\(daemon.log())")
    let second = try #require(daemon.children().first)
    #expect(second != first)
    kill(second, SIGTERM)
    #expect(daemon.end() == .exit(0), "\(daemon.log())")
  }

  @Test(arguments: [
    ("pipe", "is a pipe or FIFO"), ("datagrams", "is a Unix socket of datagrams or packets"),
    ("packets", "is a Unix socket of datagrams or packets"),
    ("bound", "is a Unix stream socket that does not listen"),
    ("connected", "is a Unix stream socket that does not listen"),
    ("internet", "is a socket of another family than Unix"), ("file", "is a file"),
    ("nothing", "is not open"),
  ])
  func `is refused, with its number, where it is something else`(
    kind: String, sentence: String
  ) throws {
    let path = folder.path("x")
    if kind == "file" { try Data().write(to: URL(filePath: path)) }
    let daemon = try Passing.daemon([kind == "nothing" ? kind : "\(kind):\(path)"], in: folder)
    #expect(daemon.end() == .exit(78))
    #expect(daemon.log().contains("smartflowd: descriptor 3"), "\(daemon.log())")
    #expect(daemon.log().contains(sentence), "\(daemon.log())")
  }

  @Test func `is refused where it is one of two for the same purpose`() throws {
    let daemon = try Passing.daemon(
      ["listening:" + folder.path("a"), "listening:" + folder.path("b")], in: folder)
    #expect(daemon.end() == .exit(78))
    #expect(daemon.log().contains("descriptors 3, 4 are passed"), "\(daemon.log())")
  }

  @Test(arguments: [
    (["--socket", "/tmp/x"], ""), (["--socket-mode", "0600"], ""),
    (["--socket-group", "0"], ""), (["--admin-socket", "/tmp/x"], "admin"),
  ])
  func `contradicts an option that says the same`(arguments: [String], name: String) throws {
    let daemon = try Passing.daemon(
      ["listening:" + folder.path("d.sock")], names: name.isEmpty ? [] : [name], arguments,
      in: folder)
    #expect(daemon.end() == .exit(64))
    #expect(daemon.log().contains(arguments[0]), "\(daemon.log())")
    #expect(daemon.log().contains("contradict each other"), "\(daemon.log())")
  }

  @Test func `of another process is not taken`() throws {
    let daemon = try Passing.daemon(
      ["listening:" + folder.path("other")], ["--socket", folder.path("d.sock")],
      environment: ["LISTEN_PID": "1"], in: folder)
    #expect(daemon.becomesReady(), "\(daemon.log())")
    #expect(try connection("d.sock").call(Wire.health()).payload == [8, 1])
    #expect(daemon.stop() == .exit(0))
  }

  @Test(arguments: [
    (["LISTEN_PID": "x"], "LISTEN_PID is `x`"),
    (["LISTEN_FDNAMES": "a:b:c"], "has 3 names and LISTEN_FDS passes 1"),
  ])
  func `is refused where the environment makes no sense`(
    environment: [String: String], sentence: String
  ) throws {
    let daemon = try Passing.daemon(
      ["listening:" + folder.path("d.sock")], environment: environment, in: folder)
    #expect(daemon.end() == .exit(78))
    #expect(daemon.log().contains(sentence), "\(daemon.log())")
  }

  @Test func `goes on with the next release, and so do those who are connected`() throws {
    let daemon = try Passing.daemon(
      ["listening:" + folder.path("d.sock"), "listening:" + folder.path("a.sock")],
      names: ["data", "admin"], in: folder)
    #expect(daemon.becomesReady(), "\(daemon.log())")
    let early = try connection("d.sock")
    #expect(try early.call(Wire.health(stream: 1)).payload == [8, 1])
    daemon.signal(SIGUSR2)
    #expect(daemon.says("upgraded"), "\(daemon.log())")
    #expect(try early.call(Wire.health(stream: 3)).payload == [8, 1])
    for name in ["d.sock", "a.sock"] {
      #expect(try connection(name).call(Wire.health()).payload == [8, 1])
    }
    #expect(daemon.stop() == .exit(0))
    #expect(exists("d.sock") && exists("a.sock"))
  }

  @Test func `is not waited for by what a variable says of it, at a reload either`() throws {
    let daemon = try Passing.daemon(
      ["listening:" + folder.path("d.sock")], names: ["data"], ["--log-level", "info"],
      environment: ["SMARTFLOW_SOCKET": folder.path("x"), "SMARTFLOW_SOCKET_MODE": "0600"],
      in: folder)
    #expect(daemon.becomesReady(), "\(daemon.log())")
    daemon.signal(SIGHUP)
    #expect(daemon.says("worker_replaced"), "\(daemon.log())")
    #expect(daemon.records("configuration_read").first?.contains(#""changed":"""#) == true)
    #expect(daemon.records("configuration_needs_restart").isEmpty)
    #expect(daemon.stop() == .exit(0))
  }

  @Test(.enabled(if: isRoot, "only root sees the environment of a process that hides its memory"))
  func `is not told of to the workers, nor is the manager`() throws {
    let daemon = try Passing.daemon(
      ["listening:" + folder.path("d.sock")], names: ["data"],
      environment: ["NOTIFY_SOCKET": folder.path("n"), "WATCHDOG_USEC": "1000000"], in: folder)
    #expect(daemon.becomesReady(), "\(daemon.log())")
    let worker = try #require(daemon.children().first)
    let bytes = try Data(contentsOf: URL(filePath: "/proc/\(worker)/environ"))
    let environment = String(decoding: bytes, as: UTF8.self)
    #expect(environment.contains("SWIFT_BACKTRACE="))
    for name in ["LISTEN_", "NOTIFY_SOCKET", "WATCHDOG_"] {
      #expect(!environment.contains(name), "\(environment)")
    }
    #expect(daemon.stop() == .exit(0))
  }
}
