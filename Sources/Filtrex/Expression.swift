/// One expression, compiled and evaluated at once: the door for a command line.
public enum Expression {
  /// Why an expression has no value.
  public enum Failure: Error, Sendable, Equatable {
    /// It could not be compiled; all its mistakes.
    case notCompiled([Diagnostic])
    /// It has no value in this context.
    case notEvaluated(EvaluationError)
  }

  /// Evaluates `expression` in `context`.
  ///
  /// - Parameters:
  ///   - expression: The text.
  ///   - context: The properties it may name.
  ///   - now: The instant that `now()` answers, in Unix seconds.
  /// - Returns: The value.
  /// - Throws: ``Failure`` where there is none.
  public static func evaluate(
    _ expression: String, in context: Context, now: Double
  ) throws(Failure) -> Value {
    var properties = PropertyTable()
    let compilation = Program.compile(expression, properties: &properties)
    guard let program = compilation.program else {
      throw .notCompiled(compilation.diagnostics)
    }
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    var machine = Machine()
    machine.start(program)
    // One slice is enough: the program can not take more.
    var fuel = program.fuelBound
    switch machine.run(program, context: context, bindings: bindings, now: now, fuel: &fuel) {
    case .finished: return machine.value(program, context)
    case .failed(let error): throw .notEvaluated(error)
    case .paused: preconditionFailure("an evaluation took more fuel than its program's bound")
    }
  }
}
