import DecisionEngine
import Filtrex
import JSON
import TestSupport
import Testing

@Suite struct `The schema of trees` {
  private static let engine = Engine(registry: EveryKind.registry)

  /// The codes of the mistakes in a tree's shape, or `nil` where it is past limits that a schema does not know.
  private static func shapeErrors(in tree: JSONValue) -> [TreeDiagnostic.Code]? {
    let errors = engine.compile(tree).diagnostics.filter { $0.severity == .error }.map(\.code)
    let limits: [TreeDiagnostic.Code] = [.treeTooDeep, .tooManyNodes, .tooManyDiagnostics]
    return errors.contains(where: limits.contains) ? nil : errors.filter(\.isShape)
  }

  @Test(
    .enabled(
      if: SchemaOracle.interpreter != nil,
      "needs jsonschema-rs, which contrib/test installs: set SMARTFLOW_PYTHON to a Python with it"),
    .timeLimit(.minutes(10)))
  func `accepts exactly the trees in which the compiler finds no mistake of shape`() throws {
    var generator = TreeGenerator(seed: fuzzSeed)
    var mutator = TreeMutator(seed: fuzzSeed)
    var random = SeededGenerator(seed: fuzzSeed)
    var trees: [JSONValue] = []
    for _ in 0..<fuzzIterations(10_000) {
      let tree = generator.tree(depth: Int.random(in: 0...3, using: &random))
      let times = [0, 1, 1, 1, 2, 4].randomElement(using: &random) ?? 0
      trees.append(mutator.mutated(tree, times: times))
    }
    trees += Self.deliberate
    let mistakes = try SchemaOracle.mistakes(in: trees, by: Self.engine.schema)
    try #require(mistakes.count == trees.count)

    var accepted = 0
    var found: [TreeDiagnostic.Code: Int] = [:]
    for (tree, mistakes) in zip(trees, mistakes) {
      guard let errors = Self.shapeErrors(in: tree) else { continue }
      #expect(
        errors.isEmpty == mistakes.isEmpty,
        "seed \(fuzzSeed): the compiler finds \(errors), the schema \(mistakes), in \(tree.oneLine)"
      )
      if errors.isEmpty { accepted += 1 }
      for code in Set(errors) { found[code, default: 0] += 1 }
    }
    let summary = found.sorted { $0.value > $1.value }.map { "\($0.key.rawValue) \($0.value)" }
    print(
      "schema: \(trees.count) trees, \(accepted) accepted by both; \(summary.joined(separator: ", "))"
    )
    // A test in which one side always wins, or one kind of mistake never happens, would show nothing.
    guard trees.count > 5_000 else { return }
    #expect(accepted > trees.count / 5)
    #expect(accepted < trees.count * 4 / 5)
    for code in TreeDiagnostic.Code.allCases where code.isShape {
      #expect(found[code, default: 0] > 10, "\(code)")
    }
  }

  /// Trees at the edges that chance seldom finds.
  private static let deliberate: [JSONValue] = {
    func sms(_ message: JSONValue) -> JSONValue {
      .object([
        ("type", .string("SendSMS")),
        ("parameters", .object([("phone", .string("+35621234567")), ("message", message)])),
      ])
    }
    func split(_ weights: [JSONValue]) -> JSONValue {
      .object([
        ("type", .string("Split")),
        (
          "shares",
          .array(weights.map { .object([("weight", $0), ("action", sms(.string("Hi")))]) })
        ),
      ])
    }
    func every(_ name: String, _ value: JSONValue) -> JSONValue {
      .object([
        ("type", .string(EveryKind.name)), ("parameters", .object([(name, value)])),
      ])
    }
    let lengths = [0, 1, 1600, 1601].flatMap { count in
      ["a", "😀", "e\u{301}", "\u{FFFF}"].map {
        sms(
          .string(
            String(
              String.UnicodeScalarView(
                String(repeating: $0, count: count).unicodeScalars.prefix(count)))))
      }
    }
    let counts = [1, 99, 100, 101].flatMap { count -> [JSONValue] in
      [
        .object([
          ("type", .string("Sequence")),
          ("actions", .array(Array(repeating: sms(.string("Hi")), count: count))),
        ]), split(Array(repeating: .number(1), count: count)),
        every("flags", .array(Array(repeating: .bool(true), count: count))),
      ]
    }
    let weights: [[JSONValue]] = [
      [.number(0)], [.number(0), .number(0)], [.number(0), .number(.leastNonzeroMagnitude)],
      [.number(1e12)],
      [.number(1e12.nextUp)], [.number(-.leastNonzeroMagnitude)], [.string("1")],
      [.null, .number(1)],
      [.number(0), .string("x")],
    ]
    var deep = sms(.string("Hi"))
    for _ in 1..<TreeLimits.nesting {
      deep = .object([
        ("type", .string("Switch")),
        ("cases", .array([.object([("expression", .string("true")), ("action", deep)])])),
      ])
    }
    return lengths + counts + weights.map(split) + [deep]
  }()

  @Test func `is printed the same way each time, and refers only to what is in it`() throws {
    let text = Self.engine.schema.oneLine
    #expect(text == Engine(registry: EveryKind.registry).schema.oneLine)
    guard case .object(let schema) = Self.engine.schema,
      case .object(let definitions)? = schema["$defs"]
    else {
      Issue.record("the schema is no object with definitions")
      return
    }
    let references = text.matches(of: #/"\$ref":"#/\$defs/([^"]+)"/#).map { String($0.1) }
    #expect(Set(references) == Set(definitions.keys), "some are missing, or never used")
    #expect(definitions.keys.contains(EveryKind.name))
    #expect(schema["$schema"] == .string("https://json-schema.org/draft/2020-12/schema"))
  }

  @Test func `gives an example that compiles`() throws {
    guard case .object(let schema) = Engine().schema,
      case .array(let examples)? = schema["examples"]
    else {
      Issue.record("the schema has no examples")
      return
    }
    for example in examples { #expect(Engine().compile(example).tree != nil) }
    #expect(!examples.isEmpty)
  }
}

extension JSONValue {
  /// The value on one line.
  var oneLine: String {
    var bytes: [UInt8] = []
    JSONWriter.append(self, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
