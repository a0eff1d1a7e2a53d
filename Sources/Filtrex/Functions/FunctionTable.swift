/// The functions of the language, one row each; everything else that knows a function reads it here.
public enum FunctionTable {
  /// Every function, filtrex's first.
  public static let rows: [FunctionRow] = [
    .init("abs", [.number], .number, "the number without its sign", .number { $0.magnitude }),
    .init("ceil", [.number], .number, "the next whole number upwards", .number { $0.rounded(.up) }),
    .init(
      "floor", [.number], .number, "the next whole number downwards", .number { $0.rounded(.down) }),
    .init(
      "round", [.number], .number, "the nearest whole number, halves upwards",
      .number(Arithmetic.round)),
    .init("sqrt", [.number], .number, "the square root", .number { $0.squareRoot() }),
    .init("log", [.number], .number, "the natural logarithm", .number(Arithmetic.log)),
    .init("log2", [.number], .number, "the logarithm to base two", .number(Arithmetic.log2)),
    .init("log10", [.number], .number, "the logarithm to base ten", .number(Arithmetic.log10)),
    .init(
      "max", [], repeating: .number, .number, "the greatest; minus infinity of none",
      .work(Arithmetic.maximum)),
    .init(
      "min", [], repeating: .number, .number, "the least; infinity of none",
      .work(Arithmetic.minimum)),
    .init(
      "exists", [.anything], .logical, "whether there is a value, and it is not null",
      .work(Presence.exists)),
    .init(
      "empty", [.anything], .logical,
      "whether a value is missing, null, an empty text or an empty list", .work(Presence.isEmpty)),

    .init(
      "length", [.textOrList], .number, "Unicode scalars of a text, or elements of a list",
      .work(TextFunctions.length), fuel: .bytes),
    .init(
      "lower", [.text], .text, "the text in small letters", .work(TextFunctions.lower),
      fuel: .slowBytes),
    .init(
      "upper", [.text], .text, "the text in capitals", .work(TextFunctions.upper), fuel: .slowBytes),
    .init(
      "trim", [.text], .text, "the text without white space at both ends",
      .work(TextFunctions.trim), fuel: .bytes),
    .init(
      "contains", [.text, .text], .logical, "whether the second text is part of the first",
      .work(TextFunctions.contains), fuel: .search),
    .init(
      "startsWith", [.text, .text], .logical, "whether the first text begins with the second",
      .work(TextFunctions.startsWith), fuel: .bytes),
    .init(
      "endsWith", [.text, .text], .logical, "whether the first text ends with the second",
      .work(TextFunctions.endsWith), fuel: .bytes),
    .init(
      "number", [.numberOrText], .number, "the number that a text writes in decimal",
      .work(TextFunctions.number), fuel: .slowBytes),
    .init(
      "text", [.numberOrText], .text, "a number as `+` would join it", .work(TextFunctions.text),
      fuel: .bytes),

    .init(
      "sum", [.list], .number, "the sum of a list's numbers", .work(ListFunctions.sum),
      fuel: .elements),
    .init(
      "first", [.list], nil, "a list's first element, null of an empty one",
      .work(ListFunctions.first)),
    .init(
      "last", [.list], nil, "a list's last element, null of an empty one", .work(ListFunctions.last)
    ),

    .init("now", [], .number, "the execution's instant in Unix seconds", .work(TimeFunctions.now)),
    .init(
      "time", [.text], .number, "an RFC 3339 time in Unix seconds", .work(TimeFunctions.time),
      fuel: .bytes),
    .init(
      "daysSince", [.numberOrText], .number, "days from a time to now, parts of a day too",
      .work(TimeFunctions.daysSince), fuel: .bytes),
    .init(
      "hoursSince", [.numberOrText], .number, "hours from a time to now, parts of an hour too",
      .work(TimeFunctions.hoursSince), fuel: .bytes),
    .init(
      "minutesSince", [.numberOrText], .number, "minutes from a time to now, parts of a minute too",
      .work(TimeFunctions.minutesSince), fuel: .bytes),

    .init(
      "bucket", [.text], .number, "a stable share from 0 up to 1, from the text's SHA-256",
      .work(TextFunctions.bucket), fuel: .slowBytes),
  ]

  /// What each function does, apart from the rows: copying a row on every call would count its references.
  static let bodies: [FunctionRow.Body] = rows.map(\.body)
  private static let parameters: [[FunctionRow.Parameter]] = rows.map { row in
    row.parameters + (row.repeatedParameter.map { [$0] } ?? [])
  }

  /// What the function at `index` takes in one place; the last parameter repeats.
  static func parameter(_ place: Int, of index: Int) -> FunctionRow.Parameter {
    let last = parameters[index].count - 1
    return parameters[index][min(place, last)]
  }

  private static let indices: [String: Int] = {
    var indices: [String: Int] = [:]
    for (index, row) in rows.enumerated() { indices[row.name] = index }
    return indices
  }()

  static func index(of name: String) -> Int? { indices[name] }

  /// All names, for an author who wrote none of them.
  static let names = rows.map(\.name).joined(separator: ", ")

  /// The function an author probably meant.
  static func nearest(to name: String) -> String? {
    NearestName.nearest(to: name, in: rows.lazy.map(\.name))
  }
}

/// One function of the language.
public struct FunctionRow: Sendable {
  /// What a function takes in one place; a list of one element counts as that element.
  public enum Parameter: String, Sendable {
    /// A number.
    case number
    /// A text.
    case text
    /// A list.
    case list
    /// A number or a text.
    case numberOrText = "number or text"
    /// A text or a list.
    case textOrList = "text or list"
    /// Any value.
    case anything
  }

  /// What the work is measured by.
  enum Fuel: Sendable {
    case nothing, bytes, slowBytes, elements, search
  }

  typealias Work =
    @Sendable (Span<Cell>, borrowing Memory, inout FunctionOutput) throws(Fault) -> Cell

  enum Body: Sendable {
    case number(@Sendable (Double) -> Double)
    case work(Work)
  }

  /// The name, as it is written.
  public let name: String
  /// What stands between the brackets.
  public let parameters: [Parameter]
  /// What may follow, any number of times.
  public let repeatedParameter: Parameter?
  /// The type of the value, or `nil` where it depends on the arguments.
  public let result: ValueType?
  /// What it gives, in a few words.
  public let summary: String
  let body: Body
  let fuel: Fuel

  init(
    _ name: String, _ parameters: [Parameter], repeating: Parameter? = nil, _ result: ValueType?,
    _ summary: String, _ body: Body, fuel: Fuel = .nothing
  ) {
    self.name = name
    self.parameters = parameters
    self.repeatedParameter = repeating
    self.result = result
    self.summary = summary
    self.body = body
    self.fuel = fuel
  }

  func accepts(argumentCount: Int) -> Bool {
    argumentCount == parameters.count
      || repeatedParameter != nil && argumentCount > parameters.count
  }

  /// What a call takes over its instruction, as a listing shows it; at most, where it depends on more.
  var fuelNotation: String? {
    let made = result == .text ? FuelCost.madeNotation : nil
    let work: String? =
      switch fuel {
      case .nothing: nil
      case .bytes: FuelCost.bytesNotation
      case .slowBytes: FuelCost.slowBytesNotation
      case .elements: "elements"
      case .search: "3 * " + FuelCost.bytesNotation
      }
    guard let work else { return made }
    return made.map { "\(work) + \($0)" } ?? work
  }

  /// The most fuel that a call takes over its instruction.
  func fuelBound(_ arguments: [Extent]) -> Int {
    let bytes = arguments.reduce(0) { $0 + $1.bytes }
    // A letter's other case has at most three times its bytes, a number at most 25.
    let made = result == .text ? FuelCost.bytes(min(3 * bytes + 25, Limits.textBytes)) : 0
    return switch fuel {
    case .nothing: made
    case .bytes: made + FuelCost.bytes(bytes)
    case .slowBytes: made + FuelCost.slowBytes(bytes)
    case .elements: made + arguments.reduce(0) { $0 + $1.elements }
    case .search: made + FuelCost.bytes(3 * bytes)
    }
  }

  /// How large the value can be.
  func extent(_ arguments: [Extent]) -> Extent {
    switch result {
    case .number: .number
    case .logical: .logical
    case .null: .null
    case .text: .text(bytes: max(Limits.textBytes, arguments.map(\.bytes).max() ?? 0))
    // What is in a list may be a list itself, and longer than the one that it is in.
    case .list, .object, nil: arguments.first?.largestElement ?? .anything
    }
  }
}

/// What a function leaves beside its value.
struct FunctionOutput: Sendable {
  /// The instant of the execution, in Unix seconds.
  let now: Double
  /// Bytes of a text that is made; the function then returns ``FunctionOutput/made``.
  var bytes: [UInt8]
  /// Units used over the instruction's own.
  var fuel = 0

  /// Stands for the text in `bytes`.
  static let made = Cell.missing
}

/// Why an instruction can not be carried out; the machine adds the place.
enum Fault: Error {
  case unexpectedType(operand: Int, expected: String, received: ValueType)
  case unknownProperty
  case textTooLong
  case tooMuchText
  case pattern(PatternError)
}
