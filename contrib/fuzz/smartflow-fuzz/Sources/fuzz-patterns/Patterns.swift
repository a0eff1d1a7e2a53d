import Filtrex
import FuzzSupport

/// A pattern and a text, with a line break between them.
///
/// The pattern is tried as a property, compiled when it is matched, and as a literal, compiled with the
/// expression; both say the same, whole and in slices.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    let (before, behind) = input.split(at: 0x0A)
    let pattern = String(decoding: before, as: UTF8.self)
    let text = String(decoding: behind ?? [], as: UTF8.self)
    let context = Context(
      .object([.init(name: "p", value: .text(pattern)), .init(name: "t", value: .text(text))]))
    require(context.violation == nil, "pattern and text are no context")
    guard let dynamic = Compiled("t ~= p") else { broken("`t ~= p` does not compile") }
    let atRunTime = dynamic.run(in: context, slice: 1 + count % 7)

    let literal = escaped(pattern)
    guard literal.utf8.count < Limits.expressionBytes - 16 else { return }
    var diagnostics: [Diagnostic] = []
    let fixed = Compiled("t ~= \"\(literal)\"", diagnostics: &diagnostics)
    if case .failed(let error) = atRunTime.step {
      require(fixed == nil, "the literal compiles, the property: \(error)")
      require(
        diagnostics.map(\.code.rawValue) == [error.code.rawValue],
        "the literal is refused by \(diagnostics), the property by \(error)")
    } else if let fixed {
      let run = fixed.run(in: context, slice: 1 + count % 5)
      if run.hasEnded, atRunTime.hasEnded {
        require(
          run.value == atRunTime.value, "the literal says \(run.value), the property not")
      }
    } else {
      broken("the property matches, the literal does not compile: \(diagnostics)")
    }
  }
}

/// The text as it stands between quotes; byte by byte, since a backslash with an accent is one character.
private func escaped(_ text: String) -> String {
  var bytes: [UInt8] = []
  for byte in text.utf8 {
    if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") { bytes.append(UInt8(ascii: "\\")) }
    bytes.append(byte)
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// An expression and the names that it reads.
private struct Compiled {
  private let program: Program
  private let table: PropertyTable

  init?(_ expression: String) {
    var diagnostics: [Diagnostic] = []
    self.init(expression, diagnostics: &diagnostics)
  }

  init?(_ expression: String, diagnostics: inout [Diagnostic]) {
    let (compilation, table) = Work.paid("compiling") {
      var table = PropertyTable()
      let compilation = Program.compile(expression, properties: &table)
      return ((compilation, table), 0)
    }
    diagnostics = compilation.diagnostics
    for diagnostic in diagnostics {
      require(
        diagnostic.range.lowerBound >= 0
          && diagnostic.range.upperBound <= expression.utf8.count,
        "\(diagnostic.code) at \(diagnostic.range)")
    }
    guard let program = compilation.program else { return nil }
    self.program = program
    self.table = table
  }

  /// Evaluates whole and in slices.
  func run(in context: Context, slice: Int) -> Run {
    var bindings = Bindings()
    bindings.bind(table, to: context)
    let whole = Work.paid("matching") {
      let run = Run(program, context, bindings, slice: 2_000_000, cap: 2_000_000)
      return (run, run.fuelUsed)
    }
    guard whole.hasEnded else { return whole }
    require(
      whole.fuelUsed <= program.fuelBound,
      "\(whole.fuelUsed) units of fuel are over the bound of \(program.fuelBound)")
    for slice in [slice, 1, 64] where whole.fuelUsed / slice < 50_000 {
      let sliced = Run(program, context, bindings, slice: slice, cap: .max)
      require(sliced.isSame(as: whole), "in slices of \(slice) it is \(sliced), whole \(whole)")
    }
    return whole
  }
}
