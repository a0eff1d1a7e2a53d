import DecisionEngine
import Filtrex
import JSON
import TestSupport
import Testing

@Suite struct `A trace` {
  private func trace(
    _ json: String, _ context: String = "{}", player: String = "p-1"
  ) throws -> [TraceStep] {
    let tree = try #require(try compile(json).tree)
    return try run(tree, context, player: player, trace: true).trace
  }

  @Test func `tells a condition's value, its place and what it read`() throws {
    let steps = try trace(
      #"{"type":"Condition","id":"lapsed","parameters":{"expression":"daysInactive > 5 and exists(tier)"},"trueAction":\#(sms)}"#,
      #"{"daysInactive":7}"#)
    let step = try #require(steps.first)
    #expect(steps.count == 1)
    #expect(step.path == "" && step.nodeID == "lapsed")
    #expect(step.expressionPath == "/parameters/expression")
    #expect(step.result == "false")
    #expect(step.fuelUsed == 4)
    #expect(
      step.reads == [
        PropertyRead(name: "daysInactive", value: "7"), PropertyRead(name: "tier", value: nil),
      ])
  }

  @Test func `leaves out what a short circuit left out, and names a path as it was written`() throws
  {
    let steps = try trace(
      condition("vip or wallet.cash > 5", sms), #"{"vip":true,"wallet":{"cash":9}}"#)
    #expect(steps.first?.reads == [PropertyRead(name: "vip", value: "true")])
    let others = try trace(
      condition("vip or wallet.cash > 5", sms), #"{"vip":false,"wallet":{"cash":9}}"#)
    #expect(others.first?.reads.map(\.name) == ["vip", "wallet.cash"])
    #expect(others.first?.reads.last?.value == "9")
  }

  @Test func `has a step for each case that was tried, and none for the others`() throws {
    let json = #"""
      {"type":"Switch","cases":[
        {"expression":"n > 5","action":\#(sms)}, {"expression":"n > 1","action":\#(bonus)},
        {"expression":"n > 0","action":\#(sms)}]}
      """#
    let steps = try trace(json, #"{"n":3}"#)
    #expect(steps.map(\.expressionPath) == ["/cases/0/expression", "/cases/1/expression"])
    #expect(steps.map(\.result) == ["false", "true"])
  }

  @Test func `tells where a split fell, by the player or by a key`() throws {
    func split(_ parameters: String) -> String {
      #"{"type":"Split","parameters":\#(parameters),"shares":[{"weight":1,"action":\#(sms)},{"weight":1,"action":\#(bonus)}]}"#
    }
    for player in ["p-1", "p-2", "p-3", "p-4"] {
      let tree = try #require(try compile(split(#"{"salt":"s"}"#)).tree)
      let run = try run(tree, player: player, trace: true)
      let step = try #require(run.trace.first)
      let choice = try #require(step.split)
      #expect(step.expression == "" && step.expressionPath == "")
      #expect(step.result == "\(choice.fraction)")
      #expect(choice.share == (choice.fraction < 0.5 ? 0 : 1))
      #expect(run.actions.first?.path == "/shares/\(choice.share)/action")
      #expect(step.fuelUsed >= 64)
    }
    let keyed = try trace(split(#"{"key":"country + 1"}"#), #"{"country":"MT"}"#)
    #expect(keyed.count == 1)
    #expect(keyed.first?.result == "\"MT1\"")
    #expect(keyed.first?.split != nil)
    #expect(keyed.first?.reads.map(\.name) == ["country"])
  }

  @Test func `has a step for each expression of a template, with its parameter`() throws {
    let json =
      #"{"type":"SendSMS","parameters":{"message":"Hi {{name}}, {{n + 1}} spins","phone":"{{phone}}"}}"#
    let steps = try trace(json, #"{"name":"Maria","n":2,"phone":"+35621234567"}"#)
    #expect(
      steps.map(\.expressionPath) == [
        "/parameters/message", "/parameters/message", "/parameters/phone",
      ])
    #expect(steps.map(\.result) == ["\"Maria\"", "3", "\"+35621234567\""])
  }

  @Test(arguments: [
    ("tier == x", "", "UNKNOWN_PROPERTY", ["tier", "x"]), ("n", "5", "UNEXPECTED_TYPE", ["n"]),
    ("-tier", "", "UNEXPECTED_TYPE", ["tier"]),
  ])
  func `has one step for what failed, with all that led to it`(
    expression: String, result: String, reason: String, names: [String]
  ) throws {
    let steps = try trace(condition(expression, sms), #"{"tier":"Gold","n":5}"#)
    #expect(steps.count == 1)
    #expect(steps.first?.result == result)
    #expect(steps.first?.error?.reason == reason)
    #expect(steps.first?.reads.map(\.name) == names)
    #expect(steps.first?.isUnfinished == false)
  }

  @Test func `writes what JSON has no number for`() throws {
    let steps = try trace(
      #"{"type":"Split","parameters":{"key":"0/0"},"shares":[{"weight":1,"action":\#(sms)}]}"#)
    #expect(steps.first?.result == #"{"$number":"NaN"}"#)
  }

  // MARK: Bounds

  @Test func `cuts long values and says so`() throws {
    let long = String(repeating: "é", count: 5_000)
    let json =
      #"{"type":"SendEmail","parameters":{"from":"a@b.c","to":"a@b.c","subject":"x","body":"{{t}}"}}"#
    let steps = try trace(json, #"{"t":"\#(long)"}"#)
    let step = try #require(steps.first)
    #expect(step.isResultCut && step.reads.first?.isCut == true)
    #expect(step.result.utf8.count <= TraceLimits.valueBytes)
    #expect(step.result.utf8.count > TraceLimits.valueBytes - 4)
    #expect(step.reads.first?.value == step.result)
    // What was cut is JSON still.
    #expect(throws: Never.self) { try JSONParser.parse(Array(step.result.utf8).span.bytes) }
  }

  @Test func `keeps its beginning where there is no room for all of it`() throws {
    let json = sequence((0..<50).map { condition("n > \($0)", nil, sms) })
    let tree = try #require(try compile(json).tree)
    let whole = try run(tree, #"{"n":99}"#, trace: true)
    let bytes = whole.trace.prefix(20).reduce(0) { $0 + $1.estimatedBytes }
    for (room, count) in [(bytes, 20), (bytes - 1, 19), (0, 0)] {
      var execution = Execution()
      execution.context = Context(.object([.init(name: "n", value: .number(99))]))
      execution.start(
        tree, inputs: ExecutionInputs(now: 0, wantsTrace: true, traceBytes: room))
      var fuel = 1_000_000
      while execution.run(tree, fuel: &fuel) == .paused { execution.addElapsed(.nanoseconds(1)) }
      #expect(execution.trace.count == count)
      #expect(execution.omittedSteps == 50 - count)
      #expect(execution.fuelUsed == whole.fuelUsed)
    }
  }

  // MARK: Without influence

  @Test func `changes nothing of 1,000 random trees, whole or in slices`() throws {
    var generator = SeededGenerator(seed: 12)
    var (compiled, steps) = (0, 0)
    for _ in 0..<1000 {
      let json = RandomTree.json(depth: 4, &generator)
      guard let tree = try compile(json).tree else { continue }
      compiled += 1
      let context = #"{"a":\#(Int.random(in: 0...3, using: &generator)),"t":"x","l":true}"#
      let plain = try run(tree, context)
      let traced = try run(tree, context, trace: true)
      let sliced = try run(tree, context, trace: true, slice: 1)
      #expect(plain.progress == traced.progress && plain.progress == sliced.progress, "\(json)")
      #expect(plain.actions == traced.actions && plain.actions == sliced.actions, "\(json)")
      #expect(plain.fuelUsed == traced.fuelUsed && plain.fuelUsed == sliced.fuelUsed, "\(json)")
      #expect(traced.trace == sliced.trace, "\(json)")
      steps += traced.trace.count
      // A node that could not be evaluated tells why in its step.
      let failures = plain.actions.count { action in
        if case .evaluation? = action.failure?.kind { true } else { false }
      }
      #expect(traced.trace.count { $0.error != nil } == failures, "\(json)")
    }
    #expect(compiled > 500 && steps > 500)
  }

  @Test func `starts afresh with each execution`() throws {
    let tree = try #require(try compile(condition("n > 5", sms)).tree)
    var execution = Execution()
    execution.context = Context(.object([.init(name: "n", value: .number(9))]))
    for wantsTrace in [true, false, true, true] {
      execution.start(tree, inputs: ExecutionInputs(now: 0, wantsTrace: wantsTrace))
      var fuel = 1_000
      while execution.run(tree, fuel: &fuel) == .paused { execution.addElapsed(.seconds(1)) }
      #expect(execution.trace.count == (wantsTrace ? 1 : 0))
      #expect(execution.trace.allSatisfy { $0.elapsed <= .seconds(1) })
    }
  }
}

@Suite struct `The time of a trace` {
  private func start(_ json: String, _ context: Value) throws -> (Execution, Tree) {
    let tree = try #require(try compile(json).tree)
    var execution = Execution()
    execution.context = Context(context)
    execution.start(tree, inputs: ExecutionInputs(now: 0, wantsTrace: true))
    return (execution, tree)
  }

  @Test func `is what the driver says between two steps, wherever it paused`() throws {
    let json = sequence([condition("n in (1, 2, 3, 4)", sms), condition("n > 1", sms)])
    let context = Value.object([.init(name: "n", value: .number(4))])
    for slice in [1, 2, 3, 7, 1_000] {
      var (execution, tree) = try start(json, context)
      var fuel = 0
      var told = Duration.zero
      var last: [Duration] = []
      while true {
        fuel += slice
        let count = execution.trace.count
        let progress = execution.run(tree, fuel: &fuel)
        execution.addElapsed(.nanoseconds(3))
        told += .nanoseconds(3)
        if execution.trace.count > count { last.append(told) }
        // No two steps in one run: each has its own time.
        #expect(execution.trace.count <= count + 1)
        if progress != .paused { break }
      }
      #expect(execution.trace.count == 2)
      #expect(execution.trace[0].elapsed == last[0])
      #expect(execution.trace[1].elapsed == last[1] - last[0])
      #expect(last[0] > .zero)
    }
  }

  @Test func `goes to the expression in which the driver gave up`() throws {
    let json = sequence([
      condition("n > 1", nil, sms), condition("n in (1, 2, 3, 4) and n > 3", sms),
    ])
    var (execution, tree) = try start(json, .object([.init(name: "n", value: .number(4))]))
    var fuel = 1_000
    #expect(execution.run(tree, fuel: &fuel) == .paused)
    execution.addElapsed(.milliseconds(1))
    fuel = 1
    while execution.fuelUsed < 20 {
      fuel = 1
      #expect(execution.run(tree, fuel: &fuel) == .paused)
      execution.addElapsed(.milliseconds(2))
    }
    let runs = execution.trace.count
    execution.interrupt(tree)
    #expect(runs == 1 && execution.trace.count == 2)
    let step = try #require(execution.trace.last)
    #expect(step.isUnfinished && step.expression == "n in (1, 2, 3, 4) and n > 3")
    #expect(step.reads.map(\.name) == ["n"])
    #expect(step.elapsed > .milliseconds(2) && step.fuelUsed > 0)
    // A second time there is nothing that runs.
    execution.interrupt(tree)
    #expect(execution.trace.count == 2)
  }
}

@Suite struct `A compiled tree` {
  @Test func `says where each of its expressions stands`() throws {
    let json = #"""
      {"type":"Switch","cases":[{"expression":"a > 1","action":
        {"type":"SendSMS","parameters":{"phone":"{{p}}","message":"{{x}} and {{y}}"}}}],
       "defaultAction":{"type":"Condition","parameters":{"expression":"b"},"trueAction":\#(bonus)}}
      """#
    let tree = try #require(try compile(json).tree)
    let found = Dictionary(grouping: tree.expressions, by: \.path).mapValues {
      $0.map(\.program.expression)
    }
    #expect(
      found == [
        "/cases/0/expression": ["a > 1"], "/cases/0/action/parameters/phone": ["p"],
        "/cases/0/action/parameters/message": ["x", "y"],
        "/defaultAction/parameters/expression": ["b"],
      ])
  }
}
