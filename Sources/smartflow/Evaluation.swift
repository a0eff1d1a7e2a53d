internal import DecisionEngine
internal import Filtrex
internal import JSON

/// What came of one expression.
enum Evaluation {
  case value(Value)
  case diagnostics([Diagnostic])
  case failure(EvaluationError)

  /// Compiles and evaluates an expression, with as much fuel as it takes.
  init(of expression: String, in context: Context, now: Double) {
    var table = PropertyTable()
    let compilation = Program.compile(expression, properties: &table)
    guard let program = compilation.program else {
      self = .diagnostics(compilation.diagnostics)
      return
    }
    var bindings = Bindings()
    bindings.bind(table, to: context)
    var machine = Machine()
    machine.start(program)
    while true {
      var fuel = 1_000_000
      switch machine.run(program, context: context, bindings: bindings, now: now, fuel: &fuel) {
      case .paused: continue
      case .finished:
        self = .value(machine.value(program, context))
        return
      case .failed(let error):
        self = .failure(error)
        return
      }
    }
  }

  /// The answer in the form of the language's vectors.
  var json: JSONValue {
    switch self {
    case .value(let value): return .object([("value", JSONValue(exact: value))])
    case .diagnostics(let diagnostics):
      let errors = diagnostics.filter { $0.severity == .error }
      // A text that can't be read at all is that before it is anything else.
      guard let first = errors.first(where: { $0.code == .syntax }) ?? errors.first else {
        return .object([("error", .string("INTERNAL"))])
      }
      var members: [(String, JSONValue)] = [("error", .string(first.code.rawValue))]
      if let function = first.function { members.append(("function", .string(function))) }
      members += [
        ("message", .string(first.message)), ("start", .number(Double(first.range.lowerBound))),
        ("end", .number(Double(first.range.upperBound))),
      ]
      return .object(JSONObject(members))
    case .failure(let error):
      var members: [(String, JSONValue)] = [("error", .string(error.code.rawValue))]
      if let property = error.property { members.append(("property", .string(property))) }
      if let expected = error.expected { members.append(("expected", .string(expected))) }
      if let received = error.received { members.append(("received", .string(received))) }
      members += [
        ("message", .string(error.message)), ("start", .number(Double(error.range.lowerBound))),
        ("end", .number(Double(error.range.upperBound))),
      ]
      return .object(JSONObject(members))
    }
  }
}

extension JSONValue {
  /// The value on one line.
  var compactText: String {
    var bytes: [UInt8] = []
    JSONWriter.append(self, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value as a person reads it.
  var prettyText: String {
    var bytes: [UInt8] = []
    JSONWriter.appendPretty(self, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Value {
  /// A value of JSON as the language has it.
  init(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .logical(value)
    case .number(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .array(let elements): self = .list(elements.map { Value($0) })
    case .object(let object):
      self = .object(object.map { Value.Member(name: $0.key, value: Value($0.value)) })
    }
  }
}
