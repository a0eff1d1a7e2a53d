import DecisionEngine
import Filtrex
import Foundation
import Hashes
import JSON
import Storage
import TestSupport
import Testing

private let tree =
  #"{"type":"Sequence","actions":[{"type":"Condition","parameters":{"expression":"now() < time(\"2026-12-01T00:00:00Z\")"},"trueAction":"#
  + #"{"type":"GrantBonus","id":"b","parameters":{"amount":"{{balance * 0.5}}"}}},"#
  + #"{"type":"SendSMS","parameters":{"phone":"{{phone}}","message":"{{name}}"}}]}"#

private let context = #"{"balance":10,"name":"Maria","phone":"+35621234567"}"#

/// Records as a worker writes them, each made of one that would be decided so, changed in one place.
@Suite struct `smartflow audit replay` {
  private let folder: TemporaryFolder
  private var directory: String { folder.path("audit") }
  private var publicKey: String { folder.path("audit.key.pub") }

  init() throws {
    folder = try TemporaryFolder()
    try write(tree, to: "tree.json")
    try write(context, to: "context.json")
  }

  private func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder.path(file)))
  }

  private static func digest(of text: String) throws -> String {
    var bytes: [UInt8] = []
    JSONWriter.appendCanonical(try JSONParser.parse(Array(text.utf8).span.bytes), to: &bytes)
    let digest = SHA256.digest(of: bytes.span.bytes)
    return Hexadecimal.text(digest.span)
  }

  /// The members of a record; `fuel` is what the tree takes for this context.
  private static func body(context members: String? = nil) throws -> String {
    #""time":"2026-11-27T10:00:01.000000Z","release":"0.1.0","worker":0,"execution_id":"e-1","#
      + #""tree_digest":"\#(try digest(of: tree))","player_id":"maria","now":"2026-11-27T10:00:00.000000Z","#
      + #""status":"COMPLETED","fuel_used":\#(try fuel()),"fuel_limit":1000000,"#
      + (try members ?? #""context_digest":"\#(digest(of: context))","context":\#(context),"#)
      + #""actions":[{"action_id":"a-1","type":"GrantBonus","path":"/actions/0/trueAction","node_id":"b","#
      + #""parameters":{"amount":5},"status":"ACCEPTED"},{"action_id":"a-2","type":"SendSMS","path":"/actions/1","#
      + #""parameters":{"phone":"+35621234567","message":"Maria"},"status":"ACCEPTED"}]"#
  }

  private static func fuel() throws -> Int {
    let compiled = Engine().compile(try JSONParser.parse(Array(tree.utf8).span.bytes)).tree
    let tree = try #require(compiled)
    var execution = Execution()
    execution.context = Context(
      .object([
        .init(name: "balance", value: .number(10)), .init(name: "name", value: .text("Maria")),
        .init(name: "phone", value: .text("+35621234567")),
      ]))
    execution.start(tree, inputs: ExecutionInputs(playerID: "maria", now: 1_795_773_600))
    var fuel = 1_000_000
    try #require(execution.run(tree, fuel: &fuel) == .finished)
    return execution.fuelUsed
  }

  /// Writes an audit of these records.
  private func record(_ bodies: String...) throws {
    var log = try AuditLog.open(
      directory, checkpoints: folder.path("checkpoints.jsonl"),
      key: try AuditKey(path: folder.path("audit.key")), at: 1)
    for body in bodies {
      _ = try log.append(body: Array(body.utf8)[...], recordID: nil, at: 1)
    }
    try log.commit(at: 1)
  }

  private func replay(
    _ arguments: String...
  ) throws -> (status: Int32, output: String, errors: String) {
    try smartflow(["audit", "replay", directory] + arguments)
  }

  /// Replays the first record with its tree, and gives the report.
  private func report(
    _ arguments: String...
  ) throws -> (status: Int32, report: [String: Any]) {
    let result = try smartflow(
      [
        "audit", "replay", directory, "--sequence", "1", "--tree", folder.path("tree.json"),
        "--json",
      ]
        + arguments)
    let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return (result.status, try #require(report as? [String: Any], "\(result.errors)"))
  }

  @Test func `agrees with what would be decided so again`() throws {
    try record(try Self.body())
    let (status, report) = try report()
    #expect(status == 0)
    #expect(report["verdict"] as? String == "AGREES")
    #expect(report["contextFrom"] as? String == "RECORD")
    let text = try replay("--execution", "e-1", "--tree", folder.path("tree.json"))
    #expect(text.status == 0)
    #expect(text.output.hasPrefix("record 1 agrees: tree "), "\(text.output)")
    #expect(text.output.contains("segment 1, line 2: fits"), "\(text.output)")
  }

  @Test(
    arguments: [
      (#""amount":5"#, #""amount":50"#, ["/actions/0/parameters/amount"]),
      (#""amount":5"#, #""amount":5,"more":1"#, ["/actions/0/parameters/more"]),
      (#""phone":"+35621234567","message""#, #""message""#, ["/actions/1/parameters/phone"]),
      (#""type":"GrantBonus""#, #""type":"SendEmail""#, ["/actions/0/type"]),
      (#""path":"/actions/1""#, #""path":"/actions/2""#, ["/actions/1/path"]),
      (#""node_id":"b""#, #""node_id":"c""#, ["/actions/0/node_id"]),
      (#""status":"ACCEPTED"}]"#, #""status":"FAILED"}]"#, ["/actions/1/status"]),
      (#""status":"COMPLETED""#, #""status":"PARTIALLY_COMPLETED""#, ["/status"]),
      (#""fuel_used":"#, #""fuel_used":1"#, ["/fuel_used"]),
      (#","status":"ACCEPTED"}]"#, #","status":"ACCEPTED"},{"type":"SendSMS"}]"#, ["/actions/2"]),
      (
        #""now":"2026-11-27"#, #""now":"2026-12-27"#,
        [
          "/actions/0/type", "/actions/0/path", "/actions/0/node_id",
          "/actions/0/parameters/amount",
          "/actions/0/parameters/message", "/actions/0/parameters/phone", "/actions/1",
          "/fuel_used",
        ]
      ),
      (#""fuel_limit":1000000"#, #""fuel_limit":3"#, nil),
    ] as [(String, String, [String]?)])
  func `names each place that is another`(what: String, by: String, places: [String]?) throws {
    try record(try Self.body().replacing(what, with: by))
    let (status, report) = try report()
    #expect(status == 1)
    #expect(report["verdict"] as? String == "DISAGREES")
    let differences = try #require(report["differences"] as? [[String: Any]])
    if let places {
      #expect(differences.compactMap { $0["place"] as? String } == places)
    } else {
      #expect(differences.first?["replayed"] as? String == "OUT_OF_FUEL")
    }
    let text = try replay("--sequence", "1", "--tree", folder.path("tree.json"))
    #expect(text.status == 1)
    #expect(text.output.hasPrefix("record 1 DISAGREES: "), "\(text.output)")
  }

  @Test(
    arguments: [
      (#""status":"COMPLETED""#, #""status":"DEADLINE_EXCEEDED""#, "NOT_REPEATABLE", Int32(66)),
      (#""status":"COMPLETED""#, #""status":"CANCELLED""#, "NOT_REPEATABLE", 66),
      (#""balance":10"#, #""balance":11"#, "CONTEXT_DIFFERS", 65),
      (#""context":{"#, #""context":[],"x":{"#, "MALFORMED_RECORD", 65),
      (#""now":"2026-11-27T"#, #""now":"2026-11-31T"#, "MALFORMED_RECORD", 65),
      (#""player_id":"#, #""sub_trees":"vip@1","player_id":"#, "NO_TREE_STORE", 66),
      (#""player_id":"#, #""sub_trees":"vip@0","player_id":"#, "MALFORMED_RECORD", 65),
      (#""player_id":"#, #""sub_trees_digest":"00","player_id":"#, "SUB_TREES_DIFFER", 65),
    ])
  func `says why it can't be replayed`(
    what: String, by: String, reason: String, status: Int32
  ) throws {
    try record(try Self.body().replacing(what, with: by))
    let (exit, report) = try report()
    #expect(report["reason"] as? String == reason)
    #expect(report["verdict"] as? String == "NOT_REPLAYED")
    #expect(exit == status)
  }

  @Test(
    arguments: [
      ("", "CONTEXT_NOT_RECORDED"), (#""context_digest":"D","#, "CONTEXT_BY_DIGEST"),
      (
        #""context_digest":"D","context_omitted":"TOO_LARGE","context_bytes":20000,"#,
        "CONTEXT_TOO_LARGE"
      ), (#""context_digest":"D","context_omitted":"NOT_JSON","#, "CONTEXT_NOT_JSON"),
      (
        #""masked":["phone"],"context_digest":"D","context":{"balance":10,"name":"Maria","phone":"***"},"#,
        "CONTEXT_MASKED"
      ),
    ])
  func `wants a context that the record does not hold`(members: String, reason: String) throws {
    let members = members.replacing(#""D""#, with: #""\#(try Self.digest(of: context))""#)
    try record(try Self.body(context: members))
    let (status, report) = try report()
    #expect(status == 66)
    #expect(report["reason"] as? String == reason)
  }

  @Test func `takes a context of the recorded digest, and refuses another`() throws {
    try record(
      try Self.body(context: #""context_digest":"\#(try Self.digest(of: context))","#))
    let given = try report("--context", folder.path("context.json"))
    #expect(given.status == 0)
    #expect(given.report["contextFrom"] as? String == "FILE")
    for change in ["name=Mario", "more=1", "balance=10.000001"] {
      let other = try report("--context", folder.path("context.json"), "--set", change)
      #expect(other.status == 65)
      #expect(other.report["reason"] as? String == "CONTEXT_DIFFERS")
    }
  }

  @Test func `refuses a context that is given where the record has another`() throws {
    try record(try Self.body())
    let other = try report("--context", folder.path("context.json"), "--set", "balance=11")
    #expect(other.status == 65)
    #expect(other.report["reason"] as? String == "CONTEXT_DIFFERS")
  }

  @Test func `compares masked parameters as masked, with what is masked given`() throws {
    let body = try Self.body(
      context: #""masked":["phone"],"context_digest":"\#(try Self.digest(of: context))","#
        + #""context":{"balance":10,"name":"Maria","phone":"***"},"#
    ).replacing(#""parameters":{"phone":"+35621234567""#, with: #""parameters":{"phone":"***""#)
    try record(body)
    let (status, report) = try report("--set", #"phone="+35621234567""#)
    #expect(status == 0)
    #expect(report["masked"] as? [String] == ["phone"])
    let other = try self.report("--set", #"phone="+35621234568""#)
    #expect(other.status == 65)
    let text = try replay(
      "--sequence", "1", "--tree", folder.path("tree.json"), "--context",
      folder.path("context.json"))
    #expect(text.output.contains("masked in the record, and so not compared: phone"))
  }

  @Test func `wants a tree that came with its call, and refuses another`() throws {
    try record(try Self.body())
    let without = try replay("--sequence", "1")
    #expect(without.status == 66)
    #expect(without.output.contains("give its file with --tree"), "\(without.output)")
    try write(tree.replacing("0.5", with: "0.6"), to: "other.json")
    let other = try replay("--sequence", "1", "--tree", folder.path("other.json"))
    #expect(other.status == 65)
    #expect(other.output.contains("another tree than the one that was run"), "\(other.output)")
    let both = try replay(
      "--all", "--tree", folder.path("other.json"), "--tree", folder.path("tree.json"))
    #expect(both.status == 0)
  }

  @Test func `wants a place of published trees`() throws {
    try record(
      try Self.body().replacing(
        #""player_id""#, with: #""tree_id":"winback","tree_version":3,"player_id""#))
    let result = try replay("--sequence", "1")
    #expect(result.status == 66)
    #expect(result.output.contains("where `winback@3` is"), "\(result.output)")
    let none = try replay("--sequence", "1", "--state-directory", folder.path("none"))
    #expect(none.status == 66)
    #expect(none.errors.contains("can't be used"), "\(none.errors)")
  }

  @Test func `replays many, finds their contexts by digest, and says how many came to what`() throws
  {
    let digest = #""context_digest":"\#(try Self.digest(of: context))","#
    let body = try Self.body(context: digest)
    try record(
      body, #""event":"record_refused""#, body.replacing("e-1", with: "e-2"),
      body.replacing(#""amount":5"#, with: #""amount":6"#), try Self.body(context: ""))
    try write("{}\n\(context)\n{\"a\":1}\n", to: "contexts.jsonl")
    let arguments = [
      "--contexts", folder.path("contexts.jsonl"), "--tree", folder.path("tree.json"),
    ]
    let all = try smartflow(["audit", "replay", directory, "--all"] + arguments)
    #expect(all.status == 1)
    #expect(
      all.output.hasSuffix("4 decisions: 2 agree, 1 disagree, 1 can't be replayed\n"),
      "\(all.output)")
    let one = try smartflow(["audit", "replay", directory, "--execution", "e-2"] + arguments)
    #expect(one.status == 0)
    let lines = try smartflow(["audit", "replay", directory, "--all", "--json"] + arguments)
    #expect(lines.output.split(separator: "\n").count == 4)
  }

  @Test(
    arguments: [
      (["--from", "2026-11-27T10:00:01Z"], 1), (["--from", "2026-11-27T10:00:02Z"], 0),
      (["--to", "2026-11-27T10:00:01Z"], 0), (["--to", "2026-11-27T10:00:02Z"], 1),
      (["--from", "2026-11-27T00:00:00Z", "--to", "2026-11-28T00:00:00Z"], 1),
    ])
  func `takes those of a span of time`(span: [String], count: Int) throws {
    try record(try Self.body())
    let result = try smartflow(
      ["audit", "replay", directory, "--json", "--tree", folder.path("tree.json")] + span)
    #expect(result.output.split(separator: "\n").count == count)
    #expect(result.status == (count == 0 ? 66 : 0))
  }

  @Test func `says that a line does not fit its neighbours, whatever it holds`() throws {
    try record(try Self.body(), try Self.body(), try Self.body())
    let segment = URL(filePath: directory + "/000001.jsonl")
    var lines = try String(contentsOf: segment, encoding: .utf8).split(separator: "\n").map {
      String($0)
    }
    lines[2] = lines[2].replacing(#""worker":0"#, with: #""worker":1"#)
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: segment)
    let tree = ["--tree", folder.path("tree.json")]
    let changed = try smartflow(["audit", "replay", directory, "--sequence", "2"] + tree)
    #expect(changed.status == 1)
    #expect(changed.output.contains("record 2 agrees"), "\(changed.output)")
    #expect(changed.output.contains("IS NOT what the next line knows"), "\(changed.output)")
    let next = try smartflow(["audit", "replay", directory, "--sequence", "3"] + tree)
    #expect(next.output.contains("DOES NOT FOLLOW the line before it"), "\(next.output)")
    #expect(try smartflow(["audit", "replay", directory, "--sequence", "1"] + tree).status == 0)
  }

  @Test func `wants to be told which records, and finds them`() throws {
    try record(#""event":"record_refused""#)
    #expect(try replay().status == 64)
    #expect(try replay("--all", "--sequence", "1").status == 64)
    #expect(try replay("--all", "--endpoint", "unix:a", "--state-directory", "b").status == 64)
    #expect(try replay("--sequence", "1").status == 66)
    #expect(try replay("--sequence", "2").status == 66)
    #expect(try replay("--all").status == 66)
    #expect(try smartflow(["audit", "replay", folder.path("none"), "--all"]).status == 66)
  }
}
