import Foundation
import TestSupport
import Testing

private let maria = Project.file("contrib/examples/maria.json").path
private let campaign = Project.file("contrib/examples/campaign.json").path

private func tree(_ name: String) -> String {
  Project.file("Tests/SmartFlowCommandTests/Drawings/\(name).json").path
}

/// The properties of a player for whom all of the campaign can be decided.
private let gold = [
  "--player", "maria", "--set", "tier=Gold", "--set", "daysInactive=7", "--set",
  #"wallet={"cash":432.5}"#, "--set", "name=Maria", "--set", "phone=+35621234567", "--set",
  "email=maria@example.com",
]

/// `smartflow explain`, on a terminal of a known width.
private func explain(
  _ arguments: [String], columns: Int = 100, locale: String = "C.UTF-8", endpoint: String? = nil
) throws -> (status: Int32, output: String, errors: String) {
  try smartflow(
    ["explain"] + arguments, endpoint: endpoint,
    variables: ["COLUMNS": "\(columns)", "LC_ALL": locale])
}

/// A drawing without what differs from run to run, and without bounds, which are the language's to say.
private func masked(_ drawing: String) -> String {
  drawing.replacing(#/\ +[0-9]+(?:\.[0-9])?\ (?:ns|µs|us|ms|s)(?=[\ ,\n])/#, with: " TIME")
    .replacing(#/of at most [0-9]+(?:,[0-9]{3})*/#, with: "of at most BOUND")
}

private func object(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

/// A drawing that stands in `Drawings`, and what makes it.
struct Drawing: Sendable, CustomTestStringConvertible {
  var name: String
  var arguments: [String]
  var columns = 100
  var locale = "C.UTF-8"
  var status: Int32 = 0

  var testDescription: String { name }

  static let all = [
    Drawing(name: "maria", arguments: [maria, "--player", "maria", "--set", "daysInactive=7"]),
    Drawing(name: "maria-failing", arguments: [maria, "--player", "maria"], status: 65),
    Drawing(name: "campaign", arguments: [campaign] + gold),
    Drawing(name: "campaign-all", arguments: [campaign] + gold + ["--all"]),
    Drawing(name: "campaign-ascii", arguments: [campaign] + gold, columns: 60, locale: "C"),
    Drawing(
      name: "campaign-ascii", arguments: [campaign] + gold + ["--ascii"], columns: 60),
    Drawing(
      name: "campaign-failing", arguments: [campaign] + gold + ["--set", "wallet=5"], status: 1),
    Drawing(
      name: "campaign-fuel", arguments: [campaign] + gold + ["--fuel-limit", "60"], status: 65),
    Drawing(
      name: "stops", arguments: [tree("stops"), "--set", "country=MT", "--set", "balance=-1"],
      status: 1),
    Drawing(name: "stops-split", arguments: [tree("stops"), "--set", "country=true"], status: 1),
    Drawing(name: "cases", arguments: [tree("cases"), "--set", "n=20"]),
    Drawing(name: "cases-none", arguments: [tree("cases"), "--set", "n=0"]),
    Drawing(name: "deep", arguments: [tree("deep"), "--set", "level=99"], columns: 60),
    Drawing(
      name: "wide",
      arguments: [
        tree("wide"), "--set", "country=日本", "--set", "name=山田太郎", "--set", "note=\u{1B}[31mx",
        "--set", "phone=+35621234567",
      ]),
    Drawing(
      name: "wide-failing",
      arguments: [tree("wide"), "--set", "country=Malta", "--set", "balance=1"],
      status: 65),
    Drawing(name: "bytecode", arguments: ["--bytecode", campaign]),
    Drawing(
      name: "bytecode-expression",
      arguments: [
        "--bytecode", "--expression",
        #"daysInactive > 5 and tier in ("Gold", x) or lower(name) + "!" != "x\"y""#,
      ]),
  ]
}

@Suite struct `smartflow explain` {
  @Test(arguments: Drawing.all)
  func `draws`(drawing: Drawing) throws {
    let expected = try String(
      contentsOf: Project.file("Tests/SmartFlowCommandTests/Drawings/\(drawing.name).txt"),
      encoding: .utf8)
    let result = try explain(
      drawing.arguments, columns: drawing.columns, locale: drawing.locale)
    #expect(masked(result.output) == expected, "\(masked(result.output))\n\(result.errors)")
    #expect(result.status == drawing.status, "\(result.errors)")
    #expect((drawing.status == 0) == result.errors.isEmpty, "\(result.errors)")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
  func `has colour on a terminal, unless NO_COLOR is set, and the same words`() throws {
    let program = try DaemonProcess.programFolder().appending(path: "smartflow").path
    func draw(_ variables: [String: String]) throws -> String {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/script")
      process.arguments = [
        "-qec", "'\(program)' explain '\(maria)' --set daysInactive=7", "/dev/null",
      ]
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["LC_ALL": "C.UTF-8", "TERM": "xterm", "COLUMNS": "100", "NO_COLOR": ""].merging(
          variables
        ) { $1 }
      ) { $1 }
      let output = Pipe()
      process.standardOutput = output
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return String(decoding: text, as: UTF8.self).replacing("\r\n", with: "\n")
    }
    let colored = try draw([:])
    #expect(colored.contains("\u{1B}[32m✓\u{1B}[0m"), "\(colored)")
    let bare = masked(colored.replacing(#/\x1B\[[0-9]+m/#, with: ""))
    for variables in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
      let plain = try draw(variables)
      #expect(!plain.contains("\u{1B}"), "\(plain)")
      #expect(masked(plain) == bare)
    }
  }

  @Test func `lets no control character of a tree or a context reach the terminal`() throws {
    let json = #"""
      {"type":"Condition","name":"\u001b[2J\u0007","id":"x","parameters":{"expression":"note == \"\u001b]0;x\u0007\u202e\""},
       "trueAction":{"type":"GrantBonus","parameters":{"amount":1,"reason":"{{note}}"}}}
      """#
    for note in ["\u{1B}]0;x\u{7}\u{202E}", "\u{9B}31m", "\u{2028}"] {
      let result = try smartflow(
        ["explain", "-", "--all", "--set", "note=\(note)"], input: json,
        variables: ["LC_ALL": "C.UTF-8"])
      let controls = result.output.unicodeScalars.filter {
        $0.properties.generalCategory == .control && $0 != "\n" || $0 == "\u{202E}"
          || $0 == "\u{2028}"
      }
      #expect(controls.isEmpty, "\(result.output)")
      #expect(result.output.contains("✓ Condition"), "\(result.output)\(result.errors)")
    }
  }

  @Test func `draws no more of a huge tree than a person reads, unless all is wanted`() throws {
    func list(_ count: Int, _ element: String) -> String {
      "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
    }
    let branch =
      #"{"expression":"n > 5","action":{"type":"Condition","parameters":{"expression":"n > 5"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}}"#
    let choice = #"{"type":"Switch","cases":\#(list(20, branch))}"#
    let inner = #"{"type":"Sequence","actions":\#(list(80, choice))}"#
    let json =
      #"{"type":"Condition","parameters":{"expression":"n < 9"},"trueAction":{"type":"Sequence","actions":\#(list(3, inner))}}"#
    func draw(_ n: Int, _ arguments: [String] = []) throws -> (lines: Int, output: String) {
      let result = try smartflow(
        ["explain", "-", "--set", "n=\(n)"] + arguments, input: json,
        variables: ["LC_ALL": "C.UTF-8"])
      #expect(result.status == 0, "\(result.errors)")
      return (result.output.count { $0 == "\n" }, result.output)
    }
    let untaken = try draw(9)
    #expect(untaken.lines < 10)
    #expect(untaken.output.contains("· true: Sequence, 9,844 nodes"), "\(untaken.output)")
    let taken = try draw(1)
    #expect((1_000..<2_000).contains(taken.lines))
    #expect(taken.output.contains("are not drawn: --all draws them"))
    #expect(try draw(1, ["--all"]).lines > 10_000)
  }

  @Test func `says where the mistakes of a tree are, and explains nothing`() throws {
    let result = try smartflow(["explain", "-"], input: #"{"type":"Condition"}"#)
    #expect(result.status == 65)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("MISSING_PARAMETER"), "\(result.errors)")
  }

  @Test(arguments: [
    [], [maria, "--expression", "1"], ["--expression", "1"], ["--instruction-set", maria],
    ["--instruction-set", "--json"], ["-", "--context", "-"], [maria, "--fuel-limit", "0"],
    [maria, "--now", "yesterday"],
    [maria, "--fuel-limit", "9", "--endpoint", "unix:s"],
  ])
  func `refuses a wrong command line`(arguments: [String]) throws {
    #expect(try explain(arguments).status == 64)
  }

  @Test func `takes the instant as seconds and as a time`() throws {
    let json =
      #"{"type":"Condition","parameters":{"expression":"daysSince(\"2026-11-20T10:00:00Z\") == 4"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}"#
    for now in ["2026-11-24T10:00:00Z", "2026-11-24T11:00:00+01:00", "1795514400"] {
      let result = try smartflow(["explain", "-", "--now", now, "--json"], input: json)
      #expect((try object(result.output)["actions"] as? [Any])?.count == 1, "\(now)")
    }
  }

  @Test func `shows what every instruction and function is and costs`() throws {
    let result = try explain(["--instruction-set"])
    #expect(result.status == 0)
    #expect(result.output.contains("| `property-greater` |"))
    #expect(result.output.contains("| `lower(text)` | text | bytes/2 + made/16 |"))
  }

  @Test func `says where an expression does not compile`() throws {
    let result = try explain(["--bytecode", "--expression", "a >"])
    #expect(result.status == 65)
    #expect(result.errors.contains("a >\n     ^"), "\(result.errors)")
  }
}

@Suite struct `smartflow explain --json` {
  @Test func `is one object with the tree in it`() throws {
    let answer = try object(try explain([campaign] + gold + ["--json"]).output)
    #expect(answer["status"] as? String == "COMPLETED")
    #expect(answer["decidedBy"] as? String == "engine")
    #expect(answer["playerId"] as? String == "maria")
    #expect((answer["treeDigest"] as? String)?.count == 64)
    #expect(answer["error"] == nil)
    #expect(answer["omittedSteps"] as? Int == 0)
    #expect((answer["elapsedNanoseconds"] as? Int ?? 0) > 0)
    let (used, bound) = (answer["fuelUsed"] as? Int ?? 0, answer["fuelBound"] as? Int ?? 0)
    #expect(used > 100 && used <= bound)
    let actions = try #require(answer["actions"] as? [[String: Any]])
    #expect(actions.map { $0["type"] as? String } == ["GrantBonus", "SendSMS"])
    #expect(actions.allSatisfy { $0["status"] as? String == "NOT_PERFORMED" })
    #expect((actions[0]["parameters"] as? [String: Any])?["amount"] as? Double == 43)

    let root = try #require(answer["tree"] as? [String: Any])
    let children = try #require(root["children"] as? [[String: Any]])
    #expect(children.map { $0["path"] as? String } == ["/actions/0", "/actions/1"])
    let cases = try #require(children[0]["children"] as? [[String: Any]])
    #expect(cases.map { $0["taken"] as? Bool } == [false, true, false, false])
    #expect(cases.map { $0["edge"] as? String } == ["cases", "cases", "cases", "defaultAction"])
    let steps = try #require(children[0]["steps"] as? [[String: Any]])
    #expect(steps.map { $0["result"] as? Bool } == [false, true])
    #expect(
      steps.map { $0["expressionPath"] as? String } == [
        "/actions/0/cases/0/expression", "/actions/0/cases/1/expression",
      ])
    let reads = try #require(steps[0]["reads"] as? [[String: Any]])
    // The wallet stands behind an `and` that was decided before it.
    #expect(reads.count == 1)
    #expect(reads.first?["name"] as? String == "tier")
    #expect(reads.first?["value"] as? String == "Gold")
    #expect(steps.allSatisfy { ($0["elapsedNanoseconds"] as? Int ?? 0) > 0 })
    let split = try #require((children[1]["steps"] as? [[String: Any]])?.first)
    #expect((split["split"] as? [String: Any])?["share"] as? Int == 0)
  }

  @Test func `names what failed, with its place`() throws {
    let result = try explain([maria, "--json"])
    #expect(result.status == 65)
    let answer = try object(result.output)
    #expect(answer["status"] as? String == "FAILED")
    let error = try #require(answer["error"] as? [String: Any])
    #expect(error["status"] as? String == "FAILED_PRECONDITION")
    #expect(error["reason"] as? String == "UNKNOWN_PROPERTY")
    #expect(error["start"] as? Int == 0 && error["end"] as? Int == 12)
    let steps = (answer["tree"] as? [String: Any])?["steps"] as? [[String: Any]]
    let reads = steps?.first?["reads"] as? [[String: Any]]
    #expect(reads?.first?["missing"] as? Bool == true)
  }

  @Test func `lists the instructions of every expression`() throws {
    let result = try explain(["--bytecode", "--json", campaign])
    let list = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(list.count == 14)
    #expect(list[0]["path"] as? String == "/actions/0/cases/0/expression")
    let first = try #require((list[0]["instructions"] as? [[String: Any]])?.first)
    #expect(first["opcode"] as? String == "property-equal")
    #expect(first["operands"] as? [String] == ["`tier`", "\"Platinum\""])
    #expect(first["fuel"] as? String == "1 + bytes/16")
  }
}

@Suite struct `smartflow explain with a daemon` {
  private let daemon: DaemonProcess
  private var endpoint: [String] {
    ["--endpoint", "unix://" + daemon.socketPath, "--timeout", "5s"]
  }

  init() throws {
    daemon = try DaemonProcess(workers: 1, arguments: ["--fuel-limit", "1000000000"])
  }

  @Test(
    arguments: [
      ([campaign] + gold, 0), ([campaign] + gold + ["--set", "wallet=5"], 1), ([maria], 65),
      ([tree("stops"), "--set", "country=true"], 1),
    ] as [([String], Int32)])
  func `draws the same as without one`(arguments: [String], status: Int32) throws {
    let here = try explain(arguments)
    let there = try explain(arguments + endpoint)
    #expect(there.status == status, "\(there.errors)")
    // The daemon's has its name at the end.
    var lines = masked(there.output).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.contains { $0.contains("execution ") }, "\(there.output)")
    lines.removeAll { $0.hasPrefix("execution ") }
    #expect(lines.joined(separator: "\n") == masked(here.output), "\(there.output)")
    #expect(here.errors == there.errors)
  }

  @Test func `asks none unless it is told to`() throws {
    let result = try explain(
      [maria, "--set", "daysInactive=7", "--json"], endpoint: "unix:///nowhere/s.sock")
    #expect(try object(result.output)["decidedBy"] as? String == "engine")
    let asked = try explain([maria, "--set", "daysInactive=7", "--json"] + endpoint)
    let answer = try object(asked.output)
    #expect(answer["decidedBy"] as? String == "daemon")
    #expect((answer["executionId"] as? String)?.count == 36)
    #expect(
      try explain([maria, "--endpoint", "unix://" + daemon.folder.path("none.sock")]).status == 69)
  }

  @Test func `performs nothing`() throws {
    #expect(try explain([maria, "--set", "daysInactive=7"] + endpoint).status == 0)
    #expect(!daemon.log().contains(#""event":"action""#), "\(daemon.log())")
  }

  @Test func `tells of a deadline where the decision stood`() throws {
    let list = (0..<4_900).map { "\($0)" }.joined(separator: ",")
    let context = daemon.folder.path("context.json")
    try Data(#"{"n":1,"many":[\#(list)]}"#.utf8).write(to: URL(filePath: context))
    let slow = daemon.folder.path("slow.json")
    let heavy = Array(repeating: "many in many", count: 20).joined(separator: " and ")
    try Data(
      #"{"type":"Sequence","actions":[{"type":"Condition","parameters":{"expression":"n > 0"},"falseAction":{"type":"GrantBonus","parameters":{"amount":1}}},{"type":"Condition","parameters":{"expression":"\#(heavy)"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}]}"#
        .utf8
    ).write(to: URL(filePath: slow))
    let result = try explain(
      [
        slow, "--context", context, "--endpoint", "unix://" + daemon.socketPath, "--timeout",
        "300ms",
      ])
    #expect(result.status == 75, "\(result.errors)")
    #expect(result.output.contains("n > 0 → true"), "\(result.output)")
    #expect(result.output.contains("→ stopped in the middle"), "\(result.output)")
    #expect(result.output.contains("DEADLINE_EXCEEDED: the deadline passed"), "\(result.output)")
  }

  @Test func `reads the same in what execute traces`() throws {
    let people = try smartflow(["execute", campaign, "--trace"] + gold + endpoint)
    #expect(
      people.output.contains(
        #/trace /actions/0: tier in .* → true  \(6 fuel, [0-9.]+ (?:ns|µs|ms); tier = "Gold"\)/#),
      "\(people.output)")
    let programs = try object(
      try smartflow(["execute", campaign, "--trace", "--json"] + gold + endpoint).output)
    let trace = try #require(programs["trace"] as? [[String: Any]])
    let reads = try #require(trace.first?["reads"] as? [[String: Any]])
    #expect(reads.first?["value"] as? String == "Gold")
    #expect((trace.first?["elapsedNanoseconds"] as? Int ?? 0) > 0)
  }
}
