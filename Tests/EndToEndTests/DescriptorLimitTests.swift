import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct `Without a descriptor to spare` {
  /// Sets how many descriptors a process may have open, and leaves the hard limit.
  private func limit(_ process: Int32, to count: Int) throws {
    try ProcessLimit.set("--nofile=\(count):", of: process)
  }

  /// The processor's time that a process takes meanwhile, as a part of one processor.
  private func share(of process: Int32, over time: Duration) -> Double {
    let before = ManagedDaemon.processorTicks(of: process)
    let start = ContinuousClock.now
    // How much is used in a time takes that time to see.
    _ = waitUntil(within: .seconds(60)) { ContinuousClock.now - start >= time }
    let elapsed = ContinuousClock.now - start
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    return Double(ManagedDaemon.processorTicks(of: process) - before) / 100 / seconds
  }

  @Test(arguments: [false, true])
  func `a worker pauses, says so once, and goes on`(isServing: Bool) throws {
    let daemon = try DaemonProcess(workers: 1)
    let worker = try #require(daemon.workerProcessIDs().first)
    let friend = isServing ? try RawConnection(path: daemon.socketPath) : nil
    if let friend { #expect(try friend.call(Wire.health()).payload == [8, 1]) }
    // Standard descriptors, those it is born with, the poller and a journal: fourteen, and all of them in use.
    try limit(worker, to: isServing ? 16 : 15)
    let waiting = try (0..<5).map { _ in try RawConnection(path: daemon.socketPath) }
    for connection in waiting { try connection.send(Wire.health()) }
    #expect(
      waitUntil(within: .seconds(30)) {
        ((try? daemon.logRecords(of: "accept_paused"))?.isEmpty == false)
      }, "\(daemon.log())")
    // A loop that looks again and again takes all of a processor that it gets; ten looks a second take nothing.
    #expect(share(of: worker, over: .seconds(2)) < 0.15)
    if let friend {
      // Who is there already is served.
      #expect(try friend.call(Wire.health(stream: 3)).payload == [8, 1])
    }
    #expect(try daemon.logRecords(of: "accept_paused").count == 1)
    #expect(daemon.workerProcessIDs() == [worker])
    try limit(worker, to: 64)
    for connection in waiting {
      #expect(try connection.answer(timeout: .seconds(30)).payload == [8, 1])
    }
    // All that was written is there once the daemon has ended.
    #expect(try daemon.stop() == 0)
    #expect(try daemon.logRecords(of: "accept_resumed").count == 1)
    #expect(try daemon.logRecords(of: "accept_paused").count == 1)
  }

  @Test func `a worker takes the next when one has left`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let worker = try #require(daemon.workerProcessIDs().first)
    var friend: RawConnection? = try RawConnection(path: daemon.socketPath)
    #expect(try friend?.call(Wire.health()).payload == [8, 1])
    try limit(worker, to: 16)
    let next = try RawConnection(path: daemon.socketPath)
    try next.send(Wire.health())
    #expect(
      waitUntil(within: .seconds(30)) {
        ((try? daemon.logRecords(of: "accept_paused"))?.isEmpty == false)
      }, "\(daemon.log())")
    friend = nil
    #expect(try next.answer(timeout: .seconds(30)).payload == [8, 1])
    #expect(try daemon.stop() == 0)
  }

  @Test func `the keeper goes on, and starts the worker later`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let worker = try #require(daemon.workerProcessIDs().first)
    try limit(daemon.processID, to: 20)
    kill(worker, SIGKILL)
    #expect(
      waitUntil(within: .seconds(30)) {
        ((try? daemon.logRecords(of: "worker_not_started"))?.count ?? 0) >= 2
      }, "\(daemon.log())")
    #expect(share(of: daemon.processID, over: .seconds(2)) < 0.15)
    let waiting = try RawConnection(path: daemon.socketPath)
    try waiting.send(Wire.health())
    try limit(daemon.processID, to: 1024)
    #expect(try waiting.answer(timeout: .seconds(30)).payload == [8, 1])
    #expect(try daemon.stop() == 0)
  }

  @Test func `the daemon refuses to start, and says how many it needs`() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--socket", folder.path("s.sock"), "--workers", "2"]
    let program = try ManagedDaemon.program().path
    let poor = try ManagedDaemon(
      URL(filePath: "/usr/bin/prlimit"), ["--nofile=100:100", program] + arguments, in: folder)
    #expect(poor.end() == .exit(78))
    #expect(poor.log().contains("100 files open here and 2 workers need 190"), "\(poor.log())")
    // A soft limit that is too low it raises by itself.
    let modest = try ManagedDaemon(
      URL(filePath: "/usr/bin/prlimit"), ["--nofile=20:2048", program] + arguments, in: folder)
    #expect(modest.becomesReady(), "\(modest.log())")
    #expect(modest.stop() == .exit(0))
  }
}
