import Filtrex
import FuzzSupport

/// An expression, compiled and evaluated, whole and in slices.
///
/// What stands behind the first byte 0xFF is the player as JSON.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    let (before, behind) = input.split(at: 0xFF)
    let text = String(decoding: before, as: UTF8.self)
    let (compilation, table) = Work.paid("compiling") {
      var table = PropertyTable()
      let compilation = Program.compile(text, properties: &table)
      return ((compilation, table), 0)
    }
    check(compilation.diagnostics, of: text)
    guard let program = compilation.program else {
      require(compilation.error != nil, "there is no program, and no error")
      return require(table.count == 0, "what did not compile has left names behind")
    }
    require(compilation.error == nil, "there is a program, and an error")
    require(!program.disassembly.isEmpty, "the program has no instruction")
    evaluate(program, table, Player.context(behind), slice: 1 + count % 7)
  }
}

private func check(_ diagnostics: [Diagnostic], of text: String) {
  let count = text.utf8.count
  var last = 0
  for diagnostic in diagnostics {
    let range = diagnostic.range
    require(
      range.lowerBound >= 0 && range.upperBound <= count,
      "\(diagnostic.code) at \(range) of \(count) bytes")
    require(!diagnostic.message.isEmpty, "\(diagnostic.code) says nothing")
    require(range.lowerBound >= last, "\(diagnostic.code) at \(range) is behind \(last)")
    last = range.lowerBound
  }
}

private func evaluate(
  _ program: Program, _ table: PropertyTable, _ context: Context, slice: Int
) {
  var bindings = Bindings()
  bindings.bind(table, to: context)
  let whole = Work.paid("evaluating") {
    let run = Run(program, context, bindings, slice: 2_000_000, cap: 2_000_000)
    return (run, run.fuelUsed)
  }
  guard whole.hasEnded else { return }
  require(
    whole.fuelUsed <= program.fuelBound,
    "\(whole.fuelUsed) units of fuel are over the bound of \(program.fuelBound)")
  if case .failed(let error) = whole.step {
    require(
      error.range.lowerBound >= 0 && error.range.upperBound <= program.expression.utf8.count,
      "\(error.code) at \(error.range)")
    require(!error.message.isEmpty, "\(error.code) says nothing")
  }
  for slice in [slice, 1, 64] where whole.fuelUsed / slice < 50_000 {
    let sliced = Run(program, context, bindings, slice: slice, cap: .max)
    require(sliced.isSame(as: whole), "in slices of \(slice) it is \(sliced), whole \(whole)")
  }
}
