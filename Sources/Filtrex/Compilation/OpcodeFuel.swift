/// What an instruction costs, in units of fuel.
///
/// The compiler bounds programs by it, the disassembler and the documentation print it, and a test holds the machine
/// to it. Every instruction takes the same unit, which the machine's loop knows as the constant that it is:
/// reading a row on every step would cost more than the step.
struct OpcodeFuel: Sendable, Equatable {
  /// What every instruction takes, whatever it works on.
  static let unit = 1

  /// What is taken over the unit grows with this; ``FuelCost`` has the rates.
  enum Growth: BitwiseCopyable, Sendable, Equatable, CaseIterable {
    /// With nothing: one step is like the other.
    case nothing
    /// With a text that is as long as the constant, and so is compared byte by byte.
    case constantText
    /// With the text that is made.
    case madeText
    /// With what the relation compares or matches.
    case relation
    /// With the pairs of values compared, and their texts.
    case pairs
    /// With the elements of the list.
    case elements
    /// With what the function works on.
    case function
  }

  let base: Int
  let growth: Growth

  init(_ growth: Growth) {
    base = Self.unit
    self.growth = growth
  }
}

extension OpcodeFuel.Growth {
  /// The most that `instruction` can take over its unit, its operands being no larger than `extents`.
  ///
  /// What matching a pattern takes is for the pattern to say, and what a function takes for the function.
  func bound(of instruction: Instruction, _ extents: (left: Extent, right: Extent)?) -> Int {
    switch self {
    case .nothing, .function: return 0
    case .elements: return FuelCost.elements(Int(instruction.long))
    case .constantText: return FuelCost.bytes(extents?.right.bytes ?? 0)
    case .madeText, .relation, .pairs: break
    }
    guard let (left, right) = extents else { return 0 }
    switch self {
    case .madeText:
      if left.type == .number, right.type == .number { return 0 }
      return FuelCost.bytes(min(left.joinedBytes + right.joinedBytes, Limits.textBytes))
    case .relation:
      let isEquality = instruction.relation == .equal || instruction.relation == .notEqual
      return isEquality ? left.comparison(with: right) : 0
    default: return left.membership(in: right)
    }
  }
}

extension OpcodeFuel {
  /// The cost as a listing shows it: `1 + bytes/16`.
  func notation(of instruction: Instruction) -> String {
    let growth: String? =
      switch self.growth {
      case .nothing: nil
      case .constantText: FuelCost.bytesNotation
      case .madeText: FuelCost.madeNotation
      case .pairs: "values + " + FuelCost.bytesNotation
      case .elements: instruction.long == 0 ? nil : "\(FuelCost.elements(Int(instruction.long)))"
      case .function: FunctionTable.rows[Int(instruction.long)].fuelNotation
      case .relation:
        switch instruction.relation {
        case .equal, .notEqual: "values + " + FuelCost.bytesNotation
        case .matches: "matching"
        case .less, .lessOrEqual, .greater, .greaterOrEqual: nil
        }
      }
    return growth.map { "\(base) + \($0)" } ?? "\(base)"
  }

  /// The cost in words, for the documentation.
  var summary: String {
    let growth: String? =
      switch self.growth {
      case .nothing: nil
      case .constantText: "\(FuelCost.bytesSummary) of a text as long as the constant"
      case .madeText: "\(FuelCost.bytesSummary) of a text that is made"
      case .relation:
        "`==`, `!=`: 1 for each pair of values compared unless they are two numbers, \(FuelCost.bytesSummary) of their texts; `~=`: what matching takes"
      case .pairs: "1 for each pair of values compared, \(FuelCost.bytesSummary) of their texts"
      case .elements: "1 for each element"
      case .function: "what the function takes"
      }
    return growth.map { "\(base), and \($0)" } ?? "\(base)"
  }
}
