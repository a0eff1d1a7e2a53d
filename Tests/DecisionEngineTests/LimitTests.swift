import DecisionEngine
import Filtrex
import JSON
import Testing

@Suite struct `A tree's limits` {
  /// A tree's only diagnostic, which must be an error that names the limit.
  private func refusal(
    of json: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (code: TreeDiagnostic.Code, message: String) {
    let diagnostics = try compile(json).diagnostics
    #expect(diagnostics.count == 1, sourceLocation: sourceLocation)
    let first = try #require(diagnostics.first, sourceLocation: sourceLocation)
    return (first.code, first.message)
  }

  @Test func `take nodes 64 deep and no deeper`() throws {
    var deep = sms
    for _ in 1..<64 { deep = condition("true", deep) }
    #expect(try compile(deep).tree != nil)
    let (code, message) = try refusal(of: condition("true", deep))
    #expect(code == .treeTooDeep && message.contains("64"))
  }

  @Test func `take 1,000 actions on one path and no more`() throws {
    let ten = (0..<10).map { _ in sequence((0..<100).map { _ in bonus }) }
    #expect(try compile(sequence(ten)).tree != nil)
    // Only one side of a condition runs, so that both together may have more.
    let either = condition("true", sequence(ten), sequence(ten))
    #expect(try compile(either).tree != nil)
    let (code, message) = try refusal(of: sequence(ten + [bonus]))
    #expect(code == .tooManyActions && message.contains("1001") && message.contains("1000"))
  }

  @Test func `take 10,000 nodes and no more`() throws {
    // 1 + 100 × 99 nodes, and the rest.
    func wide(_ rest: Int) -> String {
      let hundred = condition("true", sequence((0..<97).map { _ in bonus }))
      return condition(
        "true", sequence((0..<100).map { _ in hundred }),
        sequence((0..<rest).map { _ in bonus }))
    }
    // Both have more actions on a path than may be; the number of nodes is what differs.
    #expect(try compile(wide(97)).diagnostics.map(\.code) == [.tooManyActions])
    let codes = try compile(wide(98)).diagnostics.map(\.code)
    #expect(codes.contains(.tooManyNodes))
    let message = try compile(wide(98)).diagnostics.first { $0.code == .tooManyNodes }?.message
    #expect(message?.contains("10000") == true)
  }

  @Test func `take 256 properties and no more`() throws {
    func tree(_ count: Int) -> String {
      let sums = (0..<count).map { "p\($0)" }
      let conditions = stride(from: 0, to: count, by: 64).map {
        condition(sums[$0..<min($0 + 64, count)].joined(separator: " + ") + " > 0", sms)
      }
      return sequence(conditions)
    }
    #expect(try compile(tree(256)).tree?.properties.count == 256)
    let (code, message) = try refusal(of: tree(257))
    #expect(code == .tooManyProperties && message.contains("256") && message.contains("`p256`"))
  }

  @Test func `take 20,000 expressions and no more`() throws {
    func tree(_ count: Int) -> String {
      let body = String(repeating: "{{1}}", count: count)
      return
        #"{"type":"SendEmail","parameters":{"from":"a@b","to":"c@d","subject":"s","body":"\#(body)"}}"#
    }
    let most = try #require(try compile(tree(20_000)).tree)
    let body = try run(most).actions.first?.parameters?["body"]
    #expect(body == .string(String(repeating: "1", count: 20_000)))
    let (code, message) = try refusal(of: tree(20_001))
    #expect(code == .tooManyExpressions && message.contains("20000"))
  }

  @Test func `take a thousand diagnostics, and say that there are more`() throws {
    let wrong = (0..<20).map { _ in
      sequence((0..<100).map { _ in #"{"type":"GrantBonus","parameters":{}}"# })
    }
    let diagnostics = try compile(sequence(wrong)).diagnostics
    #expect(diagnostics.count == 1_000)
    #expect(diagnostics.first?.code == .tooManyDiagnostics)
    #expect(diagnostics.first?.message.contains("1000") == true)
  }

  @Test func `take any number of warnings`() throws {
    let old = sequence((0..<100).map { _ in condition("a % 2 % 2 % 2 == 0", bonus) })
    let compilation = try compile(sequence([old, old, old, old]))
    #expect(compilation.tree != nil)
    #expect(compilation.diagnostics.count == 1_000)
    #expect(compilation.diagnostics.allSatisfy { $0.severity == .warning })
    #expect(compilation.diagnostics.first?.code == .tooManyDiagnostics)
    // Nor do they hide an error.
    let codes = try compile(sequence([old, old, old, old, #"{"type":"GrantBonus"}"#])).diagnostics
      .filter { $0.severity == .error }.map(\.code)
    #expect(codes == [.missingParameter])
  }

  @Test func `take 1 MiB of JSON and no more, in whatever form a tree came`() throws {
    func tree(_ bytes: Int) -> JSONValue {
      .object([
        ("metadata", .object([("a", .string(String(repeating: "x", count: bytes - 67)))])),
        ("parameters", .object([("amount", .number(5))])), ("type", .string("GrantBonus")),
      ])
    }
    #expect(Engine().compile(tree(1 << 20)).tree?.canonicalJSON.count == 1 << 20)
    let diagnostics = Engine().compile(tree((1 << 20) + 1)).diagnostics
    #expect(diagnostics.map(\.code) == [.treeTooLarge])
    #expect(diagnostics.first?.message.contains("1048576") == true)
  }

  @Test(arguments: [
    (String(repeating: " ", count: 1 << 20) + sms, "1048576 bytes"),
    (String(repeating: "[", count: 257) + String(repeating: "]", count: 257), "256 deep"),
  ])
  func `hold for its JSON too`(json: String, limit: String) {
    let error = #expect(throws: JSONError.self) {
      try JSONParser.parse(Array(json.utf8).span.bytes, limits: TreeLimits.json)
    }
    #expect(error?.description.contains(limit) == true)
  }
}

@Suite struct `A context's limits` {
  /// Why a context's JSON is refused, by the parser or by the context itself.
  private func refusal(of json: String) -> String? {
    var builder = ContextBuilder()
    do throws(JSONError) {
      try JSONParser.parse(
        Array(json.utf8).span.bytes, limits: TreeLimits.context, into: &builder)
    } catch {
      return error.description
    }
    return builder.context.violation?.description
  }

  /// What a context has much of.
  enum Measure: CaseIterable {
    case bytes, nesting, values

    var most: Int {
      switch self {
      case .bytes: 262_144
      case .nesting: 32
      case .values: 10_000
      }
    }

    func context(_ count: Int) -> String {
      switch self {
      case .bytes: #"{"a":"\#(String(repeating: "x", count: count - 8))"}"#
      case .nesting:
        String(repeating: #"{"a":"#, count: count) + "1" + String(repeating: "}", count: count)
      case .values: #"{"a":[\#(Array(repeating: "1", count: count - 1).joined(separator: ","))]}"#
      }
    }
  }

  @Test(arguments: Measure.allCases)
  func `each take so much and no more, and say the number`(measure: Measure) throws {
    #expect(refusal(of: measure.context(measure.most)) == nil)
    let words = try #require(self.refusal(of: measure.context(measure.most + 1)))
    let reason = words.split(separator: " at line").first ?? ""
    let numbers = reason.matches(of: #/\d+/#).map { String($0.0) }
    #expect(numbers == [String(measure.most)], "\(words)")
  }
}

@Suite struct `An execution's limits` {
  private func bonus(_ amount: String) -> String {
    #"{"type":"GrantBonus","parameters":{"amount":"\#(amount)"}}"#
  }

  @Test(arguments: [
    // The longest texts and the most values that a context can hold, as a split's key and as a parameter.
    (
      #"{"type":"Split","parameters":{"key":"t"},"shares":[{"weight":1,"action":\#(sms)}]}"#,
      #"{"t":"\#(String(repeating: "x", count: 262_000))"}"#
    ),
    (
      #"{"type":"Split","parameters":{"salt":"\#(String(repeating: "s", count: 900_000))"},"shares":[{"weight":1,"action":\#(sms)}]}"#,
      "{}"
    ),
    (
      #"{"type":"GrantBonus","parameters":{"amount":"{{o}}"}}"#,
      #"{"o":{\#((0..<9_999).map { #""k\#($0)":1"# }.joined(separator: ","))}}"#
    ),
    // The last step of a switch whose cases are all false.
    (#"{"type":"Switch","cases":[{"expression":"false","action":\#(sms)}]}"#, "{}"),
    (
      #"{"type":"Switch","cases":[{"expression":"false","action":\#(sms)}],"defaultAction":\#(sms)}"#,
      "{}"
    ),
  ])
  func `never go beyond the bound on fuel that the tree states`(
    json: String, context: String
  ) throws {
    let tree = try #require(try compile(json).tree)
    let player = String(repeating: "p", count: TreeLimits.playerIDBytes)
    #expect(try run(tree, context, player: player).fuelUsed <= tree.fuelBound)
  }

  @Test func `let a template make 64 KiB of text and no more`() throws {
    let json =
      #"{"type":"SendEmail","parameters":{"from":"a@b","to":"c@d","subject":"s","body":"{{t}}{{t}}12345678"}}"#
    let tree = try #require(try compile(json).tree)
    func outcome(_ bytes: Int) throws -> Run {
      try run(tree, #"{"t":"\#(String(repeating: "x", count: bytes))"}"#)
    }
    #expect(try outcome((65_536 - 8) / 2).actions.first?.failure == nil)
    guard case .failed(let failure) = try outcome((65_536 - 8) / 2 + 1).progress else {
      Issue.record("it did not fail")
      return
    }
    #expect(failure.reason == "TEXT_TOO_LONG" && failure.message.contains("65536"))
    // Each parameter has the limit to itself.
    let two =
      #"{"type":"SendSMS","parameters":{"phone":"{{t}}{{t}}1","message":"{{t}}{{t}}1"}}"#
    let actions = try run(
      try #require(try compile(two).tree), #"{"t":"\#(String(repeating: "x", count: 20_000))"}"#
    ).actions
    #expect(actions.first?.failure?.reason == "INVALID_PARAMETER")
  }

  @Test func `refuse a value of more than 1 MiB before it is copied`() throws {
    let names = Array(repeating: "o", count: 1_000).joined(separator: ",")
    let tree = try #require(try compile(bonus("{{(\(names))}}")).tree)
    let context = #"{"o":[\#((0..<5_000).map(String.init).joined(separator: ","))]}"#
    let result = try run(tree, context)
    guard case .failed(let failure) = result.progress else {
      Issue.record("it did not fail")
      return
    }
    #expect(failure.reason == "VALUE_TOO_LARGE" && failure.message.contains("1048576"))
    #expect(result.fuelUsed <= tree.fuelBound)
    // All of a context fits.
    #expect(
      try run(try #require(try compile(bonus("{{o}}")).tree), context).actions.first?.failure?
        .reason
        == "INVALID_PARAMETER")
  }
}
