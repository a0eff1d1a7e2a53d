@testable import Filtrex

/// A second evaluator, as plain as can be: it walks the syntax tree with Swift's own values, and knows nothing of cells,
/// programs or fuel.
struct Oracle {
  struct Failure: Error, Equatable {
    var code: String
    var property: String?
  }

  private let tree: SyntaxTree
  private let context: Value
  private let now: Double
  /// Told of every value on the way, with its place in the expression.
  var observe: ((Range<Int>, Value) -> Void)?

  /// An evaluator of an expression that compiles.
  init(_ expression: String, context: Value, now: Double) {
    self.init(tree: Parser(expression).tree, context: context, now: now)
  }

  /// An evaluator of an expression that was understood already.
  init(tree: SyntaxTree, context: Value, now: Double) {
    self.tree = tree
    self.context = context
    self.now = now
  }

  func evaluate() throws(Failure) -> Value { try value(tree.root) }

  private func value(_ id: SyntaxTree.NodeID) throws(Failure) -> Value {
    let value = try computed(id)
    observe?(tree[id].range, value)
    return value
  }

  private func computed(_ id: SyntaxTree.NodeID) throws(Failure) -> Value {
    switch tree[id].kind {
    case .number(let number): return .number(number)
    case .text(let text): return .text(text)
    case .constant(let constant): return Self.value(constant)
    case .malformed: throw Failure(code: "SYNTAX")
    case .name(let name):
      guard let found = find(name) else { throw Failure(code: "UNKNOWN_PROPERTY", property: name) }
      return found
    case .negate(let operand): return .number(-(try number(value(operand))))
    case .not(let operand): return .logical(!(try logical(value(operand))))
    case .arithmetic(let operation, let left, let right):
      return try calculate(operation, value(left), value(right))
    case .and(let left, let right):
      return .logical(try logical(value(left)) ? try logical(value(right)) : false)
    case .or(let left, let right):
      return .logical(try logical(value(left)) ? true : try logical(value(right)))
    case .membership(let isNegated, let left, let right):
      return .logical(try isSubset(value(left), value(right)) != isNegated)
    case .relations(let first, let links):
      var left = try value(first)
      var start = tree[first].range.lowerBound
      for link in links {
        let right = try value(link.operand)
        let holds = try relate(link.relation, left, right)
        observe?(start..<tree[link.operand].range.upperBound, .logical(holds))
        guard holds else { return .logical(false) }
        left = right
        start = tree[link.operand].range.lowerBound
      }
      return .logical(true)
    case .conditional(let condition, let then, let otherwise):
      return try value(logical(value(condition)) ? then : otherwise)
    case .list(let elements): return .list(try values(elements))
    case .call(let name, _, let arguments): return try call(name, arguments)
    case .property(let name, let isQuoted, _, let object):
      let object = try value(object)
      if !isQuoted, let constant = SyntaxTree.Constant(rawValue: name) {
        return Self.value(constant)
      }
      guard let found = Self.property(name, of: object) else {
        throw Failure(code: "UNKNOWN_PROPERTY", property: name)
      }
      return found
    }
  }

  private func values(_ nodes: [SyntaxTree.NodeID]) throws(Failure) -> [Value] {
    var values: [Value] = []
    for node in nodes { values.append(try value(node)) }
    return values
  }

  private static func value(_ constant: SyntaxTree.Constant) -> Value {
    switch constant {
    case .true: .logical(true)
    case .false: .logical(false)
    case .null: .null
    }
  }

  private static func property(_ name: String, of value: Value) -> Value? {
    switch value {
    case .object(let members): members.last { $0.name == name }?.value
    case .list(let list):
      if name == "length" {
        .number(Double(list.count))
      } else if let index = Int(name), String(index) == name, list.indices.contains(index) {
        list[index]
      } else {
        nil
      }
    default: nil
    }
  }

  private func find(_ name: String) -> Value? {
    var current = context
    var rest = Substring(name)
    while true {
      if let found = Self.property(String(rest), of: current) { return found }
      guard let dot = rest.firstIndex(of: "."),
        let next = Self.property(String(rest[..<dot]), of: current)
      else { return nil }
      current = next
      rest = rest[rest.index(after: dot)...]
    }
  }

  // MARK: - Types

  private func unwrapped(_ value: Value) -> Value {
    if case .list(let list) = value, list.count == 1 { list[0] } else { value }
  }

  private func number(_ value: Value) throws(Failure) -> Double {
    guard case .number(let number) = unwrapped(value) else {
      throw Failure(code: "UNEXPECTED_TYPE")
    }
    return number
  }

  private func logical(_ value: Value) throws(Failure) -> Bool {
    guard case .logical(let logical) = unwrapped(value) else {
      throw Failure(code: "UNEXPECTED_TYPE")
    }
    return logical
  }

  private func text(_ value: Value) throws(Failure) -> String {
    guard case .text(let text) = unwrapped(value) else { throw Failure(code: "UNEXPECTED_TYPE") }
    return text
  }

  // MARK: - Operators

  private func calculate(
    _ operation: SyntaxTree.Arithmetic, _ left: Value, _ right: Value
  ) throws(Failure) -> Value {
    if operation == .add {
      switch (unwrapped(left), unwrapped(right)) {
      case (.number(let left), .number(let right)): return .number(left + right)
      case (.number(let left), .text(let right)): return .text(Self.text(left) + right)
      case (.text(let left), .number(let right)): return .text(left + Self.text(right))
      case (.text(let left), .text(let right)): return .text(left + right)
      default: throw Failure(code: "UNEXPECTED_TYPE")
      }
    }
    let left = try number(left)
    let right = try number(right)
    switch operation {
    case .add, .subtract: return .number(left - right)
    case .multiply: return .number(left * right)
    case .divide: return .number(left / right)
    case .modulo:
      return .number(
        (left.truncatingRemainder(dividingBy: right) + right)
          .truncatingRemainder(dividingBy: right))
    case .power: return .number(Arithmetic.power(left, right))
    }
  }

  private static func text(_ number: Double) -> String {
    if number == 0 { return "0" }
    if number == number.rounded(), number.magnitude < 1e15 { return String(Int(number)) }
    return NumberTextForOracle.text(number)
  }

  private func relate(
    _ relation: Relation, _ left: Value, _ right: Value
  ) throws(Failure) -> Bool {
    switch relation {
    case .equal: left == right
    case .notEqual: left != right
    case .less: try number(left) < number(right)
    case .lessOrEqual: try number(left) <= number(right)
    case .greater: try number(left) > number(right)
    case .greaterOrEqual: try number(left) >= number(right)
    case .matches: throw Failure(code: "INVALID_PATTERN")
    }
  }

  private func isSubset(_ left: Value, _ right: Value) throws(Failure) -> Bool {
    if case .null = left { throw Failure(code: "UNEXPECTED_TYPE") }
    if case .null = right { throw Failure(code: "UNEXPECTED_TYPE") }
    let elements = if case .list(let list) = left { list } else { [left] }
    let others = if case .list(let list) = right { list } else { [right] }
    return elements.allSatisfy { element in
      others.contains { other in
        if case (.number(let one), .number(let two)) = (element, other), one.isNaN, two.isNaN {
          return true
        }
        return element == other
      }
    }
  }

  // MARK: - Functions

  private func call(
    _ name: String, _ nodes: [SyntaxTree.NodeID]
  ) throws(Failure) -> Value {
    if name == "exists" || name == "empty", case .name(let property) = tree[nodes[0]].kind {
      guard let found = find(property) else { return .logical(name == "empty") }
      return presence(name, found)
    }
    let arguments = try values(nodes)
    switch name {
    case "exists", "empty": return presence(name, arguments[0])
    case "max", "min":
      var numbers: [Double] = []
      for argument in arguments { numbers.append(try number(argument)) }
      if numbers.contains(where: \.isNaN) { return .number(.nan) }
      let sorted = numbers.sorted {
        $0 == $1 ? $0.sign == .minus && $1.sign == .plus : $0 < $1
      }
      return .number(
        (name == "max" ? sorted.last : sorted.first) ?? (name == "max" ? -.infinity : .infinity))
    case "sum":
      guard case .list(let list) = arguments[0] else { throw Failure(code: "UNEXPECTED_TYPE") }
      var sum = 0.0
      for element in list { sum += try number(element) }
      return .number(sum)
    case "first", "last":
      guard case .list(let list) = arguments[0] else { throw Failure(code: "UNEXPECTED_TYPE") }
      return (name == "first" ? list.first : list.last) ?? .null
    case "length":
      if case .list(let list) = arguments[0] { return .number(Double(list.count)) }
      return .number(Double(try text(arguments[0]).unicodeScalars.count))
    case "now": return .number(now)
    default: return try callText(name, arguments)
    }
  }

  private func presence(_ name: String, _ value: Value) -> Value {
    switch value {
    case .null: .logical(name == "empty")
    case .text(let text): .logical(name == "exists" || text.isEmpty)
    case .list(let list): .logical(name == "exists" || list.isEmpty)
    default: .logical(name == "exists")
    }
  }

  private func callText(_ name: String, _ arguments: [Value]) throws(Failure) -> Value {
    switch name {
    case "lower": return .text(try text(arguments[0]).lowercased())
    case "upper": return .text(try text(arguments[0]).uppercased())
    case "contains", "startsWith", "endsWith":
      let whole = Array(try text(arguments[0]).utf8)
      let part = Array(try text(arguments[1]).utf8)
      switch name {
      case "startsWith": return .logical(whole.starts(with: part))
      case "endsWith": return .logical(whole.reversed().starts(with: part.reversed()))
      default:
        return .logical(
          (0...whole.count).contains { whole.dropFirst($0).starts(with: part) })
      }
    case "text":
      if case .text(let text) = unwrapped(arguments[0]) { return .text(text) }
      return .text(Self.text(try number(arguments[0])))
    case "abs": return .number(abs(try number(arguments[0])))
    case "ceil": return .number(try number(arguments[0]).rounded(.up))
    case "floor": return .number(try number(arguments[0]).rounded(.down))
    case "sqrt": return .number(try number(arguments[0]).squareRoot())
    case "round": return .number(Arithmetic.round(try number(arguments[0])))
    default: throw Failure(code: "UNKNOWN_FUNCTION")
    }
  }
}
