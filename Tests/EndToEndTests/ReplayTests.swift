import Foundation
import TestSupport
import Testing

/// Decides by a split and the clock, with a published tree in it.
private let winback =
  #"{"type":"Condition","parameters":{"expression":"tier == \"Gold\" and now() > 0"},"trueAction":{"type":"Split","shares":["#
  + #"{"weight":1,"action":{"type":"SendSMS","parameters":{"phone":"{{phone}}","message":"Hi {{name}}"}}},"#
  + #"{"weight":1,"action":{"type":"GrantBonus","id":"b","parameters":{"amount":"{{balance * 0.1}}"}}}]},"#
  + #""falseAction":{"type":"SubTree","parameters":{"treeId":"vip"}}}"#

private func vip(_ factor: String) -> String {
  #"{"type":"Sequence","actions":[{"type":"GrantBonus","parameters":{"amount":"{{balance * \#(factor)}}"}},"#
    + #"{"type":"SubTree","parameters":{"treeId":"text"}}]}"#
}

private let text =
  #"{"type":"SendSMS","parameters":{"phone":"{{phone}}","message":"At {{now()}}"}}"#

private let inline =
  #"{"type":"Sequence","actions":[{"type":"SubTree","parameters":{"treeId":"text"}},"#
  + #"{"type":"Condition","parameters":{"expression":"name ~= \"^M.*(i|a)+$\" and level > 3"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}]}"#

@Suite struct `A recorded decision` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, tree) in [
      ("winback", winback), ("vip", vip("0.2")), ("vip2", vip("0.3")), ("text", text),
      ("inline", inline),
    ] {
      try write(tree, to: name + ".json")
    }
  }

  private func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder.path(file)))
  }

  private func publish(_ tree: String, _ file: String, to daemon: DaemonProcess) throws {
    let result = try smartflow([
      "trees", "publish", tree, folder.path(file + ".json"), "--activate", "--endpoint",
      "unix:" + daemon.adminSocketPath,
    ])
    try #require(result.status == 0, "\(result.errors)")
  }

  /// A daemon with the three published trees.
  private func daemon(_ arguments: String...) throws -> DaemonProcess {
    let daemon = try DaemonProcess(workers: 1, arguments: arguments)
    try publish("text", "text", to: daemon)
    try publish("vip", "vip", to: daemon)
    try publish("winback", "winback", to: daemon)
    return daemon
  }

  private func replay(
    _ path: String, _ arguments: [String] = ["--all"]
  ) throws -> (status: Int32, output: String, errors: String) {
    try smartflow(
      ["audit", "replay", path + "/audit", "--tree", folder.path("inline.json")] + arguments)
  }

  private static func context(
    _ tier: String, balance: String = "12.5", more: String = ""
  ) -> String {
    #"{"tier":"\#(tier)","phone":"+35621234567","name":"Maria","level":5,"balance":\#(balance)\#(more)}"#
  }

  /// In nanoseconds; a daemon beside others on a busy machine needs more than what is granted by default.
  private static let patience: Int64 = 5_000_000_000

  private static let published = Wire.field(2, Wire.field(1, "winback"))

  private static func execute(
    _ stream: UInt32, _ context: [UInt8], by tree: [UInt8] = published, player: String,
    options: [UInt8] = []
  ) -> [UInt8] {
    Wire.request(
      stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
      payload: tree + context + Wire.field(6, player) + Wire.field(7, options),
      timeoutNanoseconds: patience)
  }

  private static func json(_ text: String) -> [UInt8] { Wire.field(5, text) }

  /// The context of ``context(_:balance:more:)`` as a message, its properties in another order.
  private static func structure(_ tier: String) -> [UInt8] {
    func member(_ key: String, _ value: [UInt8]) -> [UInt8] {
      Wire.field(1, Wire.field(1, key) + Wire.field(2, value))
    }
    func number(_ value: Double) -> [UInt8] {
      let bits = value.bitPattern
      return [2 << 3 | 1] + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }
    return Wire.field(
      4,
      member("balance", number(12.5)) + member("tier", Wire.field(3, tier))
        + member("name", Wire.field(3, "Maria")) + member("level", number(5))
        + member("phone", Wire.field(3, "+35621234567")))
  }

  private static func batch(_ stream: UInt32, _ contexts: [String]) -> [UInt8] {
    let items = contexts.enumerated().flatMap { index, context in
      Wire.field(4, Wire.field(2, context) + Wire.field(3, "p-\(index)"))
    }
    return Wire.request(
      stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
      payload: published + items, timeoutNanoseconds: patience)
  }

  /// Fourteen decisions of every kind, between them another version of a sub-tree.
  private func decide(_ daemon: DaemonProcess) throws {
    let connection = try RawConnection(path: daemon.socketPath)
    var stream: UInt32 = 1
    func call(_ request: (UInt32) -> [UInt8]) throws {
      let answer = try connection.call(request(stream))
      #expect(answer.code == 0, "\(answer)")
      stream += 2
    }
    for round in 0..<2 {
      for tier in ["Gold", "Silver"] {
        let player = "player-\(tier)-\(round)"
        try call { Self.execute($0, Self.json(Self.context(tier)), player: player) }
        try call { Self.execute($0, Self.structure(tier), player: player) }
      }
      try call {
        Self.execute(
          $0, Self.json(Self.context("Gold")), by: Wire.field(1, inline), player: "inline")
      }
      try call { Self.batch($0, [Self.context("Gold"), Self.context("Tin", balance: "-3")]) }
      try publish("vip", "vip2", to: daemon)
    }
  }

  @Test func `agrees when it is replayed, of whatever kind it is`() throws {
    let daemon = try daemon("--audit-context", "full")
    try decide(daemon)
    #expect(try daemon.stop() == 0)
    let result = try replay(daemon.statePath)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(
      result.output.hasSuffix("14 decisions: 14 agree, 0 disagree, 0 can't be replayed\n"),
      "\(result.output)")
    let records = try AuditFile(of: daemon.statePath).records()
    #expect(Set(records.compactMap { $0["sub_trees"] as? String }).isSuperset(of: ["vip@2 text@1"]))
    // A negative bonus is refused, and the rest goes on.
    #expect(records.contains { $0["status"] as? String == "PARTIALLY_COMPLETED" })
  }

  @Test func `has one digest, in whatever form its context came, and is replayed from a file`()
    throws
  {
    let daemon = try daemon()
    try decide(daemon)
    #expect(try daemon.stop() == 0)
    let records = try AuditFile(of: daemon.statePath).records()
    #expect(records.allSatisfy { $0["context"] == nil })
    let digests = records.compactMap { $0["context_digest"] as? String }
    #expect(digests.count == 14)
    #expect(Set(digests).count == 3)
    let lines = ["Gold", "Silver"].map { Self.context($0) } + [Self.context("Tin", balance: "-3")]
    try write(lines.joined(separator: "\n"), to: "contexts.jsonl")
    let without = try replay(daemon.statePath)
    #expect(without.status == 66)
    let result = try replay(
      daemon.statePath, ["--all", "--contexts", folder.path("contexts.jsonl")])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains(": 14 agree, "), "\(result.output)")
  }

  @Test(
    arguments: [
      (#""amount":1.25"#, #""amount":125"#), (#""now":"20"#, #""now":"19"#),
      (#""player_id":"player-Gold-0""#, #""player_id":"player-Gold-1""#),
      (#""message":"Hi Maria""#, #""message":"Hi""#), (#""fuel_used":"#, #""fuel_used":9"#),
      (#""sub_trees":"vip@2"#, #""sub_trees":"vip@1"#), (#""tier":"Silver""#, #""tier":"Tin""#),
    ])
  func `does not agree once it was changed`(what: String, by: String) throws {
    let daemon = try daemon("--audit-context", "full")
    try decide(daemon)
    #expect(try daemon.stop() == 0)
    let copy = folder.path("copy")
    try FileManager.default.copyItem(atPath: daemon.statePath, toPath: copy)
    let segment = URL(filePath: copy + "/audit/000001.jsonl")
    let before = try String(contentsOf: segment, encoding: .utf8)
    try #require(before.contains(what))
    try Data(before.replacing(what, with: by).utf8).write(to: segment)
    let result = try replay(copy)
    #expect(result.status == 1, "\(result.output)")
    #expect(!result.output.contains(": 14 agree, "), "\(result.output)")
  }

  @Test func `does not show what is masked, and agrees with who knows it`() throws {
    let daemon = try daemon("--audit-context", "full", "--mask-parameters", "phone")
    try decide(daemon)
    #expect(try daemon.stop() == 0)
    let segment = URL(filePath: daemon.statePath + "/audit/000001.jsonl")
    #expect(!(try String(contentsOf: segment, encoding: .utf8)).contains("35621234567"))
    let without = try replay(daemon.statePath)
    #expect(without.status == 66)
    #expect(without.output.contains("give them with --set (phone)"), "\(without.output)")
    let result = try replay(daemon.statePath, ["--all", "--set", #"phone="+35621234567""#])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains(": 14 agree, "), "\(result.output)")
    #expect(result.output.contains("masked in the record, and so not compared: phone"))
  }

  @Test func `agrees where it came to nothing, had a key, a trace or an instant of its own`() throws
  {
    let daemon = try daemon("--audit-context", "full", "--audit", "all")
    let connection = try RawConnection(path: daemon.adminSocketPath)
    let context = Self.json(Self.context("Gold"))
    let nothing = Wire.field(
      1, #"{"type":"Condition","parameters":{"expression":"level > 9"},"trueAction":\#(text)}"#)
    let options = [
      [], Wire.field(3, "key-1"), Wire.field(2, 1),
      Wire.field(5, Wire.field(1, 86_399) + Wire.field(2, 123_456_789)),
    ]
    var stream: UInt32 = 1
    for option in options {
      for tree in [nothing, Self.published] {
        let answer = try connection.call(
          Self.execute(stream, context, by: tree, player: "p-\(stream)", options: option))
        #expect(answer.code == (option == options[1] && tree == Self.published ? 9 : 0))
        stream += 2
      }
    }
    #expect(try daemon.stop() == 0)
    try write(
      #"{"type":"Condition","parameters":{"expression":"level > 9"},"trueAction":\#(text)}"#,
      to: "nothing.json")
    let result = try replay(daemon.statePath, ["--all", "--tree", folder.path("nothing.json")])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains(": 7 agree, 0 disagree, 0 "), "\(result.output)")
  }

  @Test func `names every sub-tree, however many there are`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--audit-context", "full"])
    let names = (0..<60).map { "bonus-\($0)-" + String(repeating: "n", count: 40) }
    try write(#"{"type":"GrantBonus","parameters":{"amount":1}}"#, to: "bonus.json")
    for name in names { try publish(name, "bonus", to: daemon) }
    let nodes = names.map { #"{"type":"SubTree","parameters":{"treeId":"\#($0)"}}"# }
    try write(
      #"{"type":"Sequence","actions":[\#(nodes.joined(separator: ","))]}"#, to: "all.json")
    try publish("winback", "all", to: daemon)
    let connection = try RawConnection(path: daemon.socketPath)
    #expect(try connection.call(Self.execute(1, Self.json("{}"), player: "p")).code == 0)
    #expect(try daemon.stop() == 0)
    let record = try #require(try AuditFile(of: daemon.statePath).records().first)
    #expect(
      record["sub_trees"] as? String == names.map { $0 + "@1" }.joined(separator: " "))
    let result = try replay(daemon.statePath)
    #expect(result.status == 0, "\(result.output)")
  }

  @Test func `is not replayed by trees of the same names that are others`() throws {
    let daemon = try daemon("--audit-context", "full")
    let connection = try RawConnection(path: daemon.socketPath)
    let request = Self.execute(1, Self.json(Self.context("Silver")), player: "p")
    #expect(try connection.call(request).code == 0)
    #expect(try daemon.stop() == 0)
    for (tree, file, reason) in [
      ("vip", "vip2", "SUB_TREES_DIFFER"), ("winback", "text", "TREE_DIFFERS"),
      ("none", "text", "UNKNOWN_VERSION"),
    ] {
      let other = try DaemonProcess(workers: 1)
      try publish("text", "text", to: other)
      if reason != "UNKNOWN_VERSION" {
        try publish("vip", tree == "vip" ? file : "vip", to: other)
        try publish("winback", tree == "winback" ? file : "winback", to: other)
      }
      #expect(try other.stop() == 0)
      let result = try smartflow([
        "audit", "replay", daemon.statePath + "/audit", "--all", "--json", "--state-directory",
        other.statePath,
      ])
      #expect(result.status == (reason == "UNKNOWN_VERSION" ? 66 : 65))
      #expect(result.output.contains(reason), "\(result.output)")
    }
  }

  @Test func `is recorded with as much of its context as is configured`() throws {
    let large = Self.context("Gold", more: #","more":"\#(String(repeating: "x", count: 200_000))""#)
    for (what, members) in [
      ("off", []), ("digest", ["context_digest"]),
      ("full", ["context_bytes", "context_digest", "context_omitted"]),
    ] {
      let daemon = try daemon("--audit-context", what)
      let connection = try RawConnection(path: daemon.socketPath)
      #expect(
        try connection.call(Self.execute(1, Self.json(large), player: "p")).code == 0)
      #expect(try connection.call(Self.batch(3, [large, large])).code == 0)
      #expect(try daemon.stop() == 0)
      let records = try AuditFile(of: daemon.statePath).records()
      #expect(records.count == 3)
      #expect(Set(records.map { $0["context_digest"] as? String }).count == 1)
      let record = try #require(records.first)
      #expect(record.keys.filter { $0.hasPrefix("context") }.sorted() == members)
      try write(large, to: "large.json")
      let result = try smartflow([
        "audit", "replay", daemon.statePath + "/audit", "--sequence", "1", "--context",
        folder.path("large.json"),
      ])
      #expect(result.status == (what == "off" ? 66 : 0), "\(result.output)")
    }
  }

  @Test func `is replayed by the store of a daemon that runs, or ran until it was killed`() throws {
    let daemon = try daemon("--audit-context", "full", "--journal-sync-interval", "1ms")
    let connection = try RawConnection(path: daemon.socketPath)
    let answer = try connection.call(
      Self.execute(1, Self.json(Self.context("Silver")), player: "p"))
    #expect(answer.code == 0)
    let isThere = waitUntil(within: .seconds(10)) {
      (try? AuditFile(of: daemon.statePath).records().count) == 1
    }
    #expect(isThere)
    let audit = ["audit", "replay", daemon.statePath + "/audit", "--sequence", "1"]
    let inUse = try smartflow(audit)
    #expect(inUse.status == 69)
    #expect(inUse.errors.contains("ask that one with --endpoint"), "\(inUse.errors)")
    let asked = try smartflow(audit + ["--endpoint", "unix:" + daemon.adminSocketPath])
    #expect(asked.status == 0, "\(asked.output)\(asked.errors)")
    daemon.signal(SIGKILL)
    _ = try daemon.end()
    let alone = try smartflow(audit)
    #expect(alone.status == 0, "\(alone.output)\(alone.errors)")
    let other = try smartflow(audit + ["--state-directory", daemon.statePath])
    #expect(other.status == 0, "\(other.output)\(other.errors)")
  }
}
