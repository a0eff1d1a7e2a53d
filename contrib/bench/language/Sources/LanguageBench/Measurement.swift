import CAllocations
import Filtrex

/// One expression against native code, in turns.
struct Measurement {
  let expression: String
  /// Median over the rounds of our time by the native one.
  let ratio: Double
  let nativeNanoseconds: Double
  let ourNanoseconds: Double
  /// Calls of an allocator in all evaluations of the last round, and how many evaluations those were.
  let allocations: UInt64
  let evaluations: Int
  /// Units of fuel, averaged over the players.
  let fuel: Double

  init(_ subject: Subject, rounds: Int) throws(Failure) {
    expression = subject.expression
    var machine = Machine()
    let evaluator = try Evaluator(subject.expression)
    try Self.compare(subject, evaluator, &machine)
    fuel = evaluator.averageFuel(&machine)
    var ratios: [(ratio: Double, native: Double, ours: Double)] = []
    var allocations: UInt64 = 0
    for round in 0..<rounds {
      // Who begins changes with each round, so that neither always finds the cooler machine.
      var native = 0.0
      var ours = 0.0
      for turn in 0..<2 {
        if turn == round % 2 {
          native = Self.nanoseconds(Self.passes) { evaluator.countNatively(subject) }
        } else {
          let before = allocation_count()
          ours = Self.nanoseconds(Self.passes) { evaluator.count(0..<Player.count, &machine) }
          allocations = allocation_count() - before
        }
      }
      ratios.append((ours / native, native, ours))
    }
    ratios.sort { $0.ratio < $1.ratio }
    let median = ratios[ratios.count / 2]
    let each = Double(Self.passes * Player.count)
    ratio = median.ratio
    nativeNanoseconds = median.native / each
    ourNanoseconds = median.ours / each
    self.allocations = allocations
    evaluations = Self.passes * Player.count
  }

  private static let passes = 4_000

  /// Both must say the same of every player, or their times mean nothing.
  private static func compare(
    _ subject: Subject, _ evaluator: borrowing Evaluator, _ machine: inout Machine
  ) throws(Failure) {
    for index in 0..<Player.count {
      let native = evaluator.countNatively(subject, index..<index + 1) == 1
      guard (evaluator.count(index..<index + 1, &machine) == 1) == native else {
        throw Failure(message: "`\(subject.expression)` is not \(native) for player \(index)")
      }
    }
  }

  private static func nanoseconds(_ passes: Int, _ body: () -> Int) -> Double {
    let clock = ContinuousClock()
    var count = 0
    let time = clock.measure { for _ in 0..<passes { count &+= body() } }
    precondition(count >= 0)
    let (seconds, attoseconds) = time.components
    return Double(seconds) * 1e9 + Double(attoseconds) * 1e-9
  }
}

/// One program for every player, with all that is made once made; the machine is the caller's.
struct Evaluator: ~Copyable {
  /// A player's context and its slots; not copyable, as ``Player``.
  private struct Seat: ~Copyable {
    let context: Context
    let bindings: Bindings

    init(_ player: borrowing Player, _ properties: PropertyTable) {
      context = player.context
      var bindings = Bindings()
      bindings.bind(properties, to: context)
      self.bindings = bindings
    }
  }

  private let program: Program
  private let players = UnsafeMutableBufferPointer<Player>.allocate(capacity: Player.count)
  private let seats = UnsafeMutableBufferPointer<Seat>.allocate(capacity: Player.count)

  init(_ expression: String) throws(Failure) {
    var properties = PropertyTable()
    let compilation = Program.compile(expression, properties: &properties)
    guard let program = compilation.program else {
      throw Failure(message: compilation.error?.message ?? "`\(expression)` does not compile")
    }
    self.program = program
    for index in 0..<Player.count {
      players.initializeElement(at: index, to: Player(number: index))
      seats.initializeElement(at: index, to: Seat(players[index], properties))
    }
  }

  deinit {
    players.deinitialize()
    players.deallocate()
    seats.deinitialize()
    seats.deallocate()
  }

  /// Of how many of the players it holds.
  @inline(never)
  func count(_ players: Range<Int>, _ machine: inout Machine) -> Int {
    var count = 0
    for index in players where holds(seats[index], &machine) { count += 1 }
    return count
  }

  /// The same by native code.
  @inline(never)
  func countNatively(_ subject: Subject, _ indices: Range<Int> = 0..<Player.count) -> Int {
    subject.native(players.span.extracting(indices))
  }

  @inline(never)
  private func holds(_ seat: borrowing Seat, _ machine: inout Machine) -> Bool {
    machine.start(program)
    var fuel = 1_000_000
    let step = machine.run(
      program, context: seat.context, bindings: seat.bindings, now: Subject.now, fuel: &fuel)
    return step == .finished && machine.logical == true
  }

  func averageFuel(_ machine: inout Machine) -> Double {
    var sum = 0
    for index in seats.indices {
      _ = count(index..<index + 1, &machine)
      sum += machine.fuelUsed
    }
    return Double(sum) / Double(seats.count)
  }
}

struct Failure: Error {
  var message: String
}
