import Testing

@testable import Filtrex

@Suite struct `Limits of an expression` {
  private func code(_ expression: String, in context: Context = Context()) -> String {
    switch Run(expression, in: context).outcome {
    case .value: "value"
    case .notCompiled(let diagnostic): diagnostic.code.rawValue
    case .notEvaluated(let error): error.code.rawValue
    }
  }

  private func repeated(_ text: String, _ count: Int, separator: String = "") -> String {
    Array(repeating: text, count: count).joined(separator: separator)
  }

  @Test func `are its bytes`() {
    let text = "\"" + repeated("a", Limits.expressionBytes - 2) + "\""
    #expect(code(text) == "value")
    #expect(code(text + " ") == "EXPRESSION_TOO_LONG")
  }

  @Test(arguments: [
    ("(", "1", ")"), ("-", "1", ""), ("not ", "true", ""), ("abs(", "1", ")"),
    ("if true then 1 else ", "1", ""), ("1 ^ ", "1", ""), ("(1, ", "1", ")"),
    ("true ? 1 : ", "1", ""), ("length of ", "x", ""), ("true ? ", "1", " : 1"),
  ])
  func `are its nesting`(opening: String, middle: String, closing: String) {
    func nested(_ depth: Int) -> String {
      repeated(opening, depth) + middle + repeated(closing, depth)
    }
    let context = Context(.object([.init(name: "x", value: .number(1))]))
    // The innermost value is no level of its own.
    let allowed = code(nested(Limits.nesting), in: context)
    #expect(allowed == "value" || allowed == "UNKNOWN_PROPERTY")
    #expect(code(nested(Limits.nesting + 1), in: context) == "NESTING_TOO_DEEP")
  }

  @Test(arguments: ["(", "-", "not ", "f(", "if ", "a ^ ", "a of ", "a ? ", "1,", "* "])
  func `hold for ten thousand levels too`(opening: String) {
    let text = repeated(opening, min(10_000, Limits.expressionBytes / opening.utf8.count))
    #expect(code(text) != "value")
    #expect(code(repeated(opening, 10_000)) == "EXPRESSION_TOO_LONG")
  }

  @Test func `leave long chains of operators alone`() {
    #expect(Run(repeated("1", 2_000, separator: "+")).outcome == .value(.number(2_000)))
    #expect(Run(repeated("true", 900, separator: " and ")).outcome == .value(.logical(true)))
    #expect(Run(repeated("1", 1_000, separator: "==")).outcome == .value(.logical(true)))
    #expect(Run(repeated("1", 1_000, separator: " in ")).outcome == .value(.logical(false)))
  }

  @Test func `are its instructions`() {
    #expect(code(repeated("1", 2_048, separator: "+")) == "value")
    #expect(code(repeated("1", 2_049, separator: "+")) == "TOO_MANY_INSTRUCTIONS")
  }

  @Test func `are the values held at once`() {
    #expect(code("max(\(repeated("1", 256, separator: ",")))") == "value")
    #expect(code("max(\(repeated("1", 257, separator: ",")))") == "STACK_TOO_DEEP")
  }

  @Test(arguments: ["1", "-x", "\"a\""])
  func `are the elements of a list`(element: String) {
    let context = Context(.object([.init(name: "x", value: .number(1))]))
    #expect(code("(\(repeated(element, 1_024, separator: ",")))", in: context) == "value")
    #expect(code("(\(repeated(element, 1_025, separator: ",")))", in: context) == "LIST_TOO_LONG")
  }

  @Test func `are the properties of a tree`() {
    var properties = PropertyTable()
    for index in 0..<256 {
      #expect(Program.compile("p\(index)", properties: &properties).program != nil)
    }
    #expect(Program.compile("p7 + p255", properties: &properties).program != nil)
    let refused = Program.compile("p7 + p256", properties: &properties)
    #expect(refused.program == nil && refused.error?.code == .tooManyProperties)
  }

  @Test func `are the bytes of a text made at run time`() {
    let half = String(repeating: "x", count: Limits.textBytes / 2)
    let context = Context(.object([.init(name: "half", value: .text(half))]))
    #expect(Run("half + half", in: context).outcome == .value(.text(half + half)))
    #expect(code("half + half + 1", in: context) == "TEXT_TOO_LONG")
    let large = Context(.object([.init(name: "t", value: .text(half + half + "é"))]))
    #expect(code("lower(t)", in: large) == "TEXT_TOO_LONG")
    #expect(code("t == t and length(t) > 5", in: large) == "value")
  }

  @Test func `are all texts held at once, while those that are gone count for nothing`() {
    let text = String(repeating: "x", count: Limits.textBytes)
    let context = Context(.object([.init(name: "t", value: .text(text))]))
    #expect(code(repeated("lower(t) == t", 300, separator: " and "), in: context) == "value")
    #expect(code("(\(repeated("lower(t)", 16, separator: ",")))", in: context) == "value")
    #expect(code("(\(repeated("lower(t)", 17, separator: ",")))", in: context) == "TOO_MUCH_TEXT")
  }
}

@Suite struct `Long work` {
  private let context = Context(
    .object([
      .init(name: "many", value: .list((0..<600).map { .number(Double($0)) })),
      .init(name: "odd", value: .list((0..<600).map { .number(Double($0) + 0.5) })),
      .init(name: "t", value: .text(String(repeating: "ab", count: 20_000))),
    ]))

  @Test(arguments: [
    "many in odd", "many in many", "many == many", "contains(t, t + \"c\")", "sum(many) > 0",
    "bucket(t) < 1", "upper(t) == t", "length(trim(t)) > 5", "(many, 1) in (odd, many)",
    "sum(first((many, 1))) > 0", "first((many, 1)) in many",
  ])
  func `costs fuel in proportion, the same in every slicing`(expression: String) {
    let whole = Run(expression, in: context)
    #expect(whole.fuelUsed > 500)
    #expect(whole.fuelUsed <= whole.fuelBound)
    for slice in [97, 1_024] {
      let sliced = Run(expression, in: context, slice: slice)
      #expect(sliced.outcome == whole.outcome)
      #expect(sliced.fuelUsed == whole.fuelUsed)
    }
  }

  @Test func `of comparing lists is set aside in the middle`() {
    let run = Run("odd in many", in: context, slice: 10)
    #expect(run.slices >= 50)
    #expect(run.outcome == .value(.logical(false)))
  }
}
