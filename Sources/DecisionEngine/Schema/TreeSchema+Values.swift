internal import JSON

extension TreeSchema {
  // MARK: Fields

  /// What a field's value must be.
  static func schema(of field: NodeField) -> JSONValue {
    .object([("description", .string(field.summary))] + members(of: field.kind))
  }

  private static func members(of kind: NodeField.Kind) -> [(String, JSONValue)] {
    switch kind {
    case .type, .text: [("type", .string("string"))]
    case .parameters, .object: [("type", .string("object"))]
    case .identifier:
      [("type", .string("string")), ("pattern", .string(NodeField.identifierPattern))]
    case .treeID:
      [("type", .string("string")), ("pattern", .string(NodeField.treeIDPattern))]
    case .expression: [("$ref", reference(to: expression))]
    case .choice(let choices): [("enum", names(choices))]
    case .weight:
      [
        ("type", .string("number")), ("minimum", .number(0)),
        ("maximum", .number(TreeLimits.weight)),
      ]
    case .node: [("$ref", reference(to: node))]
    case .nodes: list(of: .object([("$ref", reference(to: node))]))
    case .branches(let known):
      list(of: branch(known.fields)) + someWeight(among: known.fields)
    }
  }

  private static func list(of items: JSONValue) -> [(String, JSONValue)] {
    [
      ("type", .string("array")), ("minItems", .number(1)),
      ("maxItems", .number(Double(TreeLimits.children))), ("items", items),
    ]
  }

  private static func branch(_ fields: [NodeField]) -> JSONValue {
    .object([
      ("type", .string("object")),
      ("properties", .object(fields.map { ($0.name, schema(of: $0)) })),
      ("required", names(fields.filter(\.isRequired).map(\.name))),
      ("additionalProperties", .bool(false)),
    ])
  }

  /// Branches with a weight need one above 0 among them.
  private static func someWeight(among fields: [NodeField]) -> [(String, JSONValue)] {
    fields.filter { if case .weight = $0.kind { true } else { false } }.map { field in
      (
        "contains",
        .object([
          ("properties", .object([(field.name, .object([("exclusiveMinimum", .number(0))]))])),
          ("required", names([field.name])),
        ])
      )
    }
  }

  // MARK: Parameters of actions

  /// What a parameter's value must be: a template, or a value of its kind.
  static func schema(of parameter: Parameter) -> JSONValue {
    var summary = parameter.summary
    var examples: [(String, JSONValue)] = []
    if case .text(_, let format?) = parameter.kind {
      summary += " Write \(format.name)."
      if let example = format.example { examples = [("examples", names([example]))] }
    }
    return .object(
      [("description", .string(summary))] + examples + members(of: parameter.kind))
  }

  /// An `if` rather than an `anyOf`, so that an editor complains of the one that was meant.
  private static func members(of kind: Parameter.Kind) -> [(String, JSONValue)] {
    let templates =
      switch kind {
      case .text, .choice: textTemplate
      case .number, .logical, .list: oneExpression
      }
    return [
      ("if", .object([("$ref", reference(to: template))])),
      ("then", .object([("$ref", reference(to: templates))])),
      ("else", .object(plainMembers(of: kind))),
    ]
  }

  private static func plainMembers(of kind: Parameter.Kind) -> [(String, JSONValue)] {
    switch kind {
    case .text(let length, let format):
      return [
        ("$ref", reference(to: text)), ("minLength", .number(Double(length.lowerBound))),
        ("maxLength", .number(Double(length.upperBound))),
      ] + (format.map { [("pattern", .string($0.pattern))] } ?? [])
    case .number(let bounds, let isWhole):
      let limits = [
        ("exclusiveMinimum", bounds.greaterThan), ("minimum", bounds.atLeast),
        ("maximum", bounds.atMost),
      ]
      return [("type", .string(isWhole ? "integer" : "number"))]
        + limits.compactMap { name, bound in bound.map { (name, .number($0)) } }
    case .logical: return [("type", .string("boolean"))]
    case .choice(let choices): return [("enum", names(choices))]
    case .list(let kind, let count):
      return [
        ("type", .string("array")), ("minItems", .number(Double(count.lowerBound))),
        ("maxItems", .number(Double(count.upperBound))), ("items", .object(members(of: kind))),
      ]
    }
  }
}
