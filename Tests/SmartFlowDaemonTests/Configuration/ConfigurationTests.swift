import Foundation
import Glibc
import TestSupport
import Testing
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `A configuration` {
  @Test func `is what holds where nobody says anything`() throws {
    let settings = try Asked().settings()
    let configuration = settings.configuration
    #expect(settings.launch.streamsInFlight == 256)
    #expect(configuration.shown(.maxStreams) == "256")
    #expect(configuration.origin(.maxStreams) == .standard)
    #expect(settings.pending.isEmpty)
  }

  @Test func `is the flag's, over the variable's, over the file's, over the default`() throws {
    var asked = Asked()
    asked.file = #"{"max-streams": 1, "fuel-limit": 1, "tree-cache-bytes": 1}"#
    asked.variables = ["SMARTFLOW_MAX_STREAMS": "2", "SMARTFLOW_FUEL_LIMIT": "2"]
    asked.flags = ["--max-streams", "3"]
    let settings = try asked.settings()
    #expect(settings.launch.streamsInFlight == 3)
    #expect(settings.launch.fuelUnits == 2)
    #expect(settings.launch.treeCacheBytes == 1)
    #expect(settings.launch.frameTimeoutNanoseconds == 10_000_000_000)
    let configuration = settings.configuration
    #expect(configuration.origin(.maxStreams).place == "--max-streams")
    #expect(configuration.origin(.fuelLimit).place == "SMARTFLOW_FUEL_LIMIT")
    #expect(configuration.origin(.treeCacheBytes).place.hasSuffix("c.json:1:57"))
    #expect(configuration.origin(.frameTimeout) == .standard)
  }

  @Test func `has the list of whoever wins, and never two together`() throws {
    var asked = Asked(file: #"{"allow-uid": ["root", 7]}"#)
    #expect(try asked.settings().launch.allowedPeers.users == [0, 7])
    asked.variables["SMARTFLOW_ALLOW_UID"] = "8,root"
    #expect(try asked.settings().launch.allowedPeers.users == [8, 0])
    asked.flags = ["--allow-uid", "9", "--allow-uid", "10,11"]
    #expect(try asked.settings().launch.allowedPeers.users == [9, 10, 11])
    asked.flags = []
    asked.variables = [:]
    asked.file = #"{"allow-uid": []}"#
    #expect(try asked.settings().launch.allowedPeers.users == [])
  }

  @Test(arguments: SettingTable.all.map(\.name))
  func `takes every setting from each of the three, and says so`(name: String) throws {
    let setting = try #require(SettingTable.setting(named: name))
    let (text, json) = try Self.sample(of: setting)
    func origin(_ asked: Asked) throws -> SettingOrigin {
      try asked.settings().configuration.origin(setting)
    }
    #expect(try origin(Asked(flags: ["--" + name, text])) == .flag(name))
    #expect(
      try origin(Asked(variables: [setting.variable: text])) == .environment(setting.variable))
    // The places of the tests' own daemon are said by variables.
    guard name != "socket", name != "state-directory" else { return }
    let file = try origin(Asked(file: #"{"\#(name)": \#(json)}"#))
    #expect(file.place.hasSuffix("c.json:1:\(name.utf8.count + 6)"), "\(file.place)")
  }

  /// A value that a daemon can live with, as a flag and in a file.
  private static func sample(of setting: Setting) throws -> (text: String, json: String) {
    let own = geteuid()
    let special = [
      "socket-mode": "0600", "socket-group": "0", "worker-memory": "2GiB",
      "worker-user": own == 0 ? "12345" : "\(own)", "allow-unconfined": "seccomp",
      "allow-uid": "0", "allow-gid": "0", "mask-parameters": "phone", "max-connections": "300",
      "tree-cache-bytes": "4096",
    ]
    switch setting.kind {
    case .count:
      let text = special[setting.name] ?? "2"
      return (text, text)
    case .names: return (special[setting.name] ?? "", #"["\#(special[setting.name] ?? "")"]"#)
    case .time: return ("1s", #""1s""#)
    case .size:
      return (special[setting.name] ?? "64MiB", #""\#(special[setting.name] ?? "64MiB")""#)
    case .choice(let words): return (words[0], #""\#(words[0])""#)
    case .fraction: return ("0.5", "0.5")
    case .path: return ("/tmp/p", #""/tmp/p""#)
    case .text, .mode: return (special[setting.name] ?? "", #""\#(special[setting.name] ?? "")""#)
    }
  }

  @Test(arguments: [
    (["--max-streams", "x"], "--max-streams: is `x`; give a whole number, 1 or more"),
    (
      ["--workers", "0"],
      "--workers: is `0`, which is out of range; give a whole number, 1 to 256"
    ),
    (["--max-streams=-1"], "--max-streams: is `-1`; give a whole number, 1 or more"),
    (
      ["--frame-timeout", "9ms"],
      "--frame-timeout: is `9ms`, which is out of range; give a time such as 150ms, 5s or 2m, 10ms or "
        + "more and a day at most"
    ),
    (
      ["--unread-bytes", "4MiB"],
      "--unread-bytes: is `4MiB`, which is out of range; give a size such as 512MiB or 2GiB, 5MiB or more"
    ),
    (
      ["--log-level", "loud"],
      "--log-level: is `loud`; give one of trace, debug, info, notice, warning, error, critical"
    ),
    (["--socket", ""], "--socket: is ``; give a path"),
    (
      ["--socket-mode", "0999"],
      "--socket-mode: is `0999`; give permission bits in base eight, such as 0660"
    ),
    (
      ["--default-timeout", "6s"],
      "--default-timeout: default-timeout 6s is longer than max-timeout 5s; give no more"
    ),
    (
      ["--max-timeout", "100ms"],
      "--max-timeout: default-timeout 150ms is longer than max-timeout 100ms; give no more"
    ),
    (
      ["--workers", "4", "--max-connections", "3"],
      "--max-connections: 3 connections leave some of 4 workers without any; give max-connections 4 "
        + "or more, or fewer workers"
    ),
  ])
  func `is refused with the place and the remedy`(flags: [String], sentence: String) throws {
    #expect(try Asked(flags: flags).flaws() == [sentence])
    #expect(try Asked(flags: flags).exitStatus() == EX_USAGE)
  }

  @Test func `is refused with everything that is wrong, wherever it was said`() throws {
    let asked = Asked(
      flags: ["--shutdown-grace", "soon"],
      variables: ["SMARTFLOW_MAX_STREAMS": "", "SMARTFLOW_SOCKET_GROUP": "nosuchgroup"],
      file: """
        {
          // What a note says is nobody's business: "workers": "x".
          "log_level": "debug",
          "fuel-limit": "many", "workers": 1.5,
          "max-timeout": "100ms"
        }
        """)
    #expect(
      Set(try asked.flaws()) == [
        "c.json:3:16: there is no `log_level`; did you mean `log-level`?",
        "c.json:4:17: `fuel-limit` is a string; write a whole number, 1 or more",
        "c.json:4:36: `workers` is `1.5`; give a whole number, 1 to 256",
        "SMARTFLOW_MAX_STREAMS: is ``; give a whole number, 1 or more",
        "--shutdown-grace: is `soon`; give a time such as 150ms, 5s or 2m, a day at most",
        "c.json:5:18: `max-timeout` default-timeout 150ms is longer than max-timeout 100ms; give no more",
        "SMARTFLOW_SOCKET_GROUP: `nosuchgroup` is no group here; name one that is",
      ])
    #expect(try asked.exitStatus() == EX_CONFIG)
  }

  @Test func `does not complain of what only follows from something else that is wrong`() throws {
    let flaws = try Asked(flags: ["--workers", "x", "--max-connections", "0"]).flaws()
    #expect(flaws.count == 2, "\(flaws)")
  }

  @Test func `of accounts that are not there ends as it always did`() throws {
    #expect(try Asked(flags: ["--allow-uid", "nosuchuser"]).exitStatus() == EX_NOUSER)
    #expect(
      try Asked(flags: ["--allow-uid", "nosuchuser", "--allow-gid", "nosuchgroup,root"]).flaws()
        == [
          "--allow-uid: `nosuchuser` is no user here; name one that is",
          "--allow-gid: `nosuchgroup` is no group here; name one that is",
        ])
  }
}

@Suite struct `A configuration that is read again` {
  @Test func `keeps what takes a restart, and says what waits`() throws {
    let first = try Asked(file: #"{"workers": 2, "max-streams": 5}"#).settings()
    let asked = Asked(file: #"{"workers": 3, "max-streams": 6, "admin-socket": "/tmp/new.sock"}"#)
    let second = try asked.settings(running: first)
    #expect(second.workers == 2)
    #expect(second.launch.streamsInFlight == 6)
    #expect(second.admin == first.admin)
    #expect(second.pending == ["workers": "3", "admin-socket": "/tmp/new.sock"])
    let third = try Asked(file: #"{"max-streams": 6}"#).settings(running: second)
    #expect(third.workers == 2)
    #expect(third.pending == ["workers": "the default"])
    let fourth = try Asked(file: #"{"workers": 2}"#).settings(running: third)
    #expect(fourth.pending.isEmpty)
  }

  @Test func `may say what holds already, without a restart`() throws {
    let first = try Asked().settings()
    let asked = Asked(
      file: #"{"workers": \#(first.workers), "admin-socket": "\#(first.admin.path)"}"#)
    let second = try asked.settings(running: first)
    #expect(second.pending.isEmpty)
    #expect(second.configuration.origin(.workers) != .standard)
  }

  @Test func `is held against what stays`() throws {
    let first = try Asked(file: #"{"workers": 2}"#).settings()
    let asked = Asked(file: #"{"workers": 1, "max-connections": 1}"#)
    #expect(throws: ConfigurationFailure.self) { try asked.settings(running: first) }
  }
}

@Suite struct `The kind of a setting` {
  private func read(_ kind: Setting.Kind, _ text: String) -> SettingValue? {
    let setting = Setting(
      name: "x", kind: kind, standard: nil, reload: .atOnce, valueName: "x", help: "")
    return try? setting.read([text])
  }

  @Test func `bounds times on both sides`() {
    let kind = Setting.Kind.time(
      least: TimeText(milliseconds: 1), most: TimeText(milliseconds: 1000))
    #expect(read(kind, "1ms") == .time(TimeText(milliseconds: 1)))
    #expect(read(kind, "1s") == .time(TimeText(milliseconds: 1000)))
    #expect(read(kind, "999us") == nil)
    #expect(read(kind, "1001ms") == nil)
  }

  @Test func `takes parts of one`() {
    #expect(read(.fraction, "0.25") == .fraction(0.25))
    for text in ["-0.1", "1.1", "nan", "", "half"] {
      #expect(read(.fraction, text) == nil, "\(text)")
    }
  }

  @Test func `takes permission bits`() {
    #expect(read(.mode, "0660") == .text("0660"))
    for text in ["0888", "01000", "-1", "", "rw"] { #expect(read(.mode, text) == nil, "\(text)") }
  }

  @Test(arguments: [
    (1_500, "1500ns"), (150_000_000, "150ms"), (120_000_000_000, "120s"), (0, "0s"),
  ])
  func `writes a time so that it reads the same again`(nanoseconds: UInt64, text: String) {
    #expect(TimeText(nanoseconds: nanoseconds).description == text)
    #expect(TimeText(argument: text)?.nanoseconds == nanoseconds)
  }
}
