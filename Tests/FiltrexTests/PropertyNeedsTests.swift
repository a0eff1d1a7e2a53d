import Filtrex
import TestSupport
import Testing

@testable import OracleSupport

@Suite struct `A context of which only what is asked for is built` {
  private func needs(_ expressions: String...) -> PropertyNeeds {
    var table = PropertyTable()
    for expression in expressions {
      #expect(Program.compile(expression, properties: &table).program != nil)
    }
    return PropertyNeeds(table)
  }

  private func names(_ context: Context) -> [String] {
    guard case .object(let members) = context.value else { return [] }
    return members.map(\.name)
  }

  @Test func `holds the properties that expressions name, and the first parts of dotted names`() {
    let context = Context(
      ExpressionGenerator.context, keeping: needs("n + wallet.cash", "empty.text == t"))
    #expect(names(context) == ["empty.text", "n", "t", "wallet"])
  }

  @Test func `holds what is inside of what it holds, whatever it is called`() {
    let context = Context(ExpressionGenerator.context, keeping: needs("wallet.cash"))
    #expect(
      Run("deep of inner of wallet", in: context).outcome == .value(.logical(true)))
  }

  @Test(arguments: 0..<400 as Range<UInt64>)
  func `gives expressions the value that all of it gives them`(seed: UInt64) {
    var generator = ExpressionGenerator(seed: seed)
    let expression = generator.expression()
    var table = PropertyTable()
    guard Program.compile(expression, properties: &table).program != nil else { return }
    let part = Context(ExpressionGenerator.context, keeping: PropertyNeeds(table))
    let whole = Run(expression, in: Context(ExpressionGenerator.context))
    let run = Run(expression, in: part)
    #expect(run.outcome == whole.outcome, "\(expression)")
    #expect(run.fuelUsed == whole.fuelUsed, "\(expression)")
  }

  /// Names of every length up to past where lengths are told apart, many of them with the same hash.
  @Test func `finds each of many names, and none but them`() {
    var random = SeededGenerator(seed: 7)
    var table = PropertyTable()
    let all = (0..<400).map { index in
      "n\(String(repeating: "x", count: Int.random(in: 0...70, using: &random)))\(index % 7)\(index)"
    }
    let asked = all.filter { _ in Bool.random(using: &random) }.prefix(200)
    for name in asked { _ = Program.compile("'\(name)'", properties: &table) }
    let context = Context(
      .object(all.map { .init(name: $0, value: .number(1)) }), keeping: PropertyNeeds(table))
    #expect(Set(names(context)) == Set(asked))
  }

  @Test func `breaks the limits that all of it would break`() {
    let nothing = needs("1 + 1")
    func nested(_ depth: Int) -> Value {
      (1..<depth).reduce(.object([])) { inner, level in
        level.isMultiple(of: 2) ? .list([inner]) : .object([.init(name: "a", value: inner)])
      }
    }
    let root = { (value: Value) in Value.object([.init(name: "a", value: value)]) }
    #expect(Context(root(nested(31)), keeping: nothing).violation == nil)
    #expect(Context(root(nested(32)), keeping: nothing).violation == .tooDeep(limit: 32))
    func values(_ count: Int) -> Value {
      .object((0..<count).map { .init(name: "p\($0)", value: .null) })
    }
    #expect(Context(values(10_000), keeping: nothing).violation == nil)
    #expect(
      Context(values(10_001), keeping: nothing).violation == .tooManyValues(limit: 10_000))
    func text(_ count: Int) -> Value { root(.text(String(repeating: "x", count: count))) }
    #expect(Context(text(262_143), keeping: nothing).violation == nil)
    #expect(
      Context(text(262_144), keeping: nothing).violation == .tooManyBytes(limit: 262_144))
    #expect(Context(.list([]), keeping: nothing).violation == .notOneObject)
  }

  @Test func `refuses what is misplaced in what it leaves out`() {
    func context(_ body: (inout Context) -> Void) -> ContextError? {
      var context = Context()
      context.removeAll(keeping: needs("1 + 1"))
      context.beginObject()
      context.key("a".utf8.span.bytes)
      body(&context)
      return context.violation
    }
    #expect(context { $0.key("b".utf8.span.bytes) } == .misplaced)
    #expect(context { $0.endObject() } == .misplaced)
    #expect(context { $0.endList() } == .misplaced)
    #expect(
      context {
        $0.number(1)
        $0.number(2)
      } == .misplaced)
  }

  @Test func `is reused for one of which all is built`() {
    var context = Context(ExpressionGenerator.context, keeping: needs("n"))
    context.removeAll()
    context.beginObject()
    context.key("x".utf8.span.bytes)
    context.number(1)
    context.endObject()
    #expect(context.value == .object([.init(name: "x", value: .number(1))]))
  }
}
