import Filtrex

/// How an expression came out.
enum Outcome: Sendable {
  case value(Value)
  case notCompiled(Diagnostic)
  case notEvaluated(EvaluationError)
}

extension Outcome: Equatable {
  /// As `==`, but NaN is the same as NaN, and zero is not minus zero.
  static func == (left: Outcome, right: Outcome) -> Bool {
    switch (left, right) {
    case (.value(let left), .value(let right)): left.isSame(as: right)
    case (.notCompiled(let left), .notCompiled(let right)): left == right
    case (.notEvaluated(let left), .notEvaluated(let right)): left == right
    default: false
    }
  }
}

extension Value {
  /// Bit for bit the same.
  func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.number(let left), .number(let right)):
      left.isNaN && right.isNaN || left == right && left.sign == right.sign
    case (.list(let left), .list(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    default: self == other
    }
  }
}

/// One expression, compiled and evaluated, whole or in slices.
struct Run {
  var outcome: Outcome
  var fuelUsed = 0
  var fuelBound = 0
  var valueBytes = 0
  var valueBytesBound = 0
  var textBytes = 0
  var textBytesBound = 0
  var slices = 0
  var diagnostics: [Diagnostic]

  static let now = 1_795_514_400.0

  init(_ expression: String, in context: Context = Context(), slice: Int = .max / 2) {
    var properties = PropertyTable()
    let compilation = Program.compile(expression, properties: &properties)
    diagnostics = compilation.diagnostics
    guard let program = compilation.program else {
      outcome = .notCompiled(
        compilation.error
          ?? Diagnostic(severity: .error, code: .syntax, range: 0..<0, message: "no error said"))
      return
    }
    fuelBound = program.fuelBound
    valueBytesBound = program.valueBytesBound
    textBytesBound = program.textBytesBound
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    var machine = Machine()
    machine.start(program)
    var fuel = 0
    outcome = .value(.null)
    loop: while true {
      slices += 1
      fuel += slice
      switch machine.run(program, context: context, bindings: bindings, now: Self.now, fuel: &fuel)
      {
      case .finished:
        outcome = .value(machine.value(program, context))
        valueBytes = machine.valueBytes(of: program, context: context, upTo: .max)
        var text: [UInt8] = []
        if machine.appendText(of: program, context: context, to: &text) { textBytes = text.count }
        break loop
      case .failed(let error):
        outcome = .notEvaluated(error)
        break loop
      case .paused: continue
      }
    }
    fuelUsed = machine.fuelUsed
  }
}
