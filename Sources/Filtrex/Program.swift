/// A compiled expression: flat code, constants and the places they came from.
///
/// A value that any number of executions share; it is verified before anybody gets it, so that running it can not
/// leave its code, its constants or its stack.
public struct Program: Sendable {
  /// The expression as it was written.
  public let expression: String
  /// The most fuel an evaluation can take, whatever the context, within ``Limits``.
  public let fuelBound: Int
  /// Values that an evaluation holds at once at most.
  let stackDepth: Int
  let code: [Instruction]
  let sites: [Site]
  let operandRanges: [Range<Int32>]
  let constants: Store
  let patterns: [Pattern]
  /// How large the value can become.
  let extent: Extent
  /// Names of the properties by slot, as far as this program names them.
  let propertyNames: PropertyNames

  /// Bytes that the value can add to a text at most.
  public var textBytesBound: Int { extent.joinedBytes }
  /// What ``Machine/valueBytes(of:context:upTo:)`` can say at most.
  public var valueBytesBound: Int {
    Machine.bytesPerCell.multipliedClamped(by: extent.cells).addedClamped(to: extent.bytes)
  }

  /// Compiles `expression`.
  ///
  /// - Parameters:
  ///   - expression: The text; every mistake in it is reported at once.
  ///   - properties: The names of the tree; new ones are added.
  /// - Returns: The program, unless there are errors, and what there is to say.
  public static func compile(
    _ expression: String, properties: inout PropertyTable
  ) -> Compilation {
    guard expression.utf8.count <= Limits.expressionBytes else {
      return Compilation(
        program: nil,
        diagnostics: [
          Diagnostic(
            severity: .error, code: .expressionTooLong,
            range: Limits.expressionBytes..<expression.utf8.count,
            message:
              "the expression has \(expression.utf8.count) bytes, \(Limits.expressionBytes) are allowed: split it into several"
          )
        ])
    }
    let parser = Parser(expression)
    // What lies too deep was not read, so that there is nothing sensible to say of the rest.
    if let tooDeep = parser.diagnostics.first(where: { $0.code == .nestingTooDeep }) {
      return Compilation(program: nil, diagnostics: [tooDeep])
    }
    // Lent for the time being: a copy that is changed would be a copy of all.
    var table = PropertyTable()
    swap(&table, &properties)
    let count = table.count
    var compiler = Compiler(
      tree: parser.tree, expression: expression, diagnostics: parser.diagnostics,
      properties: consume table)
    let program = compiler.compile()
    swap(&properties, &compiler.properties)
    if program == nil { properties.shorten(to: count) }
    return Compilation(program: program, diagnostics: compiler.diagnostics)
  }
}

extension Program {
  /// About how much memory its patterns take, in bytes.
  package var patternBytes: Int { patterns.reduce(0) { $0 + $1.memoryBytes } }
}

/// What comes of compiling an expression.
public struct Compilation: Sendable {
  /// The program, unless a diagnostic is an error.
  public let program: Program?
  /// What there is to say, in the order of the places.
  public let diagnostics: [Diagnostic]

  /// The error to name where only one can be: a syntax error before any other, then the first.
  public var error: Diagnostic? {
    let errors = diagnostics.lazy.filter { $0.severity == .error }
    return errors.first { $0.code == .syntax } ?? errors.first
  }
}
