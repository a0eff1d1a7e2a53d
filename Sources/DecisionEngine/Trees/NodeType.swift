internal import JSON

/// The nodes that are the engine's own; all others are actions.
enum NodeType: String, CaseIterable {
  case condition = "Condition"
  case sequence = "Sequence"
  case choice = "Switch"
  case split = "Split"
  case subTree = "SubTree"

  /// What every node may carry.
  static let commonFields = NodeFields([
    NodeField(
      "type", .type, isRequired: true, "What the node is: a node of the engine or an action."),
    NodeField("parameters", .parameters, "What the type needs to know."),
    NodeField(
      "id", .identifier, "The node's own name, unique in the tree; results and traces carry it."),
    NodeField("name", .text, "What people call the node."),
    NodeField("description", .text, "What people should know of the node."),
    NodeField("metadata", .object, "Anything; kept with the tree and never read."),
  ])

  /// What is declared of one type.
  struct Declaration {
    /// The name with its article, for sentences.
    let article: String
    /// One sentence for people.
    let summary: String
    /// What it may carry beyond the common fields.
    let fields: [NodeField]
    /// All that it may carry.
    let allFields: NodeFields
    /// Fields of which it needs at least one.
    let alternatives: [String]
    /// Its parameters.
    let parameters: NodeFields

    fileprivate init(
      _ article: String, _ summary: String, _ fields: [NodeField], alternatives: [String] = [],
      parameters: [NodeField] = []
    ) {
      self.article = article
      self.summary = summary
      self.fields = fields
      allFields = NodeFields(NodeType.commonFields.fields + fields)
      self.alternatives = alternatives
      self.parameters = NodeFields(parameters)
    }
  }

  /// What is declared of this one.
  var declaration: Declaration {
    switch self {
    case .condition: Self.conditionDeclaration
    case .sequence: Self.sequenceDeclaration
    case .choice: Self.choiceDeclaration
    case .split: Self.splitDeclaration
    case .subTree: Self.subTreeDeclaration
    }
  }

  private static let conditionDeclaration = Declaration(
    "a Condition", "Evaluates an expression and runs the side it comes out for.",
    [
      NodeField("trueAction", .node, "What runs when the expression is true."),
      NodeField("falseAction", .node, "What runs when the expression is false."),
    ],
    alternatives: ["trueAction", "falseAction"],
    parameters: [
      NodeField(
        "expression", .expression, isRequired: true, "What to evaluate, such as daysInactive > 5.")
    ])

  private static let sequenceDeclaration = Declaration(
    "a Sequence", "Runs nodes in order.",
    [NodeField("actions", .nodes, isRequired: true, "The nodes to run, in order.")],
    parameters: [
      NodeField(
        "onFailure", .choice(OnFailure.allCases.map(\.rawValue)),
        "Whether the nodes behind one that fails still run; they do where this is left out.")
    ])

  private static let choiceDeclaration = Declaration(
    "a Switch", "Runs the first case whose expression is true.",
    [cases, NodeField("defaultAction", .node, "What runs when no case is true.")])

  private static let splitDeclaration = Declaration(
    "a Split", "Gives each player one share, always the same, by weight.", [shares],
    parameters: [
      NodeField(
        "key", .expression, "What decides on the share; the player's ID where it is left out."),
      NodeField("salt", .text, "Makes this split independent of others with the same key."),
    ])

  private static let subTreeDeclaration = Declaration(
    "a SubTree", "Runs a published tree in its place, the version that is active.", [],
    parameters: [
      NodeField(
        "treeId", .treeID, isRequired: true, "The name that the tree is published under.")
    ])

  static let cases = NodeField(
    "cases",
    .branches(
      NodeFields([
        NodeField("expression", .expression, isRequired: true, "When this case is taken."),
        NodeField("action", .node, isRequired: true, "What runs then."),
      ])), isRequired: true, "The cases, tried in order.")

  static let shares = NodeField(
    "shares",
    .branches(
      NodeFields([
        NodeField(
          "weight", .weight, isRequired: true,
          "This share's part of the players, relative to the others."),
        NodeField("action", .node, isRequired: true, "What runs for them."),
      ])), isRequired: true, "The shares; at least one has a weight above 0.")

  /// What `onFailure` may say.
  enum OnFailure: String, CaseIterable {
    case `continue`, stop
  }

  /// The type of that name, byte for byte.
  init?(name: String) {
    let bytes = name.utf8.span
    for (known, type) in Self.named
    where known.utf8.count == bytes.count && known.utf8.span.hasSameBytes(as: bytes) {
      self = type
      return
    }
    return nil
  }

  private static let named = allCases.map { (name: $0.rawValue, type: $0) }
}
