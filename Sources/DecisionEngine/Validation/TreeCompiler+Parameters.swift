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
    node.reading = TemplateReading(
      parameters, of: definition, at: place, meant: meant, diagnosticsBefore: diagnosticsBefore)
  }

  /// Takes a few parameters more apart; behind the last, says what is to be done for what was found in them.
  mutating func readTemplates(of node: Int) {
    let isMore = begun[node].reading?.step(values: TreeLimits.valuesPerStep) == true
    for place in begun[node].reading?.unclosed ?? [] {
      report(
        TreeDiagnostic(
          code: .invalidTemplate, path: place.path, range: place.range,
          message: "this `{{` is not closed; write `}}` behind its expression"))
    }
    guard !isMore, let done = begun[node].reading else { return }
    begun[node].reading = nil
    discarded += done.discarded
    let areSound = checkParameters(
      done.parameters, of: done.definition, done.meant, at: done.place)
    // What a template makes is known only when it was made.
    let isConstant = done.sources.isEmpty
    if isConstant, areSound, diagnostics.count == done.diagnosticsBefore {
      for problem in done.definition.problemsTogether(done.parameters) {
        report(.conflictingParameters, done.place.appending(problem.parameter), problem.message)
      }
    }
    begun[node].plan = .action(
      done.definition, done.template ?? .constant(.object(done.parameters)))
    begun[node].steps += done.sources.map { .template($0) }
  }

  /// What an action's node does, its templates being compiled.
  mutating func action(
    _ definition: ActionDefinition, _ parameters: ParameterTemplate,
    _ expressions: [TemplateExpression]
  ) -> BegunNode.Body {
    actions.append(
      ActionNode(definition: definition, parameters: parameters, expressions: expressions))
    return BegunNode.Body(action: actions.count - 1, expressions, of: programs)
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
    programs.append(SharedProgram(program))
    programPaths.append(path)
    programBytes += Self.memoryBytes(of: program)
    return programs.count - 1
  }

  /// About how much memory a program and its place take.
  static func memoryBytes(of program: Program) -> Int {
    // Measured: some 40 bytes for each byte of its expression, and a kilobyte.
    1024 + 40 * program.expression.utf8.count + program.patternBytes + 128
  }
}

extension TreeDiagnostic.Code {
  init(_ code: Diagnostic.Code) {
    // INVARIANT: every code of the language is one of a tree's; a test holds the two together.
    self = Self(rawValue: code.rawValue) ?? .syntax
  }
}
