internal import Filtrex
internal import JSON

extension PlainTree {
  /// Compiles an action's parameters, which stand at a place.
  mutating func action(
    _ definition: ActionDefinition, at place: Int?, _ path: String
  ) throws(Declined) -> BegunNode.Body {
    var object = JSONObject()
    var isConstant = true
    if let place {
      try require(tape[place] == .object)
      object = tape.object(at: place)
      isConstant = !mayHoldTemplates(place)
    }
    var found = 0
    for parameter in definition.parameters {
      guard let index = object.index(of: parameter.name) else {
        try require(!parameter.isRequired)
        continue
      }
      found += 1
      try require(parameter.problems(with: object[index].value, in: .source).isEmpty)
    }
    // No name stands twice, nor is declared twice: where as many were found as there are, none is unknown.
    try require(found == object.count)
    var template = ParameterTemplate.constant(.object(object))
    var expressions: [TemplateExpression] = []
    if !isConstant { (template, expressions) = try templates(object, of: definition, path) }
    if expressions.isEmpty { try require(definition.problemsTogether(object).isEmpty) }
    actions.append(
      ActionNode(definition: definition, parameters: template, expressions: expressions))
    return BegunNode.Body(action: actions.count - 1, expressions, of: programs)
  }

  /// Whether a `{{` stands in any text of an object, or might.
  private func mayHoldTemplates(_ object: Int) -> Bool {
    var name = tape.first(in: object)
    while name < tape.end(of: object) {
      let value = tape.value(of: name)
      switch tape[value] {
      case .list, .object: return true
      default: if tape.isText(value), TemplateText.isTemplate(tape.text(at: value)) { return true }
      }
      name = tape.end(of: value)
    }
    return false
  }

  private mutating func templates(
    _ object: JSONObject, of definition: ActionDefinition, _ path: String
  ) throws(Declined) -> (ParameterTemplate, [TemplateExpression]) {
    var reading = TemplateReading(
      object, of: definition, at: JSONPointer(written: path + "/parameters"), meant: [],
      diagnosticsBefore: 0)
    var isMore = true
    while isMore {
      isMore = reading.step(values: TreeLimits.valuesPerStep)
      try require(reading.unclosed.isEmpty)
    }
    guard let template = reading.template else { throw Declined() }
    var expressions: [TemplateExpression] = []
    for source in reading.sources {
      let program = try compile(source.text)
      programPaths.append(source.path)
      expressions.append(
        TemplateExpression(
          program: program, keepsType: source.keepsType, textBegins: source.textBegins))
    }
    return (template, expressions)
  }

  // MARK: Expressions

  /// Compiles the expression in a field of a node.
  mutating func expression(
    at place: Int?, _ path: String, _ field: String
  ) throws(Declined) -> Int {
    guard let place, tape.isText(place) else { throw Declined() }
    let program = try compile(tape.string(at: place))
    programPaths.append(JSONPointer(written: path).appending(written: field))
    return program
  }

  /// Compiles an expression; its place is for the caller to note.
  private mutating func compile(_ source: String) throws(Declined) -> Int {
    try require(programs.count < TreeLimits.plainExpressions)
    // A pattern of a few bytes may take as long as all the rest of the largest tree: these are compiled in steps.
    try require(!source.utf8.contains(UInt8(ascii: "~")))
    let compilation = Program.compile(source, properties: &table)
    guard let program = compilation.program, compilation.diagnostics.isEmpty else {
      throw Declined()
    }
    programs.append(SharedProgram(program))
    programBytes += TreeCompiler.memoryBytes(of: program)
    return programs.count - 1
  }
}
