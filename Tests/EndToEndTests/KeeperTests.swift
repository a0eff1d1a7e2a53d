import Foundation
import TestSupport
import Testing

@Suite struct `The keeper` {
  private static let health = Wire.request(
    stream: 1, service: "grpc.health.v1.Health", method: "Check")

  @Test func `starts another worker for one that was killed, and says so`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let victim = try #require(daemon.workerProcessIDs().first)
    kill(victim, SIGKILL)
    let isBack = waitUntil(within: .seconds(10)) {
      let workers = daemon.workerProcessIDs()
      return workers.count == 2 && !workers.contains(victim) && daemon.log().contains("worker_died")
    }
    #expect(isBack, "\(daemon.log())")
    let death = try daemon.logRecords().first { $0["event"] as? String == "worker_died" }
    #expect(death?["reason"] as? String == "killed")
    #expect(death?["signal"] as? String == "SIGKILL")
    #expect(try RawConnection(path: daemon.socketPath).call(Self.health).payload == [8, 1])
    #expect(try daemon.stop() == 0)
  }

  @Test func `lists the health of the services of a socket, and of the whole server`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let request = Wire.request(stream: 1, service: "grpc.health.v1.Health", method: "List")
    func names(_ path: String) throws -> [String] {
      try Wire.fields(of: RawConnection(path: path).call(request).payload).map { entry in
        let fields = try Wire.fields(of: entry.bytes)
        #expect(fields.last?.bytes == [8, 1])
        return String(decoding: fields.first?.bytes ?? [], as: UTF8.self)
      }
    }
    let data = ["", "grpc.health.v1.Health", "smartflow.v1.ExecutionService"]
    #expect(try names(daemon.socketPath) == data)
    #expect(
      try names(daemon.adminSocketPath)
        == (data + ["smartflow.v1.AdminService", "smartflow.v1.TreeService"]).sorted())
    #expect(try daemon.stop() == 0)
  }

  @Test func `gives the sockets their modes, and takes them away at the end`() throws {
    let daemon = try DaemonProcess(workers: 1)
    func mode(_ path: String) -> Int? {
      (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
    }
    #expect(mode(daemon.socketPath) == 0o660)
    #expect(mode(daemon.adminSocketPath) == 0o600)
    #expect(try daemon.stop() == 0)
    #expect(mode(daemon.socketPath) == nil)
    #expect(mode(daemon.adminSocketPath) == nil)
  }

  @Test func `refuses a socket that another daemon serves, and leaves that one in peace`() throws {
    let first = try DaemonProcess(workers: 1)
    let (status, errors) = try run([
      "--socket", first.socketPath, "--admin-socket", first.folder.path("b.sock"),
    ])
    #expect(status == 69)
    #expect(errors.contains("is served by another process"), "\(errors)")
    #expect(try RawConnection(path: first.socketPath).call(Self.health).code == 0)
  }

  @Test(arguments: [
    (["--socket", "/tmp/" + String(repeating: "x", count: 120)], 64, "125 bytes"),
    (["--socket", "/tmp/x", "--socket-mode", "999"], 64, "--socket-mode"),
    (["--socket", "/nowhere/x"], 73, "/nowhere/x"),
    (["--socket", "/tmp/x", "--workers", "0"], 64, "--workers"),
    (["--socket", "/tmp/x", "--worker-path", "/nowhere/worker"], 78, "/nowhere/worker"),
    (["--socket", "/tmp/x", "--default-timeout", "9s"], 64, "longer than max-timeout 5s"),
    (["--nonsense"], 64, "nonsense"),
  ])
  func `says in a sentence why it does not start`(
    arguments: [String], status: Int32, sentence: String
  ) throws {
    let (ended, errors) = try run(arguments)
    #expect(ended == status, "\(errors)")
    #expect(errors.contains(sentence), "\(errors)")
  }

  @Test func `finishes what is in flight when it is told to end`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    // A request and a signal at once: whichever the worker sees first, the answer comes and the exit is 0.
    try connection.send(
      Wire.executeTree(stream: 1, tree: mariaTree, context: #"{"daysInactive": 9}"#))
    daemon.signal(SIGTERM)
    let answer = try connection.answer()
    #expect(answer.code == 0 || answer.code == 14, "\(answer)")
    #expect(try connection.isClosed())
    #expect(try daemon.end() == 0)
  }

  @Test func `tells of itself on the admin socket`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let connection = try RawConnection(path: daemon.adminSocketPath)
    let answer = try connection.call(
      Wire.request(stream: 1, service: "smartflow.v1.AdminService", method: "GetServerInfo"))
    #expect(answer.code == 0, "\(answer)")
    let fields = try Wire.fields(of: answer.payload)
    #expect(fields.first { $0.number == 4 }?.value == UInt64(daemon.processID))
    #expect(fields.count { $0.number == 5 } == 2)
    #expect(fields.count { $0.number == 6 } == 2)
  }

  @Test func `lets every worker have its part of the connections`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let admin = try RawConnection(path: daemon.adminSocketPath)
    var stream = 1 as UInt32
    // A worker that the system lets wait for a processor meanwhile takes none, and is no reason to fail.
    var shares: [[UInt64]] = []
    repeat {
      shares.append(try share(of: 16, daemon, admin, stream: &stream))
    } while shares.count < 10 && !isFair(shares)
    #expect(isFair(shares), "\(shares)")
    #expect(try daemon.stop() == 0)
  }

  private func isFair(_ shares: [[UInt64]]) -> Bool {
    shares.last.map { $0.count == 2 && $0.allSatisfy { $0 >= 4 } } ?? false
  }

  /// How many connections each worker has while `count` are held that were dialed one after another.
  private func share(
    of count: Int, _ daemon: DaemonProcess, _ admin: RawConnection, stream: inout UInt32
  ) throws -> [UInt64] {
    // Each is asked once, so that somebody has taken it before the next is dialed.
    let held = try (0..<count).map { _ in
      let connection = try RawConnection(path: daemon.socketPath)
      #expect(try connection.call(Self.health).code == 0)
      return connection
    }
    var open: [UInt64] = []
    // Workers count in memory that they share, so that a sum can be a moment old; one more is the asker's.
    let isTold = waitUntil(within: .seconds(10)) {
      open = (try? openConnections(admin, stream: stream)) ?? []
      stream += 2
      return open.reduce(0, +) == UInt64(held.count) + 1
    }
    #expect(isTold, "\(open)")
    return open
  }

  private func openConnections(_ admin: RawConnection, stream: UInt32) throws -> [UInt64] {
    let answer = try admin.call(
      Wire.request(stream: stream, service: "smartflow.v1.AdminService", method: "GetServerInfo"))
    return try Wire.fields(of: answer.payload).filter { $0.number == 5 }.map { worker in
      try Wire.fields(of: worker.bytes).first { $0.number == 6 }?.value ?? 0
    }
  }

  private func run(_ arguments: [String]) throws -> (status: Int32, errors: String) {
    let process = Process()
    process.executableURL = try DaemonProcess.programFolder().appending(path: "smartflowd")
    process.arguments = arguments
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}

@Suite struct `A deadline` {
  @Test func `ends a tree that is still running, and no other call waits for it`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: HeavyTree.fuelLimit)
    let greedy = try RawConnection(path: daemon.socketPath)
    let light = try RawConnection(path: daemon.socketPath)
    let start = ContinuousClock.now
    try greedy.send(
      Wire.executeTree(
        stream: 1, tree: HeavyTree.json, context: HeavyTree.longContext,
        timeoutNanoseconds: 300_000_000))
    var answered = 0
    while ContinuousClock.now - start < .milliseconds(200) {
      let answer = try light.call(
        Wire.executeTree(
          stream: UInt32(2 * answered + 1), tree: mariaTree, context: #"{"daysInactive": 9}"#))
      #expect(answer.code == 0)
      answered += 1
    }
    #expect(answered > 20, "only \(answered) light calls were answered beside a heavy one")
    let late = try greedy.answer()
    let elapsed = ContinuousClock.now - start
    #expect(late.code == 4, "\(late)")
    #expect(try late.reason() == "DEADLINE_EXCEEDED")
    #expect(elapsed > .milliseconds(290))
    #expect(elapsed < .seconds(3), "\(elapsed)")
  }

  @Test func `is not needed to stop a tree that has used up its fuel`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--fuel-limit", "5000"])
    let connection = try RawConnection(path: daemon.socketPath)
    let answer = try connection.call(
      Wire.executeTree(stream: 1, tree: HeavyTree.json, context: HeavyTree.longContext))
    #expect(answer.code == 8, "\(answer)")
    #expect(try answer.reason() == "OUT_OF_FUEL")
  }
}
