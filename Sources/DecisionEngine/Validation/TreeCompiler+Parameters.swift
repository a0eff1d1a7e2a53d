internal import Filtrex
internal import JSON

extension TreeCompiler {
  /// Compiles an action's node.
  mutating func action(
    _ definition: ActionDefinition, _ parameters: JSONObject, at path: JSONPointer
  ) -> Body {
    checkParameters(
      parameters, known: definition.parameters.map(\.name), of: definition.name, at: path)
    let place = path.appending("parameters")
    var programNumbers: [Int] = []
    var members: [(key: String, value: ParameterTemplate)] = []
    for (key, value) in parameters {
      members.append((key, template(value, at: place.appending(key), &programNumbers)))
    }
    var hasProblems = false
    for parameter in definition.parameters {
      guard let value = parameters[parameter.name] else {
        guard parameter.isRequired else { continue }
        hasProblems = true
        report(.missingParameter, place, definition.missing(parameter).message)
        continue
      }
      let index = members.firstIndex { $0.key == parameter.name }
      // What a template makes is known only when it was made.
      guard let index, case .constant = members[index].value else { continue }
      if let problem = parameter.problem(with: value) {
        hasProblems = true
        report(.invalidParameter, place.appending(parameter.name), problem.message)
      }
    }
    let isConstant = programNumbers.isEmpty
    if isConstant && !hasProblems {
      for problem in definition.problemsTogether(parameters) {
        report(.invalidParameter, place.appending(problem.parameter), problem.message)
      }
    }
    actions.append(
      ActionNode(
        definition: definition,
        parameters: isConstant ? .constant(.object(parameters)) : .object(members),
        programs: programNumbers))
    let programBound = programNumbers.reduce(0) { sum, number in
      Self.sum(
        Self.sum(sum, programs[number].fuelBound),
        FuelCost.step + FuelCost.bytes(Filtrex.Limits.contextBytes))
    }
    return Body(
      kind: .action(actions.count - 1), fuelBound: Self.sum(FuelCost.action, programBound),
      actions: 1)
  }

  /// Compiles one parameter, and those inside it; as deep as the JSON is.
  private mutating func template(
    _ value: JSONValue, at path: JSONPointer, _ programNumbers: inout [Int]
  ) -> ParameterTemplate {
    let count = programNumbers.count
    let template: ParameterTemplate
    switch value {
    case .null, .bool, .number: return .constant(value)
    case .string(let text): return self.template(text, at: path, &programNumbers)
    case .array(let elements):
      var compiled: [ParameterTemplate] = []
      for (index, element) in elements.enumerated() {
        compiled.append(self.template(element, at: path.appending(index), &programNumbers))
      }
      template = .array(compiled)
    case .object(let object):
      var compiled: [(key: String, value: ParameterTemplate)] = []
      for (key, member) in object {
        compiled.append((key, self.template(member, at: path.appending(key), &programNumbers)))
      }
      template = .object(compiled)
    }
    return programNumbers.count == count ? .constant(value) : template
  }

  private mutating func template(
    _ text: String, at path: JSONPointer, _ programNumbers: inout [Int]
  ) -> ParameterTemplate {
    let taken: TemplateText
    do throws(TemplateText.Unclosed) {
      taken = try TemplateText(text)
    } catch {
      report(
        TreeDiagnostic(
          code: .invalidTemplate, path: path, range: error.at..<text.utf8.count,
          message: "`{{` has no `}}` behind it; close it"))
      return .constant(.string(text))
    }
    var parts: [TemplatePart] = []
    var hasExpression = false
    for piece in taken.pieces {
      switch piece {
      case .literal(let literal): parts.append(.literal(literal))
      case .expression(let source, let offset):
        hasExpression = true
        parts.append(.expression)
        if let program = compile(source, at: path, offset: offset) {
          programNumbers.append(program)
        }
      }
    }
    guard hasExpression else { return .constant(.string(text)) }
    return taken.isOneExpression ? .value : .text(parts)
  }

  /// Compiles the expression in a parameter.
  mutating func expression(
    _ value: JSONValue?, named name: String, at path: JSONPointer
  ) -> Int? {
    switch value {
    case .string(let source)?: return compile(source, at: path, offset: 0)
    case nil:
      report(.missingParameter, path, "`\(name)` is missing; give an expression")
      return nil
    case let value?:
      report(
        .wrongType, path,
        "`\(name)` is a text with an expression, and this is \(Self.named(value))")
      return nil
    }
  }

  private mutating func compile(_ source: String, at path: JSONPointer, offset: Int) -> Int? {
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
    programs.append(program)
    programPaths.append(path.description)
    return programs.count - 1
  }
}

extension TreeDiagnostic.Code {
  init(_ code: Diagnostic.Code) {
    // INVARIANT: every code of the language is one of a tree's; a test holds the two together.
    self = Self(rawValue: code.rawValue) ?? .syntax
  }
}
