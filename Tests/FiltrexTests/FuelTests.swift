import TestSupport
import Testing

@testable import Filtrex

/// What each instruction of one evaluation took.
private struct Costs {
  var taken: [(instruction: Instruction, bound: Int, fuel: Int)] = []
  var error: EvaluationError?

  init(_ expression: String, in context: Context) throws {
    var properties = PropertyTable()
    let program = try #require(
      Program.compile(expression, properties: &properties).program, "\(expression)")
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    var machine = Machine()
    machine.start(program)
    while true {
      let place = machine.position
      let isInside = machine.isInside
      var unit = 1
      let step = machine.run(
        program, context: context, bindings: bindings, now: Run.now, fuel: &unit)
      if case .failed(let error) = step {
        self.error = error
        return
      }
      if isInside {
        taken[taken.count - 1].fuel += 1 - unit
      } else {
        taken.append((program.code[place], program.sites[place].fuelBound, 1 - unit))
      }
      if step == .finished { return }
    }
  }

  /// What the only instruction of an opcode took.
  func fuel(of opcode: Opcode) throws -> Int {
    let found = taken.filter { $0.instruction.opcode == opcode }
    try #require(found.count == 1, "\(found.count) × \(opcode)")
    return found[0].fuel
  }
}

@Suite struct `The fuel of an instruction` {
  private static func text(_ bytes: Int, _ letter: String = "x") -> String {
    String(repeating: letter, count: bytes)
  }

  private static func context(_ members: (String, Value)...) -> Context {
    Context(.object(members.map { Value.Member(name: $0.0, value: $0.1) }))
  }

  /// An expression that runs an opcode once, and what that takes over the unit, by hand.
  private static let grown: [(Opcode, String, Context, Int)] = [
    (.add, "a + b", context(("a", .number(1)), ("b", .number(2))), 0),
    (.add, "a + b", context(("a", .text(text(100))), ("b", .text(text(60)))), 10),
    (.add, "a + b", context(("a", .text(text(100))), ("b", .number(1e20))), 121 / 16),
    (.relate, "a == b", context(("a", .number(1)), ("b", .number(2))), 0),
    (.relate, "a == b", context(("a", .number(1)), ("b", .text("1"))), 1),
    (.relate, "a == b", context(("a", .text(text(64))), ("b", .text(text(64)))), 5),
    (.relate, "a == b", context(("a", .text(text(64))), ("b", .text(text(65)))), 1),
    (.relate, "a < b", context(("a", .number(1)), ("b", .number(2))), 0),
    (
      .relate, "a != b",
      context(
        ("a", .list([.number(1), .text(text(32))])), ("b", .list([.number(1), .text(text(32))]))),
      5
    ),
    (
      .chain, "a == b == c",
      context(
        ("a", .text(text(48))), ("b", .text(text(48))), ("c", .text("c"))), 4
    ),
    (.propertyEqual, "a == \"\(text(40))\"", context(("a", .text(text(40)))), 2),
    (.propertyEqual, "a == \"\(text(40))\"", context(("a", .text(text(41)))), 0),
    (.propertyEqual, "a == 1", context(("a", .number(1))), 0),
    (.propertyNotEqual, "a != \"\(text(40))\"", context(("a", .text(text(40)))), 2),
    (.in, "a in (1, 2, 3)", context(("a", .number(3))), 3),
    (.in, "a in b", context(("a", .text(text(32))), ("b", .list([.text(text(32, "y"))]))), 3),
    (.notIn, "a not in (1, 2, 3)", context(("a", .number(9))), 3),
    (.beginList, "(a, a, a, a)", context(("a", .number(9))), 4),
    (.call, "length(a)", context(("a", .text(text(160)))), 10),
    (.call, "length(a)", context(("a", .list([.null]))), 0),
    (.call, "lower(a)", context(("a", .text(text(32)))), 16 + 2),
    (.call, "abs(a)", context(("a", .number(1))), 0),
    (.call, "sum(a)", context(("a", .list([.number(1), .number(2)]))), 2),
    (.call, "contains(a, b)", context(("a", .text(text(32))), ("b", .text(text(16)))), 7),
    (.call, "bucket(a)", context(("a", .text(text(32)))), 16),
    (.call, "daysSince(a)", context(("a", .text("2026-11-24T10:00:00.000000000000Z"))), 2),
    (.call, "daysSince(a)", context(("a", .number(1))), 0),
  ]

  @Test(arguments: grown.indices)
  func `grows with what its row says`(index: Int) throws {
    let (opcode, expression, context, growth) = Self.grown[index]
    let costs = try Costs(expression, in: context)
    #expect(costs.error == nil)
    #expect(try costs.fuel(of: opcode) == OpcodeFuel.unit + growth, "\(expression)")
    #expect(growth == 0 || opcode.row.fuel.growth != .nothing)
  }

  @Test func `is told of every opcode that grows`() {
    let told = Set(Self.grown.filter { $0.3 > 0 }.map(\.0))
    let growing = Set(OpcodeRow.all.filter { $0.fuel.growth != .nothing }.map(\.opcode))
    #expect(told == growing)
  }

  @Test func `is the row's base for all that does not grow, and never over its bound`() throws {
    let context = Context(ExpressionGenerator.context)
    var generator = ExpressionGenerator(seed: 23)
    // What the generator does not write.
    var expressions = [
      "a.b of wallet", "not (n > 1)", "null of (n + 1)", "n <= 7 and n > 1 and n >= 1 and n < 9",
      "exists(n) or empty(n)", "n * 2 / 3 - 1 ^ 2 mod 2", "if yes then -n else n",
      "n != 7 or t ~= \"M\"", "no or yes or no", "t == \"Málaga\" and (n, 1) == one", "1 < n < 9",
      "true of (n, 1)", "max(n, 1) in tags", "n not in tags", "cash of wallet", "n <= 7", "n < 9",
      "n >= 1", "no or one",
    ]
    for _ in 0..<3_000 { expressions.append(generator.expression()) }
    var seen: Set<Opcode> = []
    for expression in expressions {
      var properties = PropertyTable()
      guard Program.compile(expression, properties: &properties).program != nil else { continue }
      for (instruction, bound, fuel) in try Costs(expression, in: context).taken {
        let row = instruction.opcode.row
        seen.insert(instruction.opcode)
        if row.fuel.growth == .nothing {
          #expect(fuel == row.fuel.base, "\(row.name) in \(expression)")
        }
        #expect(row.fuel.base <= fuel && fuel <= bound, "\(row.name) in \(expression)")
      }
    }
    #expect(seen == Set(Opcode.allCases), "\(Set(Opcode.allCases).subtracting(seen))")
  }
}
