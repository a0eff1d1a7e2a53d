import Foundation
import TestSupport
import Testing

@Suite struct `smartflow eval` {
  @Test func `prints a value`() throws {
    let result = try smartflow(["eval", "1 + 2 * a", "--set", "a=3"])
    #expect(result.status == 0)
    #expect(result.output == "7\n")
  }

  @Test func `points under every mistake of an expression`() throws {
    let result = try smartflow(["eval", "foo(1) + bar(2)"])
    #expect(result.status == 65)
    #expect(result.errors.contains("  foo(1) + bar(2)\n  ^^^"), "\(result.errors)")
    #expect(result.errors.contains("  foo(1) + bar(2)\n           ^^^"), "\(result.errors)")
  }

  @Test func `answers each line of a batch with a line`() throws {
    let lines = [
      #"{"expression":"a + 1","context":{"a":1}}"#, #"{"expression":"0 / 0"}"#,
      #"{"expression":"b","context":{}}"#, #"{"expression":"1 +"}"#, "nonsense",
    ]
    let result = try smartflow(["eval", "--batch"], input: lines.joined(separator: "\n") + "\n")
    let answers = try result.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(answers.count == 5)
    #expect(answers[0]["value"] as? Double == 2)
    #expect((answers[1]["value"] as? [String: String])?["$number"] == "NaN")
    #expect(answers[2]["error"] as? String == "UNKNOWN_PROPERTY")
    #expect(answers[2]["property"] as? String == "b")
    #expect(answers[3]["error"] as? String == "SYNTAX")
    #expect(answers[4]["error"] as? String == "BAD_LINE")
    #expect(result.status == 65)
  }
}

@Suite struct `smartflow schema` {
  @Test func `prints one JSON value, the same each time, and nothing else`() throws {
    let result = try smartflow(["schema"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    #expect((schema["$defs"] as? [String: Any])?["SendSMS"] != nil)
    #expect(result.output.hasSuffix("}\n"))
    #expect(try smartflow(["schema"]).output == result.output)
  }

  @Test func `takes no arguments`() throws {
    #expect(try smartflow(["schema", "tree.json"]).status == 64)
  }
}

@Suite struct `smartflow validate` {
  @Test func `shows what is missing at the place where it should be`() throws {
    let tree = "{\n \"type\": \"Sequence\", \"actions\": [\n  { \"type\": \"SendSMS\" } ] }"
    let result = try smartflow(["validate", "-"], input: tree)
    #expect(result.status == 65)
    #expect(result.errors.contains("standard input:3:3: error:"), "\(result.errors)")
  }

  @Test func `shows each mistake at its place in the file`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("tree.json")
    let tree = """
      {
        "type": "Condition",
        "parameters": { "expression": "daysInactive >> 5" },
        "trueAction": { "type": "SendSms", "parameters": {} }
      }
      """
    try Data(tree.utf8).write(to: URL(filePath: path))
    let result = try smartflow(["validate", path])
    #expect(result.status == 65)
    #expect(result.errors.contains("\(path):3:33: error:"), "\(result.errors)")
    #expect(result.errors.contains("did you mean `SendSMS`?"), "\(result.errors)")
    // What the action lacks is said in the same run, though its name has to be mended first.
    #expect(result.errors.contains("\(path):4:52: error:"), "\(result.errors)")
    #expect(result.errors.contains("4 errors"), "\(result.errors)")
  }

  @Test func `names what a sound tree reads`() throws {
    let result = try smartflow(
      ["validate", "-", "--json"],
      input: #"{"type":"GrantBonus","parameters":{"amount":"{{balance * 0.1}}"}}"#)
    #expect(result.status == 0)
    #expect(result.output.contains(#""balance""#))
  }

  private static let lateTree =
    #"{"type":"Condition","parameters":{"expression":"daysInactive > \"5\" or daysInactiv > 5"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}"#
  private static let schema =
    #"{"type":"object","required":["daysInactive"],"properties":{"daysInactive":{"type":"integer"}}}"#

  @Test func `checks types and names by the schema of the context`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("schema.json")
    try Data(Self.schema.utf8).write(to: URL(filePath: path))
    let arguments = ["validate", "-", "--context-schema", path]
    let result = try smartflow(arguments, input: Self.lateTree)
    // Warnings keep no tree from running.
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("standard input is valid"))
    #expect(
      result.errors.contains(
        """
        write `5` without quotes [UNEXPECTED_TYPE]
          at /parameters/expression
          daysInactive > "5" or daysInactiv > 5
                         ^^^
        """), "\(result.errors)")
    #expect(result.errors.contains("did you mean `daysInactive`? [UNKNOWN_PROPERTY]"))
    let json = try smartflow(arguments + ["--json"], input: Self.lateTree)
    #expect(json.output.contains(#""code": "UNKNOWN_PROPERTY""#), "\(json.output)")
    #expect(json.errors.isEmpty)
  }

  @Test func `takes warnings for a no where that is asked for, and notes for none`() throws {
    let strict = try smartflow(["validate", "-", "--strict"], input: Self.lateTree)
    #expect(strict.status == 1)
    #expect(strict.errors.contains("standard input has 1 warning"), "\(strict.errors)")
    let superfluous = Self.lateTree.replacing(
      #"daysInactive > \"5\" or daysInactiv > 5"#, with: "x > 5 and x > 3")
    let noted = try smartflow(["validate", "-", "--strict"], input: superfluous)
    #expect(noted.errors.contains("note: `x > 3` is always true here"), "\(noted.errors)")
    #expect(noted.status == 0)
  }

  @Test func `shows a mistake of the schema at its place in its file`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("schema.json")
    let schema = """
      {
        "type": "object",
        "properties": { "level": { "minimum": "5" } }
      }
      """
    try Data(schema.utf8).write(to: URL(filePath: path))
    let result = try smartflow(
      ["validate", "-", "--context-schema", path], input: Self.lateTree)
    #expect(result.status == 65)
    #expect(
      result.errors.contains("\(path):3:41: error: `minimum` is a number"), "\(result.errors)")
    #expect(result.errors.contains("at /properties/level/minimum"))
    #expect(try smartflow(["validate", "-", "--context-schema", "-"]).status == 64)
  }

  @Test func `says that a file is not there, and of what is no JSON where it breaks`() throws {
    #expect(try smartflow(["validate", "/nowhere/tree.json"]).status == 66)
    let broken = try smartflow(["validate", "-"], input: "{\n  \"type\": }")
    #expect(broken.status == 65)
    #expect(broken.errors.contains("standard input:2:11"), "\(broken.errors)")
  }
}

@Suite struct `smartflow with a daemon` {
  private let daemon: DaemonProcess
  private var endpoint: String { "unix://" + daemon.socketPath }

  init() throws { daemon = try DaemonProcess(workers: 1) }

  private var maria: String { Project.file("contrib/examples/maria.json").path }

  @Test func `executes a tree for people and for programs`() throws {
    let people = try smartflow(
      ["execute", maria, "--set", "daysInactive=7", "--timeout", "5s"], endpoint: endpoint)
    #expect(people.status == 0, "\(people.errors)")
    #expect(people.output.contains("SendSMS  accepted  at /trueAction"))
    let programs = try smartflow(
      [
        "execute", maria, "--set", "daysInactive=1", "--json", "--dry-run", "--trace", "--timeout",
        "5s",
      ],
      endpoint: endpoint)
    let answer = try #require(
      try JSONSerialization.jsonObject(with: Data(programs.output.utf8)) as? [String: Any])
    #expect(answer["status"] as? String == "DRY_RUN")
    #expect((answer["trace"] as? [Any])?.count == 1)
  }

  @Test func `executes once what has an idempotency key, and says what is replayed`() throws {
    func execute(_ more: String...) throws -> (status: Int32, output: String, errors: String) {
      try smartflow(
        ["execute", maria, "--set", "daysInactive=7", "--idempotency-key", "k", "--timeout", "5s"]
          + more, endpoint: endpoint)
    }
    let first = try execute("--json")
    #expect(first.status == 0, "\(first.errors)")
    let again = try execute("--json")
    let answers = try [first, again].map {
      try #require(
        try JSONSerialization.jsonObject(with: Data($0.output.utf8)) as? [String: Any])
    }
    #expect(answers.map { $0["replayed"] as? Bool } == [false, true])
    #expect(answers[0]["executionId"] as? String == answers[1]["executionId"] as? String)
    let people = try execute()
    #expect(people.output.contains("; replayed: this is the answer to the first call\n"))
    let other = try execute("--player", "somebody else")
    #expect(other.status == 65)
    #expect(other.errors.contains("IDEMPOTENCY_KEY_REUSED"), "\(other.errors)")
    let dry = try execute("--dry-run", "--json")
    #expect(dry.output.contains(#""replayed": false"#), "\(dry.output)")
  }

  @Test func `tells what the context lacks`() throws {
    let result = try smartflow(["execute", maria, "--timeout", "5s"], endpoint: endpoint)
    #expect(result.status == 65)
    #expect(result.errors.contains("UNKNOWN_PROPERTY"), "\(result.errors)")
    #expect(result.errors.contains("daysInactive"))
  }

  @Test func `asks for health and status`() throws {
    let health = try smartflow(["health", "--timeout", "5s"], endpoint: endpoint)
    #expect(health.output == "SERVING\n")
    #expect(health.status == 0)
    let status = try smartflow(
      ["status", "--timeout", "5s", "--endpoint", "unix://" + daemon.adminSocketPath])
    #expect(status.output.contains("worker 0"), "\(status.errors)")
    #expect(status.output.contains(#/\n    seccomp +holds  \d+ system calls/#), "\(status.output)")
    #expect(
      try smartflow(["status", "--timeout", "5s", "--endpoint", endpoint]).status == 77)
  }

  @Test func `shows what holds the workers, and what was left off`() throws {
    let daemon = try DaemonProcess(
      workers: 2, arguments: ["--allow-unconfined", "core-limit,landlock"])
    let admin = ["SMARTFLOW_ADMIN_ENDPOINT": "unix://" + daemon.adminSocketPath]
    let people = try smartflow(["status", "--timeout", "5s"], variables: admin)
    #expect(people.output.contains(#/\n    landlock +OFF  left off by --allow-unconfined/#))
    let programs = try smartflow(["status", "--json", "--timeout", "5s"], variables: admin)
    let answer = try #require(
      try JSONSerialization.jsonObject(with: Data(programs.output.utf8)) as? [String: Any])
    let layers = try #require(answer["confinement"] as? [[String: String]])
    #expect(
      layers.map { $0["layer"] } == [
        "unprivileged-user", "no-new-privileges", "parent-death", "not-dumpable", "core-limit",
        "process-limit", "descriptor-limit", "address-space-limit", "landlock", "seccomp",
      ])
    for layer in layers {
      let isOff = ["core-limit", "landlock"].contains(layer["layer"])
      #expect(layer["state"] == (isOff ? "off" : "holds"))
      #expect(layer["detail"]?.isEmpty == false)
    }
  }

  @Test func `lists the quarantine and lifts nothing that is not in it`() throws {
    let admin = ["SMARTFLOW_ADMIN_ENDPOINT": "unix://" + daemon.adminSocketPath]
    let list = try smartflow(["quarantine", "--timeout", "5s"], variables: admin)
    #expect(list.output == "no tree is in quarantine\n", "\(list.errors)")
    let json = try smartflow(["quarantine", "list", "--json", "--timeout", "5s"], variables: admin)
    #expect(json.output == "[]\n", "\(json.errors)")
    let digest = String(repeating: "0f", count: 32)
    let lift = try smartflow(["quarantine", "lift", digest, "--timeout", "5s"], variables: admin)
    #expect(lift.status == 65)
    #expect(lift.errors.contains("NOT_FOUND"), "\(lift.errors)")
    #expect(
      try smartflow(
        ["quarantine", "lift", digest, "--timeout", "5s", "--endpoint", endpoint]
      ).status == 77)
  }

  @Test(arguments: [
    "", "0f", String(repeating: "0g", count: 32), String(repeating: "+f", count: 32),
  ])
  func `takes no text for a digest that is none`(digest: String) throws {
    let lift = try smartflow(["quarantine", "lift", digest], endpoint: endpoint)
    #expect(lift.status == 64)
    #expect(lift.errors.contains("64 digits"), "\(lift.errors)")
  }

  @Test func `says that nobody is there`() throws {
    let result = try smartflow(["health"], endpoint: "unix://" + daemon.folder.path("none.sock"))
    #expect(result.status == 69)
    #expect(result.errors.contains("UNAVAILABLE"), "\(result.errors)")
  }

  @Test(arguments: [
    ["execute"], ["nonsense"], ["eval", "1", "--batch"], ["health", "--endpoint", "http://x"],
    ["execute", "tree.json", "--idempotency-key", ""],
  ])
  func `refuses a wrong command line`(arguments: [String]) throws {
    #expect(try smartflow(arguments).status == 64)
  }
}
