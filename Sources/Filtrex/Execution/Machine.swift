/// All the state of one evaluation; reused for the next, so that nothing is allocated once it has grown.
///
/// A machine can be set aside whenever a slice of fuel is used up, and taken up again later: ``start(_:)`` once, then
/// ``run(_:context:bindings:now:fuel:)`` with the same arguments until it has ``Step/finished`` or failed.
public struct Machine: Sendable {
  /// How a slice ended.
  public enum Step: Sendable, Equatable {
    /// The evaluation has a value.
    case finished
    /// The fuel is used up and there is work left.
    case paused
    /// The evaluation has no value and never will.
    case failed(EvaluationError)
  }

  var stack: [Cell] = []
  var depth = 0
  var position = 0
  var scratch = Store()
  /// Bytes of `scratch` that lists hold, and that stay until the stack is empty.
  var heldBytes = 0
  /// Where a text is made before it is put into `scratch`.
  var output: [UInt8] = []
  /// The instruction at `position` has begun and is not done.
  var isInside = false
  var membership = MembershipState()
  var equality = Equality()
  var matching = MatchingState()

  private(set) var isFinished = false

  /// The value as a logical, or `nil` if it is none or there is none yet; a list of one logical counts.
  public private(set) var logical: Bool?
  /// What the language calls the value's type; of a list of one element, that element's.
  public var typeName: String { type.rawValue }
  private var type = ValueType.null

  /// Units of fuel used since ``start(_:)``; the same for every way of slicing.
  public private(set) var fuelUsed = 0

  /// A machine that has evaluated nothing.
  public init() {}

  /// Forgets the last evaluation and stands before the first instruction of `program`.
  public mutating func start(_ program: Program) {
    if stack.count < program.stackDepth {
      stack.append(
        contentsOf: repeatElement(Cell.null, count: program.stackDepth - stack.count))
    }
    depth = 0
    position = 0
    if !scratch.cells.isEmpty || !scratch.bytes.isEmpty { scratch.removeAll() }
    heldBytes = 0
    isInside = false
    isFinished = false
    logical = nil
    type = .null
    fuelUsed = 0
  }

  /// Evaluates until there is a value or an error, or the fuel is used up.
  ///
  /// - Parameters:
  ///   - program: The program that was started.
  ///   - context: The player's properties; the same one until the evaluation ends.
  ///   - bindings: The slots of the program's property table, bound to that context.
  ///   - now: The instant of the execution, in Unix seconds.
  ///   - fuel: Units left in this slice. An instruction runs while there is some, and may take it below
  ///     zero: a debt that the caller carries into the next slice.
  /// - Returns: How the slice ended.
  public mutating func run(
    _ program: Program, context: borrowing Context, bindings: borrowing Bindings, now: Double,
    fuel: inout Int
  ) -> Step {
    let before = fuel
    defer { fuelUsed += before - fuel }
    while true {
      if !isInside {
        switch runSimple(program, context, bindings, &fuel) {
        case .finished:
          let value = scratch.unwrapped(stack[0], program, context)
          isFinished = true
          type = value.type
          if value.kind == .logical { logical = value.logical }
          return .finished
        case .outOfFuel: return .paused
        case .special: break
        }
      } else if fuel <= 0 {
        return .paused
      }
      do {
        guard try runSpecial(program, context, bindings, now, &fuel) else { return .paused }
      } catch {
        return .failed(explain(error, program, context))
      }
    }
  }
}

// MARK: - Results

extension Machine {
  /// The value, copied out, once the evaluation has finished; null before.
  public func value(_ program: Program, _ context: borrowing Context) -> Value {
    guard isFinished else { return .null }
    return scratch.memory(program, context).value(stack[0])
  }

  /// Appends the value as `+` would join it to a text.
  ///
  /// - Parameters:
  ///   - program: The program that has finished.
  ///   - context: The context it was run with.
  ///   - output: Where the UTF-8 goes.
  /// - Returns: Whether the value is a text or a number; nothing is appended otherwise.
  public func appendText(
    of program: Program, context: borrowing Context, to output: inout [UInt8]
  ) -> Bool {
    guard isFinished else { return false }
    let memory = scratch.memory(program, context)
    return Self.append(memory.unwrapped(stack[0]), memory, to: &output)
  }
}
