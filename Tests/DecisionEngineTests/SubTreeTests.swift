import DecisionEngine
import Filtrex
import JSON
import Testing

private func subTree(_ treeID: String, _ rest: String = "") -> String {
  #"{"type":"SubTree","parameters":{"treeId":"\#(treeID)"}\#(rest)}"#
}

/// Compiles a tree while others are published.
private func compile(
  _ json: String, as treeID: String? = nil, with trees: [String: String],
  inactive: Set<String> = []
) throws -> TreeCompilation {
  var preparation = TreePreparation(json: Array(json.utf8), treeID: treeID)
  while try preparation.step() {
    guard let wanted = preparation.wantedTree else { continue }
    if let tree = trees[wanted] {
      preparation.supply(.json(Array(tree.utf8)))
    } else {
      preparation.supply(inactive.contains(wanted) ? .inactive : .unknown)
    }
  }
  return try #require(preparation.compilation)
}

@Suite struct `A tree with sub-trees` {
  private func tree(_ json: String, with trees: [String: String]) throws -> Tree {
    let compilation = try compile(json, with: trees)
    return try #require(compilation.tree, "\(compilation.diagnostics)")
  }

  /// What is wrong with a tree, as `CODE path`.
  private func mistakes(
    of json: String, as treeID: String? = nil, with trees: [String: String],
    inactive: Set<String> = []
  ) throws -> [String] {
    let compilation = try compile(json, as: treeID, with: trees, inactive: inactive)
    #expect(compilation.tree == nil)
    return compilation.diagnostics.map { "\($0.code.rawValue) \($0.path)" }
  }

  @Test func `decides as if they were written in it`() throws {
    let inner = condition("a > 5", sms, bonus)
    let outer = try tree(
      condition("b", subTree("vip"), subTree("vip")), with: ["vip": inner])
    let written = try #require(
      try DecisionEngineTests.compile(condition("b", inner, inner)).tree)
    for context in [#"{"a":7,"b":true}"#, #"{"a":1,"b":true}"#, #"{"a":7,"b":false}"#] {
      let (split, whole) = (try run(outer, context), try run(written, context))
      #expect(split.types == whole.types)
      #expect(split.fuelUsed == whole.fuelUsed, "a sub-tree costs nothing of its own")
    }
    #expect(outer.fuelBound == written.fuelBound)
    #expect(outer.properties == written.properties)
  }

  @Test func `has their nodes at the place of the node that names them`() throws {
    let outer = try tree(
      sequence([sms, subTree("vip")]),
      with: ["vip": condition("a", subTree("deep")), "deep": bonus]
    )
    let result = try run(outer, #"{"a":true}"#, trace: true)
    #expect(result.actions.map(\.path) == ["/actions/0", "/actions/1/subTree/trueAction/subTree"])
    #expect(result.trace.map(\.path) == ["/actions/1/subTree"])
    #expect(
      result.trace.map(\.expressionPath) == ["/actions/1/subTree/parameters/expression"])
  }

  @Test func `is called by what it says itself, whatever they are`() throws {
    let json = subTree("vip")
    let (first, second) = (
      try tree(json, with: ["vip": sms]), try tree(json, with: ["vip": bonus])
    )
    #expect(first.canonicalJSON == second.canonicalJSON)
    #expect(try run(first).types == ["SendSMS"])
    #expect(try run(second).types == ["GrantBonus"])
  }

  @Test func `names each of them once, and says which it names itself`() throws {
    let outer = try tree(
      sequence([subTree("a"), subTree("b"), subTree("a")]),
      with: ["a": subTree("c"), "b": subTree("c"), "c": bonus])
    #expect(outer.subTrees.map(\.treeID) == ["a", "c", "b"])
    #expect(outer.subTrees.map(\.isDirect) == [true, false, true])
    #expect(
      outer.subTrees.map(\.path.description) == ["/actions/0", "/actions/0/subTree", "/actions/1"])
    #expect(!outer.isUnresolved)
  }

  @Test func `may have the same IDs in each of them, and itself`() throws {
    let inner = #"{"type":"GrantBonus","id":"x","parameters":{"amount":1}}"#
    let outer = sequence([subTree("vip", #","id":"x""#), subTree("vip", #","id":"y""#)])
    #expect(try run(try tree(outer, with: ["vip": inner])).actions.map(\.nodeID) == ["x", "x"])
    let twice = sequence([inner, inner])
    #expect(
      try mistakes(of: subTree("vip"), with: ["vip": twice]) == [
        "DUPLICATE_ID /subTree/actions/1/id"
      ]
    )
  }

  @Test func `is refused where one of them is not there`() throws {
    let json = condition("a", subTree("gone"), subTree("off"))
    #expect(
      try mistakes(of: json, with: [:], inactive: ["off"]) == [
        "UNKNOWN_TREE /trueAction/parameters/treeId",
        "INACTIVE_TREE /falseAction/parameters/treeId",
      ])
  }

  @Test(arguments: [
    (subTree("a"), "a", [:], "/parameters/treeId", "`a` → `a`"),
    (subTree("b"), "a", ["b": subTree("a")], "/subTree/parameters/treeId", "`a` → `b` → `a`"),
    (
      subTree("b"), "a", ["b": condition("x", subTree("c")), "c": subTree("a")],
      "/subTree/trueAction/subTree/parameters/treeId", "`a` → `b` → `c` → `a`"
    ),
    (
      subTree("b"), nil, ["b": subTree("c"), "c": subTree("b")],
      "/subTree/subTree/parameters/treeId", "`b` → `c` → `b`"
    ),
  ])
  func `is refused where one would be part of itself`(
    json: String, treeID: String?, trees: [String: String], path: String, circle: String
  ) throws {
    let diagnostics = try compile(json, as: treeID, with: trees).diagnostics
    #expect(diagnostics.map(\.code) == [.cyclicTree])
    #expect(diagnostics.first?.path.description == path)
    #expect(diagnostics.first?.message.contains(circle) == true, "\(diagnostics)")
  }

  @Test func `takes nodes 64 deep, theirs included`() throws {
    var deep = bonus
    for _ in 1..<32 { deep = condition("true", deep) }
    var outer = subTree("deep")
    for _ in 1..<32 { outer = condition("true", outer) }
    #expect(try compile(outer, with: ["deep": deep]).tree != nil)
    let diagnostics = try compile(condition("true", outer), with: ["deep": deep]).diagnostics
    #expect(diagnostics.map(\.code) == [.treeTooDeep])
    #expect(diagnostics.first?.path.description.contains("/subTree/") == true)
    #expect(diagnostics.first?.message.contains("sub-trees") == true)
  }

  @Test func `takes 10,000 nodes, theirs counted at every place`() throws {
    let hundred = sequence((0..<99).map { _ in bonus })
    let choices = (0..<100).map { #"{"expression":"a == \#($0)","action":\#(subTree("x"))}"# }
    let outer = #"{"type":"Switch","cases":[\#(choices.joined(separator: ","))]}"#
    // A hundred places with a node of their own and a hundred nodes below: more than may be.
    let codes = try compile(outer, with: ["x": hundred]).diagnostics.map(\.code)
    #expect(codes.contains(.tooManyNodes))
    // However many there would be: 100 ^ 5.
    let tower = ["x": "y", "y": "z", "z": "w"].mapValues { name in
      sequence((0..<100).map { _ in subTree(name) })
    }.merging(["w": hundred]) { $1 }
    #expect(try compile(outer, with: tower).diagnostics.map(\.code).contains(.tooManyNodes))
  }

  @Test func `takes 1 MiB of JSON, theirs counted at every place`() throws {
    let large =
      #"{"metadata":"# + #"{"a":""# + String(repeating: "x", count: 300_000)
      + #""},"parameters":{"amount":1},"type":"GrantBonus"}"#
    func places(_ count: Int) -> String { sequence((0..<count).map { _ in subTree("x") }) }
    #expect(try compile(places(3), with: ["x": large]).tree != nil)
    let diagnostics = try compile(places(4), with: ["x": large]).diagnostics
    #expect(diagnostics.map(\.code) == [.treeTooLarge])
    #expect(diagnostics.first?.path.description == "/actions/3")
    #expect(diagnostics.first?.message.contains("1048576") == true)
  }

  @Test func `takes 1,000 actions on a path, theirs included`() throws {
    let hundred = sequence((0..<100).map { _ in bonus })
    func places(_ count: Int) -> String { sequence((0..<count).map { _ in subTree("x") }) }
    #expect(try compile(places(10), with: ["x": hundred]).tree != nil)
    #expect(try mistakes(of: places(11), with: ["x": hundred]) == ["TOO_MANY_ACTIONS "])
  }

  @Test func `takes 1,000 different ones and no more`() throws {
    func outer(_ count: Int) -> String {
      let names = (0..<count).map { subTree("t\($0)") }
      let groups = stride(from: 0, to: count, by: 100).map {
        sequence(Array(names[$0..<min($0 + 100, count)]))
      }
      return sequence(groups)
    }
    let trees = Dictionary(
      uniqueKeysWithValues: (0...1000).map { ("t\($0)", condition("a", bonus)) })
    #expect(try compile(outer(1000), with: trees).tree?.subTrees.count == 1000)
    #expect(
      try mistakes(of: outer(1001), with: trees) == [
        "TOO_MANY_TREES /actions/10/actions/0/parameters/treeId"
      ])
  }

  @Test func `is checked against its context's schema with them`() throws {
    let outer = try tree(
      condition("a > 1", subTree("vip")), with: ["vip": condition("name > 5", bonus)])
    let schema = try #require(
      ContextSchema.read(
        try JSONParser.parse(
          Array(
            #"{"type":"object","properties":{"a":{"type":"number"},"name":{"type":"string"}},"required":["a","name"]}"#
              .utf8
          ).span.bytes)
      ).schema)
    let found = Engine().check(outer, contextSchema: schema)
    #expect(
      found.map { "\($0.code.rawValue) \($0.path)" }.contains(
        "UNEXPECTED_TYPE /trueAction/subTree/parameters/expression"), "\(found)")
  }

  @Test func `that nobody supplies is noted, and fails where it comes to one`() throws {
    let compilation = try DecisionEngineTests.compile(condition("a", subTree("vip"), bonus))
    let tree = try #require(compilation.tree)
    #expect(tree.isUnresolved)
    #expect(compilation.diagnostics.map(\.code) == [.unresolvedTree])
    #expect(compilation.diagnostics.map(\.severity) == [.note])
    #expect(compilation.diagnostics.first?.path.description == "/trueAction/parameters/treeId")
    #expect(try run(tree, #"{"a":false}"#).types == ["GrantBonus"])
    guard case .failed(let failure) = try run(tree, #"{"a":true}"#).progress else {
      Issue.record("it has not failed")
      return
    }
    #expect(failure.reason == "UNRESOLVED_TREE")
    #expect(failure.path == "/trueAction")
  }

  @Test func `is refused where one of them is no JSON`() {
    #expect(throws: JSONError.self) { try compile(subTree("x"), with: ["x": "{"]) }
  }

  @Test func `takes steps to read them`() throws {
    let members = (0..<20_000).map { "\"k\($0)\":1" }.joined(separator: ",")
    let inner = #"{"type":"GrantBonus","metadata":{\#(members)},"parameters":{"amount":1}}"#
    var preparation = TreePreparation(json: Array(subTree("x").utf8))
    var steps = 0
    while try preparation.step() {
      steps += 1
      if preparation.wantedTree != nil { preparation.supply(.json(Array(inner.utf8))) }
    }
    #expect(preparation.compilation?.tree != nil)
    #expect(steps > 20_000 / 64)
  }

  @Test func `leaves their JSON to its heir`() async throws {
    let lists = "[" + [String](repeating: "[1]", count: 10_000).joined(separator: ",") + "]"
    let inner = #"{"type":"GrantBonus","parameters":{"amount":1},"metadata":{"a":\#(lists)}}"#
    let (left, heir) = AsyncStream<TreeRemains>.makeStream()
    var preparation = TreePreparation(json: Array(subTree("x").utf8)) { _ = heir.yield($0) }
    while try preparation.step() {
      if preparation.wantedTree != nil { preparation.supply(.json(Array(inner.utf8))) }
    }
    heir.finish()
    var steps = 0
    for await var remains in left {
      while remains.step() { steps += 1 }
    }
    #expect(steps > 10_000 / 64)
  }
}
