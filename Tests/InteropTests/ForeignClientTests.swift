import Foundation
import TestSupport
import Testing

/// What a case of `cases.go` must come to, as PROTOCOL.md's table of status codes has it.
struct Refusal: CustomTestStringConvertible {
  /// A google.rpc detail that must come with the code.
  enum Detail {
    case field(String)
    case reason(String, metadata: [String: String] = [:])
    case resource(String)
    /// The message says this; there is no detail for it.
    case named(String)
    case none
  }

  var name: String
  var code: Int
  var details: [Detail]

  init(_ name: String, _ code: Int, _ details: Detail...) {
    (self.name, self.code, self.details) = (name, code, details)
  }

  var testDescription: String { name }

  static let all = [
    Refusal("tree is no JSON", 3, .field("tree")),
    Refusal("tree with a key twice", 3, .field("tree")),
    Refusal("no tree", 3, .field("tree")),
    Refusal("unknown node type", 3, .field("tree/type"), .reason("UNKNOWN_ACTION")),
    Refusal("unknown field", 3, .field("tree/trueActoin")),
    Refusal("action against its schema", 3, .field("tree/parameters/phone")),
    Refusal("expression does not compile", 3, .field("tree/parameters/expression")),
    Refusal("unknown function", 3, .field("tree/parameters/expression")),
    Refusal(
      "unknown property", 9,
      .reason(
        "UNKNOWN_PROPERTY",
        metadata: ["property": "daysInactiv", "expression": "daysInactiv > 5"])),
    Refusal(
      "property of the wrong type", 9,
      .reason("UNEXPECTED_TYPE", metadata: ["expression": "daysInactive > 5"])),
    Refusal("context is no JSON", 3, .field("context")),
    Refusal("context is no object", 3, .field("context")),
    Refusal("context nested too deep", 3, .field("context")),
    Refusal("idempotency key too long", 3, .field("options/idempotency_key")),
    Refusal("locale", 12, .named("locale")),
    Refusal("now without dry run", 3, .field("options/now")),
    Refusal("unknown service", 12, .none),
    Refusal("unknown method", 12, .none),
    Refusal("method of the admin socket", 7, .none),
    Refusal("streaming health", 12, .none),
    Refusal("health of an unknown service", 5, .resource("smartflow.v1.Nothing")),
    Refusal("negative timeout", 3, .field("timeout_nano")),
    Refusal("message too large", 8, .reason("MESSAGE_TOO_LARGE")),
  ]

  /// Cases that must succeed; what they answer is looked at one by one.
  static let answered = [
    "tree and context as JSON, true", "tree and context as JSON, false", "context as Struct",
    "tree as messages", "dry run with trace", "templates render", "batch", "sound tree",
    "unsound tree", "health of the server", "health of the service", "many calls at once",
    "after all that",
  ]
}

/// Stubs by containerd's generator, containerd's ttRPC, Google's error details: no line of ours.
@Suite(.enabled(if: GoClient.isBuildable, GoClient.missing), .timeLimit(.minutes(5)))
struct `A Go client` {
  private func outcome(_ name: String) throws -> GoClient.Outcome {
    try #require(try GoClient.outcomes.get().first { $0.name == name }, "no case `\(name)` ran")
  }

  private func execution(_ name: String) throws -> [String: Any] {
    let outcome = try outcome(name)
    try #require(outcome.code == 0, "\(outcome.message)")
    return try #require(outcome.answer as? [String: Any])
  }

  private func actions(_ name: String) throws -> [[String: Any]] {
    try #require(try execution(name)["actions"] as? [[String: Any]])
  }

  @Test func `makes every call that is expected here, and no other`() throws {
    let expected = Refusal.all.map(\.name) + Refusal.answered
    #expect(try GoClient.outcomes.get().map(\.name).sorted() == expected.sorted())
  }

  @Test(arguments: Refusal.all)
  func `is refused with the code and the details of the protocol`(refusal: Refusal) throws {
    let outcome = try outcome(refusal.name)
    #expect(outcome.code == refusal.code, "\(outcome.message)")
    #expect(!outcome.message.isEmpty)
    for detail in refusal.details {
      switch detail {
      case .field(let name):
        let violations = try #require(
          outcome.details["google.rpc.BadRequest"]?["field_violations"] as? [[String: Any]],
          "no field is named: \(outcome)")
        #expect(violations.contains { $0["field"] as? String == name }, "\(violations)")
        #expect(violations.allSatisfy { ($0["description"] as? String)?.isEmpty == false })
      case .reason(let reason, let metadata):
        let info = try #require(outcome.details["google.rpc.ErrorInfo"], "\(outcome)")
        #expect(info["reason"] as? String == reason)
        #expect(info["domain"] as? String == "smartflow")
        let given = info["metadata"] as? [String: String] ?? [:]
        for (key, value) in metadata { #expect(given[key] == value, "\(given)") }
      case .resource(let name):
        let info = try #require(outcome.details["google.rpc.ResourceInfo"], "\(outcome)")
        #expect(info["resource_name"] as? String == name)
      case .named(let name): #expect(outcome.message.contains(name))
      case .none:
        #expect(outcome.details["google.rpc.BadRequest"] == nil)
      }
    }
  }

  @Test(arguments: [
    ("tree and context as JSON, true", "SendSMS", "/trueAction"),
    ("tree and context as JSON, false", "SendEmail", "/falseAction"),
    ("context as Struct", "SendSMS", "/trueAction"),
    ("tree as messages", "SendSMS", "/trueAction"),
    ("after all that", "SendSMS", "/trueAction"),
  ])
  func `gets the decision`(name: String, type: String, path: String) throws {
    let execution = try execution(name)
    #expect(execution["status"] as? String == "EXECUTION_STATUS_COMPLETED")
    #expect((execution["id"] as? String)?.count == 36)
    let actions = try actions(name)
    try #require(actions.count == 1)
    #expect(actions[0]["type"] as? String == type)
    #expect(actions[0]["path"] as? String == path)
    #expect(actions[0]["status"] as? String == "ACTION_STATUS_ACCEPTED")
    #expect((actions[0]["id"] as? String)?.count == 36)
  }

  @Test func `gets one digest for one tree, however it was written`() throws {
    let digests = try ["tree and context as JSON, true", "context as Struct", "tree as messages"]
      .map { try execution($0)["digest"] as? String }
    #expect(digests[0]?.count == 64)
    #expect(Set(digests).count == 1, "\(digests)")
  }

  @Test func `gets the parameters as rendered`() throws {
    let actions = try actions("templates render")
    try #require(actions.count == 1)
    let parameters = try #require(actions[0]["parameters"] as? [String: String])
    #expect(
      parameters == ["phone": "+35621234567", "message": "Grüße Maria, 5 free spins 🎰"])
  }

  @Test func `gets a trace of a dry run, in which nothing is performed`() throws {
    let execution = try execution("dry run with trace")
    #expect(execution["status"] as? String == "EXECUTION_STATUS_DRY_RUN")
    #expect(
      try actions("dry run with trace").map { $0["status"] as? String }
        == ["ACTION_STATUS_NOT_PERFORMED"])
    let trace = try #require(execution["trace"] as? [[String: Any]])
    #expect(
      trace.contains {
        $0["expression"] as? String == "daysInactive > 5" && $0["result"] as? String == "true"
      }, "\(trace)")
  }

  @Test func `gets an answer for each player of a batch, in their order`() throws {
    let results = try #require(try outcome("batch").answer as? [[String: Any]])
    try #require(results.count == 4)
    let types = results.map { result in
      (result["actions"] as? [[String: Any]])?.map { $0["type"] as? String ?? "" } ?? []
    }
    #expect(types == [["SendSMS"], ["SendEmail"], [], []])
    #expect(results.map { $0["code"] as? Int } == [nil, nil, 9, 3])
  }

  @Test func `is told what is wrong with a tree without executing it`() throws {
    let sound = try execution("sound tree")
    #expect(sound["valid"] as? Bool == true)
    #expect(sound["properties"] as? [String] == ["daysInactive"])
    #expect((sound["canonical"] as? String)?.hasPrefix(#"{"falseAction":{"parameters":"#) == true)
    let unsound = try execution("unsound tree")
    #expect(unsound["valid"] as? Bool == false)
    #expect(
      unsound["diagnostics"] as? [String] == ["SEVERITY_ERROR SYNTAX /parameters/expression"])
  }

  @Test(arguments: ["health of the server", "health of the service"])
  func `finds the daemon healthy by gRPC's own messages`(name: String) throws {
    let outcome = try outcome(name)
    #expect(outcome.code == 0, "\(outcome.message)")
    #expect(outcome.answer as? String == "SERVING")
  }

  @Test func `gets its own answer to each of many calls at once`() throws {
    let outcome = try outcome("many calls at once")
    #expect(outcome.code == 0, "\(outcome.message)")
    #expect(outcome.answer as? Int == 200)
  }

  @Test func `prints the actions for files at a shell`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let tree = try String(contentsOf: Project.file("contrib/examples/maria.json"), encoding: .utf8)
    for (context, type) in [
      (#"{"daysInactive": 6}"#, "SendSMS"), (#"{"daysInactive": 0}"#, "SendEmail"),
    ] {
      let actions = try GoClient.execute(tree: tree, context: context, on: daemon)
      #expect(actions.map { $0["type"] as? String } == [type])
    }
  }

  @Test func `publishes a tree, and runs it by its name`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let tree = try String(contentsOf: Project.file("contrib/examples/maria.json"), encoding: .utf8)
    let context = #"{"daysInactive": 6}"#
    let first = try GoClient.publish(tree: tree, as: "winback", context: context, on: daemon)
    #expect(first.version["version"] as? Int == 1)
    #expect(first.version["created"] as? Bool == true)
    #expect(first.version["labels"] as? [String: String] == ["by": "go"])
    #expect(first.ran["version"] as? Int == 1)
    #expect(first.ran["digest"] as? String == first.version["digest"] as? String)
    #expect(first.actions.map { $0["type"] as? String } == ["SendSMS"])
    let next = tree.replacingOccurrences(of: "We miss you!", with: "Come back!")
    let second = try GoClient.publish(tree: next, as: "winback", context: context, on: daemon)
    #expect(second.version["previous"] as? Int == 1)
    #expect(second.ran["version"] as? Int == 2)
    #expect(
      (second.actions.first?["parameters"] as? [String: Any])?["message"] as? String
        == "Come back!")
  }
}
