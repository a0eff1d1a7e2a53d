import Filtrex

struct Failure: Error {
  var message: String
}

/// One expression of a text `t`, ready to be evaluated again and again.
struct Evaluation: ~Copyable {
  private let program: Program
  private let context: Context
  private let bindings: Bindings
  private var machine = Machine()

  init(_ expression: String, text: String) throws(Failure) {
    var properties = PropertyTable()
    let compilation = Program.compile(expression, properties: &properties)
    guard let program = compilation.program else {
      throw Failure(message: compilation.error?.message ?? "`\(expression)` does not compile")
    }
    self.program = program
    context = Context(.object([.init(name: "t", value: .text(text))]))
    var bindings = Bindings()
    bindings.bind(properties, to: context)
    self.bindings = bindings
  }

  /// Whether the text `t` matches.
  init(matching pattern: String, text: String) throws(Failure) {
    let escaped = pattern.reduce(into: "") {
      $0 += $1 == "\\" || $1 == "\"" ? "\\\($1)" : "\($1)"
    }
    try self.init("t ~= \"\(escaped)\"", text: text)
  }

  /// Evaluates once, and gives the fuel.
  @inline(never)
  mutating func run() -> Int {
    machine.start(program)
    var fuel = Int.max / 2
    let step = machine.run(program, context: context, bindings: bindings, now: 0, fuel: &fuel)
    precondition(step == .finished && machine.logical != nil)
    return machine.fuelUsed
  }

  /// Forgets what was remembered of the pattern.
  mutating func forget() { machine = Machine() }

  /// The least time of several, in nanoseconds for one evaluation: other users of the machine only ever add to it.
  mutating func nanoseconds(rounds: Int, evaluations: Int, cold: Bool = false) -> Double {
    let clock = ContinuousClock()
    var least = Double.infinity
    for _ in 0..<rounds {
      let time = clock.measure {
        for _ in 0..<evaluations {
          if cold { forget() }
          _ = run()
        }
      }
      let (seconds, attoseconds) = time.components
      let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) * 1e-9
      least = min(least, nanoseconds / Double(evaluations))
    }
    return least
  }
}
