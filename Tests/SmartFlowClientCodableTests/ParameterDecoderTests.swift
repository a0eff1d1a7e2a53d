import SmartFlowClientCodable
import SmartFlowMessages
import Testing

private struct Reward: Decodable, Equatable {
  struct Item: Decodable, Equatable {
    var name: String
    var weight: Double
  }
  var count: Int8
  var isFinal: Bool
  var items: [Item]
  var labels: [String: String]
  var note: String?
  var extra: String?
}

@Suite struct `An action's parameters` {
  private static let sound: [String: StructValue] = [
    "count": .number(3), "isFinal": .logical(true), "note": .null, "unknown": .number(1),
    "items": .list([.object(["name": .text("a"), "weight": .number(0.1)])]),
    "labels": .object(["k": .text("v")]),
  ]

  private func error(_ changes: [String: StructValue?]) -> ParameterDecodingError? {
    var parameters = Self.sound
    for (key, value) in changes { parameters[key] = value }
    do throws(ParameterDecodingError) {
      _ = try ActionResultMessage(parameters: parameters).parameters(as: Reward.self)
      return nil
    } catch {
      return error
    }
  }

  @Test func `are decoded as a type of the caller's own`() throws {
    let action = ActionResultMessage(type: "Reward", parameters: Self.sound)
    #expect(
      try action.parameters(as: Reward.self)
        == Reward(
          count: 3, isFinal: true, items: [Reward.Item(name: "a", weight: 0.1)],
          labels: ["k": "v"], note: nil, extra: nil))
  }

  @Test(arguments: [
    ("count", StructValue.number(1.5), "count", "1.5"), ("count", .number(200), "count", "200.0"),
    ("count", .text("3"), "count", "a text"), ("isFinal", .number(1), "isFinal", "a number"),
    ("items", .object([:]), "items", "an object"),
    ("items", .list([.object(["name": .null, "weight": .number(1)])]), "items.0.name", "null"),
    ("labels", .object(["k": .list([])]), "labels.k", "a list"),
  ])
  func `say where they are something else, and what`(
    name: String, value: StructValue, path: String, received: String
  ) throws {
    guard case .mismatch(path, _, received)? = error([name: value]) else {
      Issue.record("\(String(describing: error([name: value])))")
      return
    }
  }

  @Test func `say what is missing`() {
    #expect(error(["isFinal": nil]) == .missing(path: "isFinal"))
    #expect(
      error(["items": .list([.object(["name": .text("a")])])])
        == .missing(path: "items.0.weight"))
  }
}
