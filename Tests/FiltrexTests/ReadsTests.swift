import TestSupport
import Testing

@testable import Filtrex

/// An evaluation that notes what it reads.
private struct NotedRun {
  var names: [String] = []
  var outcome = Machine.Step.paused
  var value = Value.null
  var fuelUsed = 0

  init(_ expression: String, in context: Context, slice: Int = 1_000_000) throws {
    var properties = PropertyTable()
    let program = try #require(Program.compile(expression, properties: &properties).program)
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    var machine = Machine()
    machine.start(program)
    var reads = PropertyReads()
    var fuel = 0
    while outcome == .paused {
      fuel += slice
      outcome = machine.run(
        program, context: context, bindings: bindings, now: Run.now, fuel: &fuel, noting: &reads)
    }
    value = machine.value(program, context)
    fuelUsed = machine.fuelUsed
    names = reads.slots.map { properties.names[$0] }
  }
}

@Suite struct `What an evaluation has read` {
  private let context = Context(ExpressionGenerator.context)

  @Test(arguments: [
    ("n > 5", ["n"]),
    ("no and n > 5", ["no"]),
    ("yes and n > 5", ["yes", "n"]),
    ("yes or missing", ["yes"]),
    ("no or n > 5 or missing", ["no", "n"]),
    ("if yes then n else missing", ["yes", "n"]),
    ("if no then missing else n", ["no", "n"]),
    ("9 < n < missing", ["n"]),
    ("1 < n < half", ["n", "half"]),
    ("n + n * n", ["n"]),
    ("half + n", ["half", "n"]),
    ("wallet.cash > 1", ["wallet.cash"]),
    ("wallet.inner.deep", ["wallet.inner.deep"]),
    ("cash of wallet > 1", ["wallet"]),
    ("'empty.text' == \"\"", ["empty.text"]),
    ("exists(missing)", ["missing"]),
    ("exists(n) and empty(none)", ["n", "none"]),
    ("n in (half, zero, 7)", ["n", "half", "zero"]),
    ("max(n, half, zero)", ["n", "half", "zero"]),
    ("missing > n", ["missing"]),
    ("n > missing", ["n", "missing"]),
    ("t > 5", ["t"]),
    ("1 + 2 > 2", []),
  ])
  func `is what it came by, each property once`(expression: String, names: [String]) throws {
    #expect(try NotedRun(expression, in: context).names == names)
  }

  @Test func `changes nothing of the evaluation, whole or in slices`() throws {
    var generator = ExpressionGenerator(seed: 31)
    var compiled = 0
    for round in 0..<2_000 {
      let expression = generator.expression()
      let plain = Run(expression, in: context)
      if case .notCompiled = plain.outcome { continue }
      compiled += 1
      let noted = try NotedRun(expression, in: context, slice: round.isMultiple(of: 2) ? 1 : 64)
      #expect(noted.fuelUsed == plain.fuelUsed, "\(expression)")
      switch plain.outcome {
      case .value(let value):
        #expect(noted.outcome == .finished && noted.value.isSame(as: value), "\(expression)")
      case .notEvaluated(let error): #expect(noted.outcome == .failed(error), "\(expression)")
      case .notCompiled: break
      }
    }
    #expect(compiled > 1_000)
  }

  @Test func `pauses where an evaluation that notes nothing does`() throws {
    var properties = PropertyTable()
    let text = "n in (1, 2, 3, 4, 5, 6, 7) and lower(t) + \"!\" == \"málaga!\" and n > 6"
    let program = try #require(Program.compile(text, properties: &properties).program)
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    for slice in 1..<12 {
      var (plain, noting) = (Machine(), Machine())
      plain.start(program)
      noting.start(program)
      var reads = PropertyReads()
      var (fuel, other) = (0, 0)
      while true {
        fuel += slice
        other += slice
        let step = plain.run(
          program, context: context, bindings: bindings, now: 0, fuel: &fuel)
        let noted = noting.run(
          program, context: context, bindings: bindings, now: 0, fuel: &other, noting: &reads)
        #expect(step == noted && fuel == other && plain.position == noting.position)
        if step != .paused { break }
      }
    }
  }
}

@Suite struct `An excerpt of a value` {
  private func excerpt(_ value: Value, upTo bytes: Int) throws -> ValueExcerpt {
    let context = Context(.object([.init(name: "a", value: value)]))
    var properties = PropertyTable()
    let program = try #require(Program.compile("a", properties: &properties).program)
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    var machine = Machine()
    machine.start(program)
    var fuel = 1_000
    #expect(
      machine.run(program, context: context, bindings: bindings, now: 0, fuel: &fuel) == .finished)
    let read = try #require(bindings.value(at: 0, in: context, upTo: bytes))
    // A value that was come to is cut as one that was read.
    #expect(machine.value(program, context, upTo: bytes) == read)
    return read
  }

  @Test(
    arguments: [
      (.text("abcdef"), 8, .text("abcdef"), false), (.text("abcdef"), 7, .text("abcde"), true),
      (.text("aé"), 5, .text("aé"), false), (.text("aé"), 4, .text("a"), true),
      (.text("日本"), 7, .text("日"), true), (.text("\"\"\""), 7, .text("\"\""), true),
      (.text("\n\n"), 13, .text("\n"), true),
      (.list([.number(1), .number(2)]), 5, .list([.number(1), .number(2)]), false),
      (.list([.number(1), .number(2)]), 4, .list([.number(1)]), true),
      (.list([.text("abc"), .number(2)]), 6, .list([.text("ab")]), true),
      (.list([.list([.number(1), .number(2)])]), 6, .list([.list([.number(1)])]), true),
      (
        .object([.init(name: "k", value: .number(1)), .init(name: "l", value: .number(2))]), 13,
        .object([.init(name: "k", value: .number(1)), .init(name: "l", value: .number(2))]), false
      ),
      (
        .object([.init(name: "k", value: .number(1)), .init(name: "l", value: .number(2))]), 12,
        .object([.init(name: "k", value: .number(1))]), true
      ),
      (
        .object([.init(name: "long", value: .number(1))]), 6, .object([]), true
      ),
      (.number(0.1), 3, .number(0.1), false), (.logical(true), 5, .logical(true), false),
      (.null, 5, .null, false), (.list([]), 2, .list([]), false),
    ] as [(Value, Int, Value, Bool)])
  func `keeps as much as there is room for`(
    value: Value, bytes: Int, kept: Value, isCut: Bool
  ) throws {
    let excerpt = try excerpt(value, upTo: bytes)
    #expect(excerpt.value == kept)
    #expect(excerpt.isCut == isCut)
  }

  @Test func `of a missing property is none`() {
    let context = Context(.object([]))
    #expect(Bindings().value(at: 0, in: context, upTo: 100) == nil)
  }
}
