import Foundation
import TestSupport
import Testing

/// What a case of `cases.go`, `cases.py`, `cases.c` and `cases.rs` must come to, as PROTOCOL.md's table of status codes
/// has it.
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
    "trace context",
    "after all that",
  ]
}

/// Whichever language it is in, it gets the same answers to the same calls.
@Suite(.timeLimit(.minutes(5)))
struct `A foreign client` {
  typealias Client = ForeignClient

  private func outcome(_ name: String, of client: Client) throws -> Client.Outcome {
    try #require(
      try client.outcomes().first { $0.name == name }, "no case `\(name)` ran in \(client)")
  }

  private func execution(_ name: String, of client: Client) throws -> [String: Any] {
    let outcome = try outcome(name, of: client)
    try #require(outcome.code == 0, "\(outcome.message)")
    return try #require(outcome.answer as? [String: Any])
  }

  private func actions(_ name: String, of client: Client) throws -> [[String: Any]] {
    try #require(try execution(name, of: client)["actions"] as? [[String: Any]])
  }

  @Test(arguments: Client.installed)
  func `makes every call that is expected here, and no other`(client: Client) throws {
    let expected = Refusal.all.map(\.name) + Refusal.answered
    #expect(try client.outcomes().map(\.name).sorted() == expected.sorted())
  }

  @Test(arguments: Client.installed, Refusal.all)
  func `is refused with the code and the details of the protocol`(
    client: Client, refusal: Refusal
  ) throws {
    let outcome = try outcome(refusal.name, of: client)
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

  @Test(
    arguments: Client.installed,
    [
      ("tree and context as JSON, true", "SendSMS", "/trueAction"),
      ("tree and context as JSON, false", "SendEmail", "/falseAction"),
      ("context as Struct", "SendSMS", "/trueAction"),
      ("tree as messages", "SendSMS", "/trueAction"),
      ("after all that", "SendSMS", "/trueAction"),
    ])
  func `gets the decision`(
    client: Client, expected: (name: String, type: String, path: String)
  ) throws {
    let execution = try execution(expected.name, of: client)
    #expect(execution["status"] as? String == "EXECUTION_STATUS_COMPLETED")
    #expect((execution["id"] as? String)?.count == 36)
    let actions = try actions(expected.name, of: client)
    try #require(actions.count == 1)
    #expect(actions[0]["type"] as? String == expected.type)
    #expect(actions[0]["path"] as? String == expected.path)
    #expect(actions[0]["status"] as? String == "ACTION_STATUS_ACCEPTED")
    #expect((actions[0]["id"] as? String)?.count == 36)
  }

  @Test(arguments: Client.installed)
  func `gets one digest for one tree, however it was written`(client: Client) throws {
    let digests = try ["tree and context as JSON, true", "context as Struct", "tree as messages"]
      .map { try execution($0, of: client)["digest"] as? String }
    #expect(digests[0]?.count == 64)
    #expect(Set(digests).count == 1, "\(digests)")
  }

  @Test(arguments: Client.installed)
  func `gets the parameters as rendered`(client: Client) throws {
    let actions = try actions("templates render", of: client)
    try #require(actions.count == 1)
    let parameters = try #require(actions[0]["parameters"] as? [String: String])
    #expect(
      parameters == ["phone": "+35621234567", "message": "Grüße Maria, 5 free spins 🎰"])
  }

  @Test(arguments: Client.installed)
  func `gets a trace of a dry run, in which nothing is performed`(client: Client) throws {
    let execution = try execution("dry run with trace", of: client)
    #expect(execution["status"] as? String == "EXECUTION_STATUS_DRY_RUN")
    #expect(
      try actions("dry run with trace", of: client).map { $0["status"] as? String }
        == ["ACTION_STATUS_NOT_PERFORMED"])
    let trace = try #require(execution["trace"] as? [[String: Any]])
    #expect(
      trace.contains {
        $0["expression"] as? String == "daysInactive > 5" && $0["result"] as? String == "true"
      }, "\(trace)")
  }

  @Test(arguments: Client.installed)
  func `gets an answer for each player of a batch, in their order`(client: Client) throws {
    let results = try #require(try outcome("batch", of: client).answer as? [[String: Any]])
    try #require(results.count == 4)
    let types = results.map { result in
      (result["actions"] as? [[String: Any]])?.map { $0["type"] as? String ?? "" } ?? []
    }
    #expect(types == [["SendSMS"], ["SendEmail"], [], []])
    #expect(results.map { $0["code"] as? Int } == [nil, nil, 9, 3])
  }

  @Test(arguments: Client.installed)
  func `is told what is wrong with a tree without executing it`(client: Client) throws {
    let sound = try execution("sound tree", of: client)
    #expect(sound["valid"] as? Bool == true)
    #expect(sound["properties"] as? [String] == ["daysInactive"])
    #expect((sound["canonical"] as? String)?.hasPrefix(#"{"falseAction":{"parameters":"#) == true)
    let unsound = try execution("unsound tree", of: client)
    #expect(unsound["valid"] as? Bool == false)
    #expect(
      unsound["diagnostics"] as? [String] == ["SEVERITY_ERROR SYNTAX /parameters/expression"])
  }

  @Test(arguments: Client.installed, ["health of the server", "health of the service"])
  func `finds the daemon healthy by gRPC's own messages`(
    client: Client, name: String
  ) throws {
    let outcome = try outcome(name, of: client)
    #expect(outcome.code == 0, "\(outcome.message)")
    #expect(outcome.answer as? String == "SERVING")
  }

  @Test(arguments: Client.installed)
  func `gets its own answer to each of many calls at once`(client: Client) throws {
    let outcome = try outcome("many calls at once", of: client)
    #expect(outcome.code == 0, "\(outcome.message)")
    #expect(outcome.answer as? Int == 1000)
  }

  @Test(arguments: Client.installed)
  func `passes its caller's trace on, which the daemon's log names`(client: Client) throws {
    let outcome = try outcome(Client.tracedCase, of: client)
    #expect(outcome.code == 0, "\(outcome.message)")
    #expect(outcome.loggedTraces == ["0af7651916cd43dd8448eb211c80319c"])
  }
}
