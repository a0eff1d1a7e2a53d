internal import JSON

/// The JSON Schema of trees: what editors complete and builders check before anybody is asked.
///
/// Made of the same declarations that the compiler checks against (``NodeType``, the registered actions,
/// ``TreeLimits``), so that it accepts exactly the trees in which the compiler finds no error of
/// ``TreeDiagnostic/Code/isShape``.
///
/// - Source: JSON Schema, draft 2020-12. Patterns are ECMA-262 and need no look-around; lengths are in
///   Unicode scalars, as the draft has it.
struct TreeSchema {
  let registry: ActionRegistry

  /// The whole schema, its members always in the same order.
  var value: JSONValue {
    .object([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("$id", .string(Self.identifier)),
      ("title", .string("SmartFlow decision tree")),
      (
        "description",
        .string(
          "What to do for a player: one node, with others in it, down to the actions. "
            + "A tree that fits may still be refused for what a schema can't say: an expression that doesn't "
            + "compile, an id that stands twice, limits of the whole tree. `smartflow validate` says all of it."
        )
      ),
      ("$ref", Self.reference(to: Self.node)),
      ("examples", .array([Self.example])),
      ("$defs", .object(definitions)),
    ])
  }

  /// The schema's name; it changes with the format, not with the registered actions.
  static let identifier = "urn:smartflow:tree:1"

  // Names that no type of node can have, since a colon is in none.
  static let node = "tree:node"
  static let expression = "tree:expression"
  static let text = "tree:text"
  static let template = "tree:template"
  static let textTemplate = "tree:text-template"
  static let oneExpression = "tree:one-expression"

  private var definitions: [(String, JSONValue)] {
    [(Self.node, nodeSchema)]
      + NodeType.allCases.map { ($0.rawValue, schema(of: $0)) }
      + actions.map { ($0.name, schema(of: $0)) }
      + [
        (
          Self.expression,
          .object([
            ("type", .string("string")),
            (
              "description",
              .string("An expression over the player's properties, such as daysInactive > 5.")
            ),
          ])
        ),
        (Self.text, Self.pattern(#"^[^\u0000]*$"#, "A text; U+0000 may not stand in it.")),
        (
          Self.template,
          Self.pattern(TemplatePatterns.isTemplate, "A text with {{ expression }} in it.")
        ),
        (
          Self.textTemplate,
          Self.pattern(TemplatePatterns.text, "A text in which every {{ is closed by }}.")
        ),
        (
          Self.oneExpression,
          Self.pattern(
            TemplatePatterns.oneExpression,
            "One {{ expression }} and nothing around it, whose value keeps its type.")
        ),
      ]
  }

  private var actions: [ActionDefinition] { registry.names.compactMap { registry[$0] } }

  // MARK: Nodes

  /// What every node is; the rest depends on its type.
  private var nodeSchema: JSONValue {
    let types =
      NodeType.allCases.map { ($0.rawValue, $0.declaration.summary) }
      + actions.map { ($0.name, $0.summary) }
    return .object([
      ("title", .string("Node")),
      ("description", .string("A node of a tree: it chooses, or it is an action.")),
      ("type", .string("object")),
      (
        "properties",
        .object(NodeType.commonFields.fields.map { ($0.name, commonField($0, types)) })
      ),
      ("required", Self.names(NodeType.commonFields.fields.filter(\.isRequired).map(\.name))),
      // One `if` for each type rather than one `oneOf`: a mistake is then shown at its own place,
      // not as a node that is none of them.
      (
        "allOf",
        .array(
          types.map { type, _ in
            .object([
              (
                "if",
                .object([
                  ("properties", .object([("type", .object([("const", .string(type))]))])),
                  ("required", Self.names(["type"])),
                ])
              ),
              ("then", .object([("$ref", Self.reference(to: type))])),
            ])
          })
      ),
    ])
  }

  private func commonField(
    _ field: NodeField, _ types: [(name: String, summary: String)]
  ) -> JSONValue {
    guard case .type = field.kind else { return Self.schema(of: field) }
    let list = types.map { "- \($0.name): \($0.summary)" }.joined(separator: "\n")
    return .object([
      ("description", .string("\(field.summary)\n\(list)")),
      ("enum", Self.names(types.map(\.name))),
    ])
  }

  private func schema(of type: NodeType) -> JSONValue {
    let declaration = type.declaration
    var members = self.members(
      type.rawValue, declaration.summary, declaration.fields,
      parameters: declaration.parameters.fields.map {
        ($0.name, Self.schema(of: $0), $0.isRequired)
      })
    if !declaration.alternatives.isEmpty {
      let sides = declaration.alternatives.map {
        JSONValue.object([("required", Self.names([$0]))])
      }
      members.append(("anyOf", .array(sides)))
    }
    return .object(members)
  }

  private func schema(of action: ActionDefinition) -> JSONValue {
    .object(
      members(
        action.name, action.summary, [],
        parameters: action.parameters.map { ($0.name, Self.schema(of: $0), $0.isRequired) }))
  }

  /// What a type adds to a node: its parameters and fields, and that there are no others.
  private func members(
    _ name: String, _ summary: String, _ fields: [NodeField],
    parameters: [(name: String, schema: JSONValue, isRequired: Bool)]
  ) -> [(String, JSONValue)] {
    let required = parameters.filter(\.isRequired).map(\.name)
    var parameterSchema: [(String, JSONValue)] = [
      ("properties", .object(parameters.map { ($0.name, $0.schema) }))
    ]
    if !required.isEmpty { parameterSchema.append(("required", Self.names(required))) }
    parameterSchema.append(("additionalProperties", .bool(false)))
    // The common fields are described at the node; here they are only said to be no others.
    let properties: [(String, JSONValue)] = NodeType.commonFields.fields.map { field in
      if case .parameters = field.kind { return (field.name, .object(parameterSchema)) }
      return (field.name, .bool(true))
    }
    let needed =
      NodeType.commonFields.fields.filter { $0.kind.isParameters && !required.isEmpty }.map(\.name)
      + fields.filter(\.isRequired).map(\.name)
    return [
      ("title", .string(name)),
      ("description", .string(summary)),
      ("properties", .object(properties + fields.map { ($0.name, Self.schema(of: $0)) })),
    ] + (needed.isEmpty ? [] : [("required", Self.names(needed))])
      + [("additionalProperties", .bool(false))]
  }

  // MARK: Small parts

  static func reference(to definition: String) -> JSONValue { .string("#/$defs/\(definition)") }

  static func names(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }

  private static func pattern(_ pattern: String, _ description: String) -> JSONValue {
    .object([
      ("description", .string(description)), ("type", .string("string")),
      ("pattern", .string(pattern)),
    ])
  }

  /// The format's first tree.
  private static let example = JSONValue.object([
    ("type", .string("Condition")),
    ("parameters", .object([("expression", .string("daysInactive > 5"))])),
    (
      "trueAction",
      .object([
        ("type", .string("SendSMS")),
        (
          "parameters",
          .object([
            ("phone", .string("+1234567890")), ("message", .string("We miss you!")),
          ])
        ),
      ])
    ),
  ])
}

extension NodeField.Kind {
  /// Whether it is a node's parameters.
  fileprivate var isParameters: Bool {
    if case .parameters = self { true } else { false }
  }
}
