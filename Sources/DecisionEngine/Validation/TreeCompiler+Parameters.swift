internal import Filtrex
internal import JSON

extension TreeCompiler {
  /// Says what is to be done for an action's node, and checks what can be checked before.
  mutating func plan(
    _ definition: ActionDefinition, _ parameters: JSONObject, _ node: inout BegunNode
  ) {
    let place = node.path.appending("parameters")
    let diagnosticsBefore = diagnostics.count
    let meant = checkNames(
      parameters, definition.parameterNames, .unknownParameter,
      "\(definition.article) has no parameter", at: place)
    var sources: [TemplateSource] = []
    var members: [(key: String, value: ParameterTemplate)] = []
    for (key, value) in parameters {
      members.append((key, template(value, at: place.appending(key), &sources)))
    }
    let areSound = checkParameters(parameters, of: definition, meant, at: place)
    // What a template makes is known only when it was made.
    let isConstant = sources.isEmpty
    if isConstant, areSound, diagnostics.count == diagnosticsBefore {
      for problem in definition.problemsTogether(parameters) {
        report(.conflictingParameters, place.appending(problem.parameter), problem.message)
      }
    }
    node.plan = .action(definition, isConstant ? .constant(.object(parameters)) : .object(members))
    for source in sources { node.steps.append(.template(source)) }
  }

  /// What an action's node does, its templates being compiled.
  mutating func action(
    _ definition: ActionDefinition, _ parameters: ParameterTemplate,
    _ expressions: [TemplateExpression]
  ) -> BegunNode.Body {
    actions.append(
      ActionNode(definition: definition, parameters: parameters, expressions: expressions))
    return BegunNode.Body(
      kind: .action(actions.count - 1),
      fuelBound: expressions.reduce(FuelCost.action) { Self.sum($0, fuelBound(of: $1)) },
      actions: 1)
  }

  private func fuelBound(of expression: TemplateExpression) -> Int {
    let program = programs[expression.program]
    let bytes =
      expression.keepsType
      ? min(program.valueBytesBound, TreeLimits.renderedValueBytes) : program.textBytesBound
    return Self.sum(program.fuelBound, FuelCost.step + FuelCost.bytes(bytes))
  }

  /// Checks parameters as they stand in the tree.
  ///
  /// - Returns: Whether nothing is wrong with them.
  private mutating func checkParameters(
    _ parameters: JSONObject, of definition: ActionDefinition, _ meant: [String],
    at place: JSONPointer
  ) -> Bool {
    var areSound = true
    for parameter in definition.parameters {
      guard let value = parameters[parameter.name] else {
        guard parameter.isRequired else { continue }
        areSound = false
        if !meant.holds(parameter.name) {
          report(.missingParameter, place, definition.missing(parameter).message)
        }
        continue
      }
      for problem in parameter.problems(with: value, in: .source) {
        areSound = false
        report(
          .invalidParameter, place.appending(parameter.name).appending(problem.place),
          parameter.message(problem))
      }
    }
    return areSound
  }

  /// Takes one parameter apart, and those inside it; as deep as the JSON is.
  private mutating func template(
    _ value: JSONValue, at path: JSONPointer, _ sources: inout [TemplateSource]
  ) -> ParameterTemplate {
    let count = sources.count
    let template: ParameterTemplate
    switch value {
    case .null, .bool, .number: return .constant(value)
    case .string(let text): return self.template(text, at: path, &sources)
    case .array(let elements):
      var compiled: [ParameterTemplate] = []
      for (index, element) in elements.enumerated() {
        compiled.append(self.template(element, at: path.appending(index), &sources))
      }
      template = .array(compiled)
    case .object(let object):
      var compiled: [(key: String, value: ParameterTemplate)] = []
      for (key, member) in object {
        compiled.append((key, self.template(member, at: path.appending(key), &sources)))
      }
      template = .object(compiled)
    }
    return sources.count == count ? .constant(value) : template
  }

  private mutating func template(
    _ text: String, at path: JSONPointer, _ sources: inout [TemplateSource]
  ) -> ParameterTemplate {
    let taken: TemplateText
    do throws(TemplateText.Unclosed) {
      // One more than the tree may have says that they are too many; a megabyte would hold hundreds of thousands.
      taken = try TemplateText(text, most: TreeLimits.expressions)
    } catch {
      report(
        TreeDiagnostic(
          code: .invalidTemplate, path: path, range: error.at..<text.utf8.count,
          message: "this `{{` is not closed; write `}}` behind its expression"))
      return .constant(.string(text))
    }
    var parts: [TemplatePart] = []
    var literalBytes: Int? = taken.literalBytes
    for piece in taken.pieces {
      switch piece {
      case .literal(let literal): parts.append(.literal(literal))
      case .expression(let source, let offset):
        parts.append(.expression)
        sources.append(
          TemplateSource(
            text: source, path: path, offset: offset, keepsType: taken.isOneExpression,
            textBegins: literalBytes))
        literalBytes = nil
      }
    }
    guard parts.contains(.expression) else { return .constant(.string(text)) }
    return taken.isOneExpression ? .value : .text(parts)
  }

  /// Compiles the expression in a field; `nil` where there is none.
  mutating func expression(_ value: JSONValue?, at path: JSONPointer) -> Int? {
    guard case .string(let source)? = value else { return nil }
    return compile(source, at: path, offset: 0)
  }

  mutating func compile(_ source: String, at path: JSONPointer, offset: Int) -> Int? {
    // Said once; what follows is not compiled, since it could be as large.
    guard patternBytes <= TreeLimits.patternBytes, !hasTooManyExpressions else { return nil }
    let compilation = Program.compile(source, properties: &table)
    for diagnostic in compilation.diagnostics {
      let range = diagnostic.range
      report(
        TreeDiagnostic(
          severity: diagnostic.severity, code: TreeDiagnostic.Code(diagnostic.code), path: path,
          range: range.lowerBound + offset..<range.upperBound + offset,
          message: diagnostic.message))
    }
    guard let program = compilation.program else { return nil }
    patternBytes += program.patternBytes
    guard patternBytes <= TreeLimits.patternBytes else {
      report(
        .patternTooLarge, path,
        "the patterns of the tree take more than \(TreeLimits.patternBytes >> 20) MiB together; "
          + "repeat less often in them, or split the tree")
      return nil
    }
    guard programs.count < TreeLimits.expressions else {
      hasTooManyExpressions = true
      report(
        .tooManyExpressions, path,
        "the tree has more than \(TreeLimits.expressions) expressions; split the tree")
      return nil
    }
    programs.append(program)
    programPaths.append(path)
    // Measured: a program takes some 40 bytes for each byte of its expression, and a kilobyte.
    programBytes +=
      1024 + 40 * program.expression.utf8.count + program.patternBytes + 128
    return programs.count - 1
  }
}

extension TreeDiagnostic.Code {
  init(_ code: Diagnostic.Code) {
    // INVARIANT: every code of the language is one of a tree's; a test holds the two together.
    self = Self(rawValue: code.rawValue) ?? .syntax
  }
}
