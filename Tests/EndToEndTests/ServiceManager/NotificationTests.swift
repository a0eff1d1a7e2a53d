import Foundation
import TestSupport
import Testing

/// What a service manager hears: a datagram socket.
private final class Ear {
  private let descriptor: Int32
  private(set) var heard: [String] = []

  /// Binds a path, or a name in the abstract namespace when it begins with `@`.
  init(_ name: String) throws {
    descriptor = try boundSocket(Int32(SOCK_DGRAM.rawValue), to: name)
  }

  deinit { close(descriptor) }

  private func listen() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return }
      heard.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
  }

  func hears(within limit: Duration = .seconds(30), _ condition: ([String]) -> Bool) -> Bool {
    waitUntil(within: limit) {
      self.listen()
      return condition(self.heard)
    }
  }

  /// What was heard besides that the daemon lives, by each message's first line.
  var states: [String] {
    heard.compactMap { $0.split(separator: "\n").first.map(String.init) }
      .filter { $0 != "WATCHDOG=1" }
  }

  var heartbeats: Int { heard.count { $0 == "WATCHDOG=1" } }
}

@Suite struct `A service manager` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func daemon(_ environment: [String: String]) throws -> ManagedDaemon {
    try ManagedDaemon(
      ["--socket", folder.path("d.sock"), "--workers", "2"], environment: environment, in: folder)
  }

  @Test(arguments: [false, true])
  func `hears what becomes of the daemon, in its order`(isAbstract: Bool) throws {
    let name = isAbstract ? "@" + folder.path("n") : folder.path("n")
    let ear = try Ear(name)
    let daemon = try daemon(["NOTIFY_SOCKET": name])
    #expect(ear.hears { _ in ear.states.count >= 1 }, "\(daemon.log())")
    // Whoever hears it may call.
    #expect(try RawConnection(path: folder.path("d.sock")).call(Wire.health()).payload == [8, 1])
    #expect(ear.heard == ["READY=1\nSTATUS=2 workers serve"])
    let before = daemon.children()
    daemon.signal(SIGHUP)
    #expect(ear.hears { _ in ear.states.count >= 3 }, "\(daemon.log())")
    #expect(Set(before).isDisjoint(with: daemon.children()))
    let reload = ear.heard.dropFirst().first?.split(separator: "\n") ?? []
    #expect(reload.count == 3)
    let time = try #require(reload.dropFirst().first)
    #expect(time.hasPrefix("MONOTONIC_USEC="))
    let microseconds = try #require(UInt64(time.drop { $0 != "=" }.dropFirst()))
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let age = UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000 - microseconds
    #expect(age < 60_000_000)
    #expect(daemon.stop() == .exit(0))
    #expect(ear.hears { _ in ear.states.count >= 4 })
    #expect(ear.states == ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"])
    #expect(ear.heartbeats == 0)
  }

  @Test func `hears that the daemon lives, twice in the time that it waits`() throws {
    let ear = try Ear(folder.path("n"))
    let daemon = try daemon(["NOTIFY_SOCKET": folder.path("n"), "WATCHDOG_USEC": "400000"])
    let clock = ContinuousClock()
    let start = clock.now
    #expect(ear.hears { _ in ear.heartbeats >= 6 }, "\(daemon.log())")
    // Five intervals of 200 ms lie between six of them; more often than that nobody asked.
    #expect(clock.now - start >= .milliseconds(900))
    #expect(ear.heard.first?.hasPrefix("READY=1") == true, "\(ear.heard)")
    #expect(daemon.stop() == .exit(0))
  }

  @Test func `hears nothing of the kind where another process is meant`() throws {
    let ear = try Ear(folder.path("n"))
    let daemon = try daemon([
      "NOTIFY_SOCKET": folder.path("n"), "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1",
    ])
    #expect(ear.hears { _ in ear.states.count >= 1 })
    daemon.signal(SIGHUP)
    // Much longer than a thousand times the interval.
    #expect(ear.hears { _ in ear.states.count >= 3 })
    #expect(daemon.stop() == .exit(0))
    #expect(ear.hears { _ in ear.states.count >= 4 })
    #expect(ear.heartbeats == 0)
  }

  @Test(arguments: ["nobody", "vsock:2:1234"])
  func `that is not there hinders nothing, and is told of once`(name: String) throws {
    let daemon = try daemon([
      "NOTIFY_SOCKET": name == "nobody" ? folder.path(name) : name, "WATCHDOG_USEC": "10000",
    ])
    #expect(daemon.becomesReady(), "\(daemon.log())")
    daemon.signal(SIGHUP)
    #expect(daemon.says("worker_replaced", times: 2))
    #expect(daemon.stop() == .exit(0))
    #expect(daemon.records("notify_failed").count == 1, "\(daemon.log())")
    #expect(daemon.records("notify_failed").first?.contains(name) == true)
  }
}
