import DecisionEngine
import Filtrex
import JSON
import SmartFlowMessages
import SmartFlowWorker
import Testing

@Suite struct `The digest of a context that came` {
  private static let json =
    #"{"tier":"Gold","\u{1F600}":1,"\uFFFD":2,"wallet":{"cash":12.5,"open":true},"tags":["a",null,[]]}"#
    .replacing("\\u{1F600}", with: "\u{1F600}")

  private static let structure: [String: StructValue] = [
    "tags": .list([.text("a"), .null, .list([])]), "\u{FFFD}": .number(2),
    "wallet": .object(["open": .logical(true), "cash": .number(12.5)]), "\u{1F600}": .number(1),
    "tier": .text("Gold"),
  ]

  @Test func `as JSON is the one of the same context as a message`() throws {
    var context = Context()
    try JSONParser.parse(
      Array(Self.json.utf8).span.bytes, limits: TreeLimits.context, into: &context)
    let ofJSON = try #require(ContextDigest(of: context).value)
    var other = Context()
    StructValue.visit(Self.structure, into: &other)
    let ofMessage = try #require(ContextDigest(of: other).value)
    #expect((0..<32).allSatisfy { ofJSON[$0] == ofMessage[$0] })
  }
}
