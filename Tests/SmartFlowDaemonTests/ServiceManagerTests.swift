import Glibc
import Logging
import TestSupport
import Testing
import UnixSocket

@testable import SmartFlowDaemon

@Suite struct `The interval of the service manager's watchdog` {
  private func interval(_ microseconds: String?, _ process: String? = nil) -> UInt64? {
    WatchdogInterval(microseconds: microseconds, process: process, processID: 42)?.nanoseconds
  }

  @Test func `is half of what it waits`() {
    #expect(interval("3000000") == 1_500_000_000)
    #expect(interval("1", "42") == 500)
  }

  @Test(arguments: [nil, "", "0", "-1", "x", "1.5", "99999999999999999999", "1125899906842624"])
  func `is none where there is no sensible time`(text: String?) { #expect(interval(text) == nil) }

  @Test func `is none where another process is meant`() {
    #expect(interval("1000000", "43") == nil)
    #expect(interval("1000000", "") == nil)
  }
}

@Suite struct `What the service manager is told` {
  private let folder: TemporaryFolder
  private let ear: Int32
  private let name: String

  init() throws {
    folder = try TemporaryFolder()
    name = folder.path("n")
    ear = try boundSocket(Int32(SOCK_DGRAM.rawValue), to: name)
  }

  private func heard() -> [String] {
    var all: [String] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(ear, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return all }
      all.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
  }

  private func manager(watchdog: String? = nil) -> ServiceManager {
    let output = LogOutput(descriptor: STDERR_FILENO)
    return ServiceManager(
      notifySocket: name,
      watchdog: WatchdogInterval(microseconds: watchdog, process: nil, processID: 1),
      logger: Logger(label: "test") { _ in JSONLogHandler(output: output) })
  }

  @Test func `is that the daemon lives, from when it serves, and only while it does`() {
    let manager = manager(watchdog: "8000")
    manager.keepAlive(now: 1, isAlive: true)
    #expect(heard().isEmpty)
    manager.ready("x", now: 1000)
    manager.keepAlive(now: 1000, isAlive: true)
    #expect(heard() == ["READY=1\nSTATUS=x", "WATCHDOG=1"])
    manager.keepAlive(now: 4_000_999, isAlive: true)
    #expect(heard().isEmpty)
    manager.keepAlive(now: 4_001_000, isAlive: true)
    #expect(heard() == ["WATCHDOG=1"])
    // Not alive: nothing is said, and it is looked again long before it would be too late.
    manager.keepAlive(now: 8_001_000, isAlive: false)
    #expect(heard().isEmpty)
    #expect(manager.nextKeepAlive == 8_501_000)
    manager.keepAlive(now: 8_501_000, isAlive: true)
    #expect(heard() == ["WATCHDOG=1"])
    // Another READY, after a replacement, does not move the beat.
    manager.ready("x", now: 9_000_000)
    #expect(manager.nextKeepAlive == 12_501_000)
    _ = close(ear)
  }

  @Test func `waits for room, and comes in its order`() throws {
    let manager = manager()
    // The queue of a datagram socket is short: net.unix.max_dgram_qlen.
    var told = 0
    while !manager.isWaiting {
      manager.stopping("\(told)")
      told += 1
      try #require(told < 100_000)
    }
    manager.ready("last", now: 0)
    var all = heard()
    while manager.isWaiting {
      manager.keepAlive(now: 0, isAlive: true)
      all += heard()
    }
    all += heard()
    #expect(all == (0..<told).map { "STOPPING=1\nSTATUS=\($0)" } + ["READY=1\nSTATUS=last"])
    _ = close(ear)
  }
}
