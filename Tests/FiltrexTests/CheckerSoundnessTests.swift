import Foundation
import TestSupport
import Testing

@testable import Filtrex
@testable import OracleSupport

/// What was claimed, so that a test can not pass by claiming nothing.
private struct Claims {
  var constant = 0
  var failing = 0
  var undecided = 0
  var facts = 0
  /// Claims about a part that at least one context came to.
  var witnessed = 0
}

/// As `#expect`, which costs more than what is held here a million times.
private func insist(_ condition: Bool, _ complaint: () -> String) {
  if !condition { Issue.record("\(complaint())") }
}

/// One expression as the checker and as evaluation see it.
private struct Examination {
  let expression: String
  let tree: SyntaxTree
  let program: Program
  let properties: PropertyTable
  let findings: [Finding]
  let verdict: ExpressionChecker.Verdict

  init?(
    _ expression: String, _ checker: inout ExpressionChecker, knowing facts: Facts
  ) {
    var properties = PropertyTable()
    guard let program = Program.compile(expression, properties: &properties).program else {
      return nil
    }
    self.expression = expression
    self.program = program
    self.properties = properties
    verdict = checker.condition(expression, at: "/\(checker.places.count)", knowing: facts)
    // Claims about branches of a tree go the same way.
    checker.conclude(verdict, unreachable: ["/trueAction"])
    tree = checker.tree
    findings = checker.findings
  }

  /// Evaluates, and holds what was claimed against what came of it.
  ///
  /// - Returns: The outcome; `nil` where there is no logical.
  func outcome(in value: Value, _ claims: inout Claims) -> Bool? {
    let context = Context(value)
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    var machine = Machine()
    machine.start(program)
    var fuel = program.fuelBound
    let step = machine.run(
      program, context: context, bindings: bindings, now: Run.now, fuel: &fuel)
    let outcome = step == .finished ? machine.logical : nil
    if let outcome {
      insist((outcome ? verdict.whenTrue : verdict.whenFalse) != nil) {
        "\(expression) is \(outcome) in \(value)"
      }
    }
    holdClaims(value, outcome, &claims)
    return outcome
  }

  private func complaint(_ finding: Finding, _ value: Value) -> String {
    "\(expression): \(finding.diagnostic.message), in \(value)"
  }

  private func holdClaims(_ value: Value, _ outcome: Bool?, _ claims: inout Claims) {
    let certain = findings.filter { $0.isConstant || $0.severity == .warning }
    guard !certain.isEmpty else { return }
    var seen: [Range<Int>: [Value]] = [:]
    var oracle = Oracle(tree: tree, context: value, now: Run.now)
    oracle.observe = { seen[$0, default: []].append($1) }
    _ = try? oracle.evaluate()
    for finding in certain {
      let values = seen[finding.range] ?? []
      if !values.isEmpty { claims.witnessed += 1 }
      let logicals = values.compactMap(\.asLogical)
      if finding.isConstant {
        let isAlways = finding.statement.contains(" is always true")
        insist(logicals.allSatisfy { $0 == isAlways }) { complaint(finding, value) }
      } else if finding.code == .unexpectedType {
        insist(values.isEmpty || outcome == nil) { complaint(finding, value) }
      } else if finding.statement.contains(" never ") {
        insist(values.isEmpty) { complaint(finding, value) }
      }
    }
  }
}

extension Value {
  fileprivate var asLogical: Bool? {
    switch self {
    case .logical(let logical): logical
    case .list(let list) where list.count == 1: list[0].asLogicalItself
    default: nil
    }
  }

  private var asLogicalItself: Bool? {
    if case .logical(let logical) = self { logical } else { nil }
  }
}

extension ExpressionChecker {
  /// What a subject is in a context; `nil` where that is not looked up.
  fileprivate func look(up subject: SubjectTable.ID, in context: Value) -> Value?? {
    guard let key = subjects.key(of: subject) else { return nil }
    switch key {
    case .property(let name): return find(name, in: context)
    case .member(let name, let holder):
      guard case .some(.some(let value)) = look(up: holder, in: context) else { return nil }
      return .some(value.memberForTest(String(decoding: name, as: UTF8.self)))
    case .number, .text, .constant, .operation: return nil
    }
  }

  private func find(_ name: [UInt8], in context: Value) -> Value? {
    var tree = SyntaxTree()
    tree.root = tree.add(.name(String(decoding: name, as: UTF8.self)), 0..<0)
    return try? Oracle(tree: tree, context: context, now: 0).evaluate()
  }
}

extension SubjectTable {
  fileprivate func key(of id: ID) -> Key? { ids.first { $0.value == id }?.key }
}

extension Value {
  fileprivate func memberForTest(_ name: String) -> Value? {
    var tree = SyntaxTree()
    let holder = tree.add(.name("holder"), 0..<0)
    tree.root = tree.add(
      .property(name: name, isQuoted: true, nameRange: 0..<0, of: holder), 0..<0)
    let context = Value.object([.init(name: "holder", value: self)])
    return try? Oracle(tree: tree, context: context, now: 0).evaluate()
  }
}

@Suite struct `What the checker claims` {
  /// Some thousand conditions a seed, in ways of up to three; more seeds when somebody has the time.
  static let seeds: Range<UInt64> =
    0..<(ProcessInfo.processInfo.environment["FILTREX_SEEDS"].flatMap(UInt64.init) ?? 10)

  private static func generators(
    _ seed: UInt64
  ) -> (ExpressionGenerator, ConditionGenerator) {
    (
      ExpressionGenerator(seed: seed),
      ConditionGenerator(
        seed: seed, numbers: ["n", "x", "x", "y", "wallet.cash", "cash of wallet"],
        texts: ["t", "tier"], logicals: ["yes", "vip", "deep of inner of wallet"],
        lists: ["one", "tags", "numbers"])
    )
  }

  @Test(arguments: seeds)
  func `holds in every context that the schema admits`(seed: UInt64) {
    var random = SeededGenerator(seed: seed &+ 1_000)
    var (expressions, conditions) = Self.generators(seed)
    var claims = Claims()
    for _ in 0..<80 {
      let model = ShapeModel.context(&random)
      let contexts = (0..<12).map { _ in model.sample(&random) }
      #expect(contexts.allSatisfy(model.shape.admits), "the model does not admit its own values")
      for _ in 0..<6 {
        let hasSchema = Int.random(in: 0..<5, using: &random) > 0
        var checker = ExpressionChecker(context: hasSchema ? model.shape.object : nil)
        var contexts = contexts
        var facts = Facts()
        for _ in 0..<3 {
          let isWild = Int.random(in: 0..<4, using: &random) == 0
          let text = isWild ? expressions.expression(depth: 4) : conditions.condition()
          guard let examined = Examination(text, &checker, knowing: facts) else { break }
          claims.count(examined.findings, examined.verdict)
          let outcomes = contexts.map { examined.outcome(in: $0, &claims) }
          let side = Bool.random(using: &random)
          contexts = zip(contexts, outcomes).filter { $0.1 == side }.map(\.0)
          guard let known = side ? examined.verdict.whenTrue : examined.verdict.whenFalse else {
            #expect(contexts.isEmpty, "\(text)")
            break
          }
          facts = known
          for context in contexts { hold(facts, of: checker, in: context, text, &claims) }
        }
      }
    }
    // Without many claims there would be nothing that could be wrong.
    #expect(claims.constant > 700 && claims.failing > 200, "\(claims)")
    #expect(claims.undecided > 300 && claims.facts > 1_300, "\(claims)")
    #expect(claims.witnessed > 3_000, "\(claims)")
  }

  private func hold(
    _ facts: Facts, of checker: ExpressionChecker, in context: Value, _ text: String,
    _ claims: inout Claims
  ) {
    for fact in facts.all {
      guard let value = checker.look(up: fact.subject, in: context) else { continue }
      claims.facts += 1
      insist(fact.shape.admits(value)) {
        "\(text): \(String(describing: value)) is not \(ShapeText.text(fact.shape)), in \(context)"
      }
    }
  }

  @Test(arguments: seeds)
  func `of a value's shape admits the value`(seed: UInt64) {
    var random = SeededGenerator(seed: seed &+ 2_000)
    var (expressions, _) = Self.generators(seed &+ 50)
    var known = 0
    for _ in 0..<80 {
      let model = ShapeModel.context(&random)
      let contexts = (0..<5).map { _ in model.sample(&random) }
      for _ in 0..<12 {
        let text = expressions.expression(depth: 4)
        var checker = ExpressionChecker(context: model.shape.object)
        let outlook = checker.value(text, at: "", as: .value, for: "", knowing: Facts())
        if outlook.shape.kinds != .value { known += 1 }
        for context in contexts {
          guard case .value(let value) = Run(text, in: Context(context)).outcome else { continue }
          insist(outlook.shape.admits(value) && outlook.evaluated != nil) {
            "\(text): \(value) is not \(ShapeText.text(outlook.shape)), in \(context)"
          }
        }
      }
    }
    #expect(known > 700)
  }
}

extension Claims {
  fileprivate mutating func count(
    _ findings: [Finding], _ verdict: ExpressionChecker.Verdict
  ) {
    constant += findings.count(where: \.isConstant)
    failing += findings.count { $0.code == .unexpectedType && $0.severity == .warning }
    if verdict.whenTrue != nil, verdict.whenFalse != nil { undecided += 1 }
  }
}
