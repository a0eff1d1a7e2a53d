import Foundation
import TestSupport
import Testing

@Suite struct `A daemon with a configuration file` {
  @Test func `tells of each setting who said it`() throws {
    let configured = try ConfiguredDaemon(
      "{\n  \"max-streams\": 7, // few\n  \"fuel-limit\": 8\n}\n",
      environment: ["SMARTFLOW_FUEL_LIMIT": "9"])
    let values = try configured.configuration()
    #expect(
      values["max-streams"]
        == .init(value: "7", source: 3, place: configured.path + ":2:18", pending: ""))
    #expect(
      values["fuel-limit"]
        == .init(value: "9", source: 2, place: "SMARTFLOW_FUEL_LIMIT", pending: ""))
    #expect(values["workers"] == .init(value: "1", source: 1, place: "--workers", pending: ""))
    #expect(values["max-timeout"] == .init(value: "5s", source: 4, place: "", pending: ""))
    #expect(try configured.streams() == 7)
    // Who does not ask for it is not told.
    let answer = try Administrator(daemon: configured.daemon).call("GetServerInfo")
    #expect(try !Wire.fields(of: answer.payload).contains { $0.number == 21 })
  }

  @Test func `takes over at SIGHUP what can be changed, and costs its clients nothing`() throws {
    let configured = try ConfiguredDaemon(#"{"max-streams": 7}"#)
    let early = try RawConnection(path: configured.daemon.socketPath)
    #expect(try early.call(Wire.health(stream: 1)).payload == [8, 1])
    #expect(
      try configured.reload(
        #"{"max-streams": 8, "log-level": "debug", "default-timeout": "1s"}"#,
        until: "worker_replaced"))
    #expect(try configured.streams() == 8)
    #expect(try configured.configuration()["log-level"]?.value == "debug")
    #expect(try early.call(Wire.health(stream: 3)).payload == [8, 1])
    let read = try #require(try configured.daemon.logRecords(of: "configuration_read").first)
    #expect(read["changed"] as? String == "default-timeout,max-streams,log-level")
    // From debug on there is a line for every request.
    #expect(try configured.waitFor("request"))
    #expect(try configured.daemon.stop() == 0)
  }

  @Test func `changes nothing at SIGHUP where anything is wrong, and says all of it`() throws {
    let configured = try ConfiguredDaemon(#"{"max-streams": 7}"#)
    let workers = configured.daemon.workerProcessIDs()
    #expect(
      try configured.reload(
        "{\"max-streams\": 8,\n \"log-level\": \"loud\", \"x\": 1}", until: "reload_refused"))
    let reasons = try configured.daemon.logRecords(of: "configuration_refused").compactMap {
      $0["reason"] as? String
    }
    #expect(
      Set(reasons) == [
        configured.path + ":2:15: `log-level` is `loud`; give one of trace, debug, info, notice, "
          + "warning, error, critical",
        configured.path
          + ":2:28: there is no `x`; keys are named as the flags that smartflowd --help lists",
      ])
    #expect(try configured.reload(nil, until: "reload_refused", count: 2))
    #expect(try configured.streams() == 7)
    #expect(configured.daemon.workerProcessIDs() == workers)
    #expect(try configured.daemon.logRecords(of: "replacing_workers").isEmpty)
    // Mended, it is taken.
    #expect(try configured.reload(#"{"max-streams": 9}"#, until: "worker_replaced"))
    #expect(try configured.streams() == 9)
  }

  @Test func `goes on with what takes a restart, and names it`() throws {
    let configured = try ConfiguredDaemon(#"{"socket-mode": "0600", "max-streams": 7}"#)
    #expect(
      try configured.reload(
        #"{"socket-mode": "0666", "max-streams": 8}"#, until: "worker_replaced"))
    let warnings = try configured.daemon.logRecords(of: "configuration_needs_restart")
    #expect(warnings.count == 1)
    #expect(warnings.first?["level"] as? String == "warning")
    #expect(warnings.first?["setting"] as? String == "socket-mode")
    #expect(warnings.first?["reason"] as? String == "socket-mode needs a restart")
    let value = try #require(try configured.configuration()["socket-mode"])
    #expect(value.value == "0600")
    #expect(value.pending == "0666")
    #expect(try configured.streams() == 8)
  }

  @Test func `keeps a level that was set since, unless the file has another`() throws {
    let configured = try ConfiguredDaemon(#"{"log-level": "info"}"#)
    let administrator = Administrator(daemon: configured.daemon)
    func level() throws -> [UInt64] {
      let fields = try Wire.fields(of: administrator.setLogLevel(nil).payload)
      return [1, 4].map { number in fields.first { $0.number == number }?.value ?? 0 }
    }
    _ = try administrator.setLogLevel(2)
    #expect(try configured.reload(#"{"log-level": "info"}"#, until: "worker_replaced"))
    #expect(try level() == [2, 2])
    #expect(
      try configured.reload(#"{"log-level": "notice"}"#, until: "log_level_set", count: 2))
    #expect(try level() == [4, 4])
    // At notice the reading itself is not written. One for a while holds until that is over; what comes back then is the file's.
    _ = try administrator.setLogLevel(1, seconds: 600)
    #expect(
      try configured.reload(#"{"log-level": "info"}"#, until: "configuration_read", count: 2))
    #expect(waitUntil(within: .seconds(20)) { (try? level()) == [1, 3] })
  }

  @Test func `goes on as another release with the same file`() throws {
    let configured = try ConfiguredDaemon(#"{"max-streams": 7}"#)
    configured.daemon.signal(SIGUSR2)
    #expect(try configured.waitFor("upgraded"), "\(configured.daemon.log())")
    #expect(try configured.configuration()["max-streams"]?.place == configured.path + ":1:17")
    #expect(try configured.streams() == 7)
    // With a file that is broken by then it stays what it is.
    try Data("{".utf8).write(to: URL(filePath: configured.path))
    configured.daemon.signal(SIGUSR2)
    #expect(try configured.waitFor("upgrade_refused"), "\(configured.daemon.log())")
    let reason = try configured.daemon.logRecords(of: "upgrade_refused").first?["reason"] as? String
    #expect(
      reason == "smartflowd: " + configured.path + ":1:2: the text ends inside a value",
      "\(reason ?? "")")
    #expect(try configured.streams() == 7)
  }
}
