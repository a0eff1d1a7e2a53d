import DecisionEngine
import Filtrex
import JSON

/// A tree's JSON, compiled.
func compile(_ json: String, registry: ActionRegistry = .standard) throws -> TreeCompilation {
  Engine(registry: registry).compile(try JSONParser.parse(Array(json.utf8).span.bytes))
}

/// How an execution ended.
struct Run {
  var progress: Execution.Progress
  var actions: [PlannedAction]
  var trace: [TraceStep]
  var fuelUsed: Int

  var types: [String] { actions.map(\.type) }
}

/// Runs a tree for a context, in slices of so many units of fuel.
func run(
  _ tree: Tree, _ context: String = "{}", player: String = "p-1", trace: Bool = false,
  slice: Int = 1_000_000
) throws -> Run {
  var builder = ContextBuilder()
  try JSONParser.parse(Array(context.utf8).span.bytes, limits: TreeLimits.context, into: &builder)
  return run(
    tree, builder.context, player: player, now: 1_790_000_000, trace: trace, slice: slice)
}

/// The same with a context that is there already.
func run(
  _ tree: Tree, _ context: Context, player: String, now: Double, trace: Bool = false,
  slice: Int = 1_000_000
) -> Run {
  var execution = Execution()
  execution.context = context
  execution.start(tree, inputs: ExecutionInputs(playerID: player, now: now, wantsTrace: trace))
  var fuel = slice
  var progress = execution.run(tree, fuel: &fuel)
  while progress == .paused {
    fuel += slice
    progress = execution.run(tree, fuel: &fuel)
  }
  return Run(
    progress: progress, actions: execution.actions, trace: execution.trace,
    fuelUsed: execution.fuelUsed)
}

/// Passes a parser's events on to a context.
struct ContextBuilder: JSONSink {
  var context = Context()
  mutating func null() { context.null() }
  mutating func logical(_ value: Bool) { context.logical(value) }
  mutating func number(_ value: Double) { context.number(value) }
  mutating func text(_ utf8: RawSpan) { context.text(utf8) }
  mutating func beginObject() { context.beginObject() }
  mutating func key(_ utf8: RawSpan) { context.key(utf8) }
  mutating func endObject() { context.endObject() }
  mutating func beginList() { context.beginList() }
  mutating func endList() { context.endList() }
}

let sms = #"{"type":"SendSMS","parameters":{"phone":"+35621234567","message":"Hi"}}"#
let bonus = #"{"type":"GrantBonus","parameters":{"amount":5}}"#

func condition(_ expression: String, _ yes: String?, _ no: String? = nil) -> String {
  let sides = [yes.map { #","trueAction":\#($0)"# }, no.map { #","falseAction":\#($0)"# }]
  return #"{"type":"Condition","parameters":{"expression":"\#(expression)"}"#
    + sides.compactMap(\.self).joined() + "}"
}

func sequence(_ actions: [String], onFailure: String? = nil) -> String {
  let parameters = onFailure.map { #","parameters":{"onFailure":"\#($0)"}"# } ?? ""
  return #"{"type":"Sequence"\#(parameters),"actions":[\#(actions.joined(separator: ","))]}"#
}
