import TestSupport
import Testing

@testable import Filtrex
@testable import OracleSupport

@Suite struct `A machine` {
  private func machine(_ expression: String, in context: Context) throws -> (Machine, Program) {
    var properties = PropertyTable()
    let program = try #require(Program.compile(expression, properties: &properties).program)
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    var machine = Machine()
    machine.start(program)
    var fuel = program.fuelBound
    #expect(
      machine.run(program, context: context, bindings: bindings, now: 0, fuel: &fuel) == .finished)
    return (machine, program)
  }

  @Test(arguments: [
    ("true", true), ("one", true), ("5", nil), ("(true, true)", nil), ("null", nil),
  ])
  func `counts a list of one logical as that logical`(expression: String, logical: Bool?) throws {
    let context = Context(.object([.init(name: "one", value: .list([.logical(true)]))]))
    #expect(try machine(expression, in: context).0.logical == logical)
  }

  @Test(arguments: [
    ("5", "number"), ("\"a\"", "text"), ("null", "null"), ("(1, 2)", "list"), ("o", "object"),
    ("l", "text"), ("true", "logical"),
  ])
  func `names the type of its value`(expression: String, name: String) throws {
    let context = Context(
      .object([
        .init(name: "o", value: .object([])), .init(name: "l", value: .list([.text("a")])),
      ]))
    #expect(try machine(expression, in: context).0.typeName == name)
  }

  @Test(arguments: [("\"a\" + 1", "a1"), ("0.5", "0.5"), ("true", nil), ("null", nil)])
  func `appends texts and numbers as plus joins them`(expression: String, text: String?) throws {
    let (machine, program) = try machine(expression, in: Context())
    var bytes: [UInt8] = []
    let isAppended = machine.appendText(of: program, context: Context(), to: &bytes)
    #expect((isAppended ? String(decoding: bytes, as: UTF8.self) : nil) == text)
  }

  @Test func `has no value before it has finished, and is reused for another program`() throws {
    let context = Context(ExpressionGenerator.context)
    var properties = PropertyTable()
    let first = try #require(
      Program.compile("lower(t) + \"x\" + n", properties: &properties).program)
    let second = try #require(Program.compile("n in tags", properties: &properties).program)
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    var machine = Machine()
    for _ in 0..<3 {
      machine.start(first)
      var fuel = 1
      #expect(
        machine.run(first, context: context, bindings: bindings, now: 0, fuel: &fuel) == .paused)
      #expect(machine.value(first, context) == .null)
      machine.start(second)
      #expect(machine.fuelUsed == 0)
      fuel = 1_000
      #expect(
        machine.run(second, context: context, bindings: bindings, now: 0, fuel: &fuel) == .finished)
      #expect(machine.value(second, context) == .logical(true))
      #expect(machine.fuelUsed == 1_000 - fuel)
    }
  }

  @Test func `runs nothing without fuel`() throws {
    var properties = PropertyTable()
    let program = try #require(Program.compile("1", properties: &properties).program)
    var machine = Machine()
    machine.start(program)
    var fuel = 0
    let step = machine.run(
      program, context: Context(), bindings: Bindings(), now: 0, fuel: &fuel)
    #expect(step == .paused && machine.fuelUsed == 0)
  }

  @Test(arguments: [
    ("1", 16), ("null", 16), ("t", 23), ("(1, \"ab\")", 50), ("wallet", 16 * 10 + 18),
  ])
  func `says how much memory a value takes, and counts no further than it is asked`(
    expression: String, bytes: Int
  ) throws {
    let context = Context(ExpressionGenerator.context)
    let (machine, program) = try machine(expression, in: context)
    #expect(machine.valueBytes(of: program, context: context, upTo: 1_000) == bytes)
    #expect(machine.valueBytes(of: program, context: context, upTo: 10) == 10)
  }
}

@Suite struct `The verifier` {
  private func program(_ code: [Instruction], stackDepth: Int = 4) -> Program {
    var constants = Store()
    constants.cells = [Cell(1.0)]
    return Program(
      expression: "", fuelBound: 0, stackDepth: stackDepth, code: code, sites: [],
      operandRanges: [], constants: constants, patterns: [], extent: .anything,
      propertyNames: PropertyNames())
  }

  @Test(
    arguments: [
      ([], .noEnd),
      ([Instruction(.constant, long: 0)], .noEnd),
      ([Instruction(.constant, long: 1), Instruction(.finish)], .outside(.constant, at: 0)),
      ([Instruction(.property, short: 9), Instruction(.finish)], .outside(.slot, at: 0)),
      ([Instruction(.jump, long: 7), Instruction(.finish)], .outside(.target, at: 0)),
      ([Instruction(.jump, long: 0), Instruction(.finish)], .jumpBackwards(at: 0)),
      ([Instruction(.finish)], .stackTooLow(at: 0)),
      ([Instruction(.constant), Instruction(.add), Instruction(.finish)], .stackTooLow(at: 1)),
      ([Instruction(.constant), Instruction(.element), Instruction(.finish)], .stackTooLow(at: 1)),
      (
        [
          Instruction(.constant), Instruction(.constant), Instruction(.branch, long: 4),
          Instruction(.constant), Instruction(.finish),
        ], .depthsDiffer(at: 4)
      ),
      (
        [Instruction(.constant), Instruction(.call, short: 2, long: 0), Instruction(.finish)],
        .stackTooLow(at: 1)
      ),
      (
        [Instruction(.constant), Instruction(.call, short: 1, long: 999), Instruction(.finish)],
        .outside(.function, at: 1)
      ),
    ] as [([Instruction], Verifier.Violation)])
  func `refuses a program that would leave its bounds`(
    code: [Instruction], violation: Verifier.Violation
  ) {
    #expect(Verifier.violation(of: program(code), slotCount: 1) == violation)
  }

  @Test func `refuses a program that needs more stack than it says`() {
    let code = [
      Instruction(.constant), Instruction(.constant), Instruction(.add), Instruction(.finish),
    ]
    #expect(Verifier.violation(of: program(code, stackDepth: 2), slotCount: 0) == nil)
    #expect(
      Verifier.violation(of: program(code, stackDepth: 1), slotCount: 0) == .stackTooHigh(at: 1))
  }

  @Test func `finds a row for every opcode at its number`() {
    #expect(OpcodeRow.all.map(\.opcode) == Opcode.allCases)
    #expect(Set(OpcodeRow.all.map(\.name)).count == Opcode.allCases.count)
    #expect(Set(FunctionTable.rows.map(\.name)).count == FunctionTable.rows.count)
    #expect(MemoryLayout<Cell>.stride == 16 && MemoryLayout<Instruction>.stride == 8)
  }
}

@Suite struct `Searching a text` {
  @Test func `finds what a search place by place finds`() {
    var random = SeededGenerator(seed: 5)
    for round in 0..<20_000 {
      let letters = round.isMultiple(of: 2) ? 2 : 3
      func text(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0..<UInt8(letters), using: &random) }
      }
      let whole = text(Int.random(in: 0...30, using: &random))
      let part = text(Int.random(in: 0...8, using: &random))
      let expected = (0...whole.count).contains { whole.dropFirst($0).starts(with: part) }
      #expect(TextSearch.contains(whole.span, part.span) == expected, "\(whole) \(part)")
    }
  }
}
