// What a user of the library writes: one file, and nothing of the engine's but what is public. Everything that is known of
// an action, in trees, in the schema and at run time, comes from the one declaration below and its registration.

import DecisionEngine
import Filtrex
import JSON
import Testing

/// A table for the player, with a parameter of every kind that there is.
private enum OpenTable: ActionType {
  static let name = "casino.OpenTable"
  static let summary = "Opens a table for the player and guests."
  static let parameters = [
    Parameter(
      "table", .text(length: 4...8, format: tableCode), isRequired: true, summary: "Which table."),
    Parameter("greeting", .text(length: 1...40), summary: "What the dealer says."),
    Parameter(
      "stake", .number(.init(greaterThan: 0, atMost: 500)), isRequired: true,
      summary: "The smallest bet."),
    Parameter(
      "seats", .number(.init(atLeast: 2, atMost: 9), isWhole: true), summary: "How many may sit."),
    Parameter("isPrivate", .logical, summary: "Whether others may watch."),
    Parameter("game", .choice(["Blackjack", "Baccarat", "Roulette"]), summary: "What is played."),
    Parameter(
      "guests", .list(of: .text(length: 1...16), count: 1...8), summary: "Who else is asked."),
  ]

  static let tableCode = TextFormat(
    name: "a table's code such as VIP-12", pattern: "^[A-Z]{3}-[0-9]{1,4}$", example: "VIP-12"
  ) { $0.wholeMatch(of: #/[A-Z]{3}-[0-9]{1,4}/#) != nil }

  static func problems(with parameters: JSONObject) -> [ParameterProblem] {
    guard case .array(let guests)? = parameters["guests"],
      case .number(let seats)? = parameters["seats"], Double(guests.count) >= seats
    else { return [] }
    return [
      ParameterProblem(
        parameter: "guests",
        message: "\(guests.count) guests and the player need more than \(Int(seats)) seats")
    ]
  }
}

private let engine: Engine = {
  var registry = ActionRegistry.standard
  registry.register(OpenTable.self)
  return Engine(registry: registry)
}()

private func json(_ text: String) throws -> JSONValue {
  try JSONParser.parse(Array(text.utf8).span.bytes)
}

private func compile(_ parameters: String) throws -> TreeCompilation {
  engine.compile(try json(#"{"type":"casino.OpenTable","parameters":\#(parameters)}"#))
}

@Suite struct `A user's own action` {
  @Test(arguments: [
    #"{"table":"VIP-12","stake":5}"#,
    #"{"table":"VIP-12","stake":0.5,"seats":9,"isPrivate":true,"game":"Baccarat","guests":["Ann"]}"#,
    #"{"table":"VIP-{{n}}","stake":"{{n}}","isPrivate":"{{n > 1}}","game":"{{g}}","guests":"{{l}}"}"#,
    #"{"table":"VIP-12","stake":5,"guests":["Ann","{{name}}","{{name}} 2"]}"#,
  ])
  func `takes what its declaration takes`(parameters: String) throws {
    let compilation = try compile(parameters)
    #expect(compilation.tree != nil, "\(compilation.diagnostics)")
  }

  @Test(arguments: [
    (#"{"table":"vip-12","stake":5}"#, "/parameters/table", "a table's code such as VIP-12"),
    (#"{"table":"VIP-12"}"#, "/parameters", "needs the parameter `stake`"),
    (#"{"table":"VIP-12","stake":"5"}"#, "/parameters/stake", "write it without quotes"),
    (#"{"table":"VIP-12","stake":501}"#, "/parameters/stake", "must not be greater than 500"),
    (#"{"table":"VIP-12","stake":"{{n}} €"}"#, "/parameters/stake", "leave out what stands around"),
    (#"{"table":"VIP-12","stake":5,"seats":2.5}"#, "/parameters/seats", "a whole number"),
    (
      #"{"table":"VIP-12","stake":5,"isPrivate":"true"}"#, "/parameters/isPrivate", "without quotes"
    ),
    (#"{"table":"VIP-12","stake":5,"game":"roulete"}"#, "/parameters/game", "`Roulette`"),
    (#"{"table":"VIP-12","stake":5,"guests":"Ann"}"#, "/parameters/guests", "write it in [ ]"),
    (#"{"table":"VIP-12","stake":5,"guests":[]}"#, "/parameters/guests", "may have 1 to 8"),
    (#"{"table":"VIP-12","stake":5,"guests":["Ann",7]}"#, "/parameters/guests/1", "in quotes"),
    (
      #"{"table":"VIP-12","stake":5,"guests":["{{a"]}"#, "/parameters/guests/0", "write `}}` behind"
    ),
    // What goes together is looked at once each part is right.
    (
      #"{"table":"VIP-12","stake":5,"seats":2,"greeting":"{{a +}}","guests":["A","B"]}"#,
      "/parameters/greeting", "expected"
    ),
    (#"{"table":"VIP-12","stake":5,"guest":["Ann"]}"#, "/parameters/guest", "`guests`"),
    (
      #"{"table":"VIP-12","stake":5,"seats":2,"guests":["Ann","Ben"]}"#, "/parameters/guests",
      "need more than 2 seats"
    ),
  ])
  func `is refused at the place of the mistake, with the remedy`(
    parameters: String, path: String, remedy: String
  ) throws {
    let compilation = try compile(parameters)
    #expect(compilation.tree == nil)
    #expect(compilation.diagnostics.map(\.path.description) == [path])
    #expect(
      compilation.diagnostics.allSatisfy { $0.message.contains(remedy) },
      "\(compilation.diagnostics)")
  }

  @Test func `is named when a tree nearly names it`() throws {
    let diagnostics = engine.compile(try json(#"{"type":"casino.OpenTabel","parameters":{}}"#))
      .diagnostics
    let unknown = try #require(diagnostics.first { $0.code == .unknownAction })
    #expect(unknown.message.contains("`casino.OpenTable`"))
    // Its other mistakes are told as if it had been named right.
    #expect(diagnostics.contains { $0.code == .missingParameter && $0.message.contains("stake") })
  }

  @Test func `is unknown to an engine that it was not registered with`() throws {
    let tree = try json(#"{"type":"casino.OpenTable","parameters":{"table":"VIP-1","stake":1}}"#)
    #expect(Engine().compile(tree).diagnostics.map(\.code) == [.unknownAction])
  }

  @Test func `stands in the schema with every parameter`() throws {
    guard case .object(let schema) = engine.schema, case .object(let types)? = schema["$defs"],
      case .object(let type)? = types["casino.OpenTable"],
      case .object(let fields)? = type["properties"],
      case .object(let parameters)? = fields["parameters"],
      case .object(let declared)? = parameters["properties"]
    else {
      Issue.record("the schema has no such type")
      return
    }
    #expect(type["description"] == .string(OpenTable.summary))
    #expect(declared.keys == OpenTable.parameters.map(\.name))
    #expect(parameters["required"] == .array([.string("table"), .string("stake")]))
    #expect(parameters["additionalProperties"] == .bool(false))
    guard case .object(let table)? = declared["table"], case .object(let text)? = table["else"]
    else {
      Issue.record("the parameter `table` says nothing of its text")
      return
    }
    #expect(text["pattern"] == .string(OpenTable.tableCode.pattern))
    #expect(table["examples"] == .array([.string("VIP-12")]))
  }

  // MARK: Running

  private func run(_ parameters: String, _ context: [Value.Member]) throws -> [PlannedAction] {
    let tree = try #require(try compile(parameters).tree)
    var execution = Execution()
    execution.context = Context(.object(context))
    execution.start(tree, inputs: ExecutionInputs(playerID: "maria", now: 1_790_000_000))
    var fuel = tree.fuelBound
    #expect(execution.run(tree, fuel: &fuel) == .finished)
    return execution.actions
  }

  @Test func `runs with its parameters rendered, each of its own type`() throws {
    let action = try #require(
      try run(
        #"""
        {"table":"VIP-{{number}}","stake":"{{balance / 10}}","seats":"{{max(length(friends), 2) + 1}}",
         "isPrivate":"{{tier == \"Gold\"}}","game":"{{game}}","greeting":"Welcome, {{name}}!",
         "guests":"{{friends}}"}
        """#,
        [
          .init(name: "number", value: .number(12)), .init(name: "balance", value: .number(50)),
          .init(name: "friends", value: .list([.text("Ann"), .text("Ben")])),
          .init(name: "tier", value: .text("Gold")), .init(name: "game", value: .text("Roulette")),
          .init(name: "name", value: .text("Maria")),
        ]
      ).first)
    #expect(action.type == "casino.OpenTable")
    #expect(action.failure == nil)
    #expect(
      action.parameters == [
        "table": .string("VIP-12"), "stake": .number(5), "seats": .number(3),
        "isPrivate": .bool(true), "game": .string("Roulette"),
        "greeting": .string("Welcome, Maria!"),
        "guests": .array([.string("Ann"), .string("Ben")]),
      ])
  }

  @Test(arguments: [
    ("{{s}}", "", "`stake`: expected a number, found a text; number(…) makes a number"),
    ("{{1000 * 1}}", "", "parameter `stake`: the number must not be greater than 500"),
    ("{{1}}", #","guests":["Ann","{{s + s + s + s}}"]"#, "parameter `guests/1`: the text has 20"),
    ("{{1}}", #","seats":2,"guests":"{{l}}""#, "2 guests and the player need more than 2 seats"),
  ])
  func `fails alone when what was rendered does not fit`(
    stake: String, more: String, message: String
  ) throws {
    let action = try #require(
      try run(
        #"{"table":"VIP-12","stake":"\#(stake)"\#(more)}"#,
        [
          .init(name: "s", value: .text("Maria")),
          .init(name: "l", value: .list([.text("Ann"), .text("Ben")])),
        ]
      ).first)
    #expect(action.failure?.reason == "INVALID_PARAMETER")
    #expect(action.failure?.message.contains(message) == true, "\(action.failure?.message ?? "")")
  }
}
