import Filtrex
import Testing

@Suite struct `The compiler` {
  private func diagnostics(_ expression: String) -> [Diagnostic] {
    var properties = PropertyTable()
    return Program.compile(expression, properties: &properties).diagnostics
  }

  @Test func `reports all mistakes of an expression at once, in order`() {
    let found = diagnostics("maxx(1) + (2 * * 3) and abs() or x = 5 and \"a\" ~= \"[\"")
    #expect(
      found.map(\.code) == [
        .unknownFunction, .syntax, .wrongArgumentCount, .syntax, .invalidPattern,
      ])
    #expect(found.map(\.range.lowerBound) == found.map(\.range.lowerBound).sorted())
  }

  @Test(arguments: [
    ("exiss(a)", "exists"), ("startswith(a, b)", "startsWith"), ("a = 5", "=="),
    ("a && b", "and"), ("a || b", "or"), ("!a", "not"), (".5", "0.5"), ("a nt in b", "not"),
    ("a % b", "mod"), ("abs()", "abs(number)"), ("010", "10"),
  ])
  func `names the remedy`(expression: String, suggestion: String) {
    #expect(
      diagnostics(expression).contains { $0.suggestion == suggestion }, "\(diagnostics(expression))"
    )
  }

  @Test(arguments: [
    ("1 +", 3..<3), ("(1", 2..<2), ("1 2", 2..<3), ("if a then b", 11..<11), ("\"abc", 0..<4),
    ("a + 'b", 4..<6), ("maxx(é)", 0..<4), ("abs(1, 2)", 0..<9), ("a ~= \"(\"", 6..<7),
  ])
  func `gives the place`(expression: String, range: Range<Int>) {
    #expect(diagnostics(expression).contains { $0.range == range }, "\(diagnostics(expression))")
  }

  @Test(arguments: ["1 +", "(1", "1 2", "if a b", "a ? b", "f(1", ")"])
  func `says what was expected, once a place`(expression: String) {
    let found = diagnostics(expression).filter { $0.code == .syntax }
    #expect(found.allSatisfy { $0.expected != nil }, "\(found)")
    #expect(Set(found.map(\.range.lowerBound)).count == found.count, "\(found)")
  }

  @Test(arguments: [
    "a > 5 andd b", "a nt in b", "if a thn b else c", "if a then b els c", "(a orr b)",
    "(a adn b, c)",
    "max(1, 2 modd 3)", "if a thn b els c", "a = b",
    "a && b",
  ])
  func `takes a slip for what was meant, so that it is one message`(expression: String) {
    let slips = expression == "if a thn b els c" ? 2 : 1
    #expect(diagnostics(expression).count == slips, "\(diagnostics(expression))")
  }

  @Test func `adds no names of an expression that it refuses`() {
    var properties = PropertyTable()
    #expect(Program.compile("a + ", properties: &properties).program == nil)
    #expect(properties.count == 0)
    #expect(Program.compile("a + b + a + wallet.cash", properties: &properties).program != nil)
    #expect(properties.names == ["a", "b", "wallet.cash"])
  }

  @Test func `shows its code for people`() throws {
    var properties = PropertyTable()
    let program = try #require(
      Program.compile(
        "daysInactive > 5 and tier == \"Gold\"", properties: &properties
      ).program)
    #expect(
      program.disassembly == """
        0  property-greater `daysInactive` 5  1             <= 1  daysInactive > 5
        1  and -> 3                           1             <= 1  daysInactive > 5 and tier == "Gold"
        2  property-equal `tier` "Gold"       1 + bytes/16  <= 1  tier == "Gold"
        3  finish                             1             <= 1  daysInactive > 5 and tier == "Gold"
        fuel <= 4, stack <= 1

        """)
  }

  @Test func `shows every kind of constant, and cuts what is long`() throws {
    var properties = PropertyTable()
    let program = try #require(
      Program.compile(
        "a in (1, \"q\\\"\", true, null, (2.5, -3)) or b ==\n\"\(String(repeating: "x", count: 99))\"",
        properties: &properties
      ).program)
    let lines = program.disassembly.split(separator: "\n")
    #expect(lines.contains { $0.contains(#"constant (1, "q\"", true, null, (2.5, -3))"#) })
    #expect(lines.allSatisfy { $0.count < 160 }, "\(lines)")
    #expect(program.listing.map(\.index) == Array(program.listing.indices))
    #expect(program.listing.reduce(0) { $0 + $1.fuelBound } >= program.fuelBound)
  }

  @Test func `documents every opcode and function with its fuel`() {
    let lines = Program.instructionSet.split(separator: "\n")
    for row in FunctionTable.rows {
      #expect(lines.count { $0.hasPrefix("| `\(row.signature)` |") } == 1, "\(row.name)")
    }
    #expect(lines.contains { $0.hasPrefix("| `add` |") && $0.contains("1 for each 16 bytes") })
    #expect(lines.contains { $0.hasPrefix("| `jump` |") && $0.contains("| 1 |") })
  }
}
