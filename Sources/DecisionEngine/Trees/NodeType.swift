/// The nodes that are the engine's own; all others are actions.
enum NodeType: String, CaseIterable {
  case condition = "Condition"
  case sequence = "Sequence"
  case choice = "Switch"
  case split = "Split"

  /// What every node may carry.
  static let commonFields = [
    NodeField(
      "type", .type, isRequired: true, "What the node is: a node of the engine or an action."),
    NodeField("parameters", .parameters, "What the type needs to know."),
    NodeField(
      "id", .identifier, "The node's own name, unique in the tree; results and traces carry it."),
    NodeField("name", .text, "What people call the node."),
    NodeField("description", .text, "What people should know of the node."),
    NodeField("metadata", .object, "Anything; kept with the tree and never read."),
  ]

  /// One sentence for people.
  var summary: String {
    switch self {
    case .condition: "Evaluates an expression and runs the side it comes out for."
    case .sequence: "Runs nodes in order."
    case .choice: "Runs the first case whose expression is true."
    case .split: "Gives each player one share, always the same, by weight."
    }
  }

  /// What this one may carry beyond the common fields.
  var fields: [NodeField] {
    switch self {
    case .condition:
      [
        NodeField("trueAction", .node, "What runs when the expression is true."),
        NodeField("falseAction", .node, "What runs when the expression is false."),
      ]
    case .sequence:
      [NodeField("actions", .nodes, isRequired: true, "The nodes to run, in order.")]
    case .choice:
      [Self.cases, NodeField("defaultAction", .node, "What runs when no case is true.")]
    case .split: [Self.shares]
    }
  }

  static let cases = NodeField(
    "cases",
    .branches([
      NodeField("expression", .expression, isRequired: true, "When this case is taken."),
      NodeField("action", .node, isRequired: true, "What runs then."),
    ]), isRequired: true, "The cases, tried in order.")

  static let shares = NodeField(
    "shares",
    .branches([
      NodeField(
        "weight", .weight, isRequired: true,
        "This share's part of the players, relative to the others."),
      NodeField("action", .node, isRequired: true, "What runs for them."),
    ]), isRequired: true, "The shares; at least one has a weight above 0.")

  /// Fields of which a node needs at least one.
  var alternatives: [String] {
    switch self {
    case .condition: ["trueAction", "falseAction"]
    case .sequence, .choice, .split: []
    }
  }

  /// Its parameters.
  var parameters: [NodeField] {
    switch self {
    case .condition:
      [
        NodeField(
          "expression", .expression, isRequired: true, "What to evaluate, such as daysInactive > 5."
        )
      ]
    case .sequence:
      [
        NodeField(
          "onFailure", .choice(OnFailure.allCases.map(\.rawValue)),
          "Whether the nodes behind one that fails still run; they do where this is left out.")
      ]
    case .choice: []
    case .split:
      [
        NodeField(
          "key", .expression, "What decides on the share; the player's ID where it is left out."),
        NodeField("salt", .text, "Makes this split independent of others with the same key."),
      ]
    }
  }

  /// What `onFailure` may say.
  enum OnFailure: String, CaseIterable {
    case `continue`, stop
  }

  /// The type of that name, byte for byte.
  init?(name: String) {
    guard let type = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) })
    else { return nil }
    self = type
  }
}
