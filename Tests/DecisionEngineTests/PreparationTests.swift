import DecisionEngine
import JSON
import Testing

@Suite struct `A tree that is prepared in steps` {
  private func prepared(_ json: [UInt8]) throws -> (TreeCompilation, steps: Int) {
    var preparation = TreePreparation(json: json)
    var steps = 1
    while try preparation.step() { steps += 1 }
    return (try #require(preparation.compilation), steps)
  }

  @Test func `is the tree that it is when compiled at once`() throws {
    let json = Array(largeTree(nodes: 300).utf8)
    let (compilation, steps) = try prepared(json)
    let value = try JSONParser.parse(json.span.bytes, limits: TreeLimits.json)
    let whole = Engine().compile(value)
    let tree = try #require(compilation.tree)
    #expect(tree.canonicalJSON == whole.tree?.canonicalJSON)
    #expect(tree.nodeCount == whole.tree?.nodeCount)
    #expect(tree.properties == whole.tree?.properties)
    #expect(tree.fuelBound == whole.tree?.fuelBound)
    #expect(tree.digest.span.indices.allSatisfy { tree.digest[$0] == whole.tree?.digest[$0] })
    #expect(steps > 900, "each node begins, has its expression compiled, and ends")
  }

  @Test func `has the mistakes that it has when compiled at once, in their order`() throws {
    let json = Array(
      #"{"type":"Sequence","actions":[{"type":"SendSMS","parameters":{"x":"{{a +}}","phone":1}},{"type":"Cond"},{"type":"Split","shares":[{"weight":0,"action":{"type":"GrantBonus","parameters":{}}},{"weight":0}]},{"type":"Switch","cases":[{"expression":"1 +"}]}],"z":1}"#
        .utf8)
    let whole = Engine().compile(try JSONParser.parse(json.span.bytes, limits: TreeLimits.json))
    let (compilation, _) = try prepared(json)
    #expect(compilation.tree == nil)
    #expect(compilation.diagnostics.map(\.message) == whole.diagnostics.map(\.message))
    #expect(compilation.diagnostics.count > 6)
  }

  @Test func `is refused where it is no JSON`() {
    #expect(throws: JSONError.self) { try prepared(Array(#"{"type":"#.utf8)) }
  }

  @Test func `with all that it may have in one action takes a step for each expression`() throws {
    let text = String(repeating: "{{a}}", count: 5_000)
    let json = #"{"type":"SendSMS","parameters":{"phone":"{{p}}","message":"\#(text)"}}"#
    let (compilation, steps) = try prepared(Array(json.utf8))
    #expect(compilation.tree != nil)
    #expect(steps > 5_000)
  }

  @Test func `with an object of many members takes steps for them`() throws {
    let members = (0..<20_000).map { "\"\($0 &* 7919 % 20_000)\":1" }.joined(separator: ",")
    let json =
      #"{"type":"Condition","metadata":{\#(members)},"parameters":{"expression":"a"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}"#
    let (compilation, steps) = try prepared(Array(json.utf8))
    #expect(compilation.tree != nil)
    #expect(steps > 18 * 20_000 / 64)
  }

  @Test func `with many mistakes takes steps to put them in order`() throws {
    let known = (0..<3000).map { "\"k\($0)\":1" }.joined(separator: ",")
    let wrong = [String](repeating: #"{"a":["{{a +}}"]}"#, count: 600).joined(separator: ",")
    let json =
      #"{"type":"SendSMS","parameters":{"phone":{\#(known),"x":[\#(wrong)]},"message":"m"}}"#
    let (compilation, steps) = try prepared(Array(json.utf8))
    let places = compilation.diagnostics.map(\.path.description)
    #expect(places.prefix(2) == ["/parameters/phone", "/parameters/phone/x/0/a/0"])
    #expect(places.last == "/parameters/phone/x/599/a/0")
    #expect(steps > 600 + 600 * 10 / 64)
  }

  /// What is handed over, and in how many steps it is given back.
  private func stepsOfRemains(
    _ json: String, _ use: (inout TreePreparation) throws -> Void
  ) async rethrows -> Int {
    let (left, heir) = AsyncStream<TreeRemains>.makeStream()
    var preparation = TreePreparation(json: Array(json.utf8)) { _ = heir.yield($0) }
    try use(&preparation)
    heir.finish()
    var steps = 0
    for await var remains in left {
      steps += 1
      while remains.step() { steps += 1 }
    }
    return steps
  }

  private let lists =
    "[" + [String](repeating: "[1]", count: 10_000).joined(separator: ",") + "]"

  @Test func `leaves its JSON to its heir`() async throws {
    let json =
      #"{"type":"GrantBonus","parameters":{"amount":1},"metadata":{"a":\#(lists)}}"#
    let steps = try await stepsOfRemains(json) { while try $0.step() {} }
    #expect(steps > 10_000 / 64)
  }

  @Test func `and refused leaves all that was made of it`() async throws {
    let json = #"{"type":"SendSMS","parameters":{"phone":[\#(lists),"{{a}}"]}}"#
    let steps = try await stepsOfRemains(json) { while try $0.step() {} }
    #expect(steps > 20_000 / 64)
  }

  @Test func `and is no JSON leaves what was read of it`() async {
    let steps = await stepsOfRemains(#"{"type":\#(lists)"#) { preparation in
      #expect(throws: JSONError.self) { while try preparation.step() {} }
    }
    #expect(steps > 10_000 / 64)
  }

  @Test func `and is abandoned leaves what was made of it until then`() async throws {
    let expressions = [String](repeating: "{{a}}", count: 5_000).joined()
    let json =
      #"{"type":"SendSMS","parameters":{"phone":"{{p}}","message":"\#(expressions)"}}"#
    let steps = try await stepsOfRemains(json) { preparation in
      for _ in 0..<2_000 {
        let isMore = try preparation.step()
        #expect(isMore)
      }
      preparation.abandon()
    }
    #expect(steps > 5_000)
  }

  private func largeTree(nodes: Int) -> String {
    let cases = (0..<nodes).map {
      #"{"expression":"a > \#($0)","action":{"type":"GrantBonus","parameters":{"amount":1,"currency":"{{c}}"}}}"#
    }
    let groups = stride(from: 0, to: nodes, by: 50).map {
      #"{"type":"Switch","cases":[\#(cases[$0..<min($0 + 50, nodes)].joined(separator: ","))]}"#
    }
    return #"{"type":"Sequence","actions":[\#(groups.joined(separator: ","))]}"#
  }
}
