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
