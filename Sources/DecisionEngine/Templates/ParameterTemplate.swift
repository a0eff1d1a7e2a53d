internal import Filtrex
internal import JSON

/// A parameter that may hold expressions.
///
/// Expressions are numbered in the order in which they stand, depth first.
enum ParameterTemplate: Sendable {
  /// Nothing to be rendered; shared by all executions.
  case constant(JSONValue)
  /// A text that is one expression, whose value keeps its type.
  case value
  /// A text with expressions in it.
  case text([TemplatePart])
  case array([ParameterTemplate])
  case object([(key: String, value: ParameterTemplate)])
}

/// A piece of a text with expressions.
enum TemplatePart: Sendable, Equatable {
  case literal(String)
  case expression
}

/// A value that rendering puts in the place of an expression.
enum RenderedValue: Sendable {
  case value(JSONValue)
  case text(String)
}

extension ParameterTemplate {
  /// Puts values in the places of expressions.
  ///
  /// - Parameters:
  ///   - values: One for each expression, in order.
  ///   - next: The next of them.
  /// - Returns: The parameter as it is to be checked and performed.
  func rendered(_ values: [RenderedValue], next: inout Int) -> JSONValue {
    switch self {
    case .constant(let value): return value
    case .value:
      defer { next += 1 }
      guard next < values.count, case .value(let value) = values[next] else { return .null }
      return value
    case .text(let parts):
      var text = ""
      for part in parts {
        switch part {
        case .literal(let literal): text += literal
        case .expression:
          if next < values.count, case .text(let value) = values[next] { text += value }
          next += 1
        }
      }
      return .string(text)
    case .array(let elements):
      return .array(elements.map { $0.rendered(values, next: &next) })
    case .object(let members):
      var object = JSONObject()
      for (key, value) in members { object[key] = value.rendered(values, next: &next) }
      return .object(object)
    }
  }
}

extension JSONValue {
  /// A value of the language as JSON, or `nil` when it holds a number that JSON has no word for.
  init?(_ value: Value) {
    switch value {
    case .null: self = .null
    case .logical(let value): self = .bool(value)
    case .text(let text): self = .string(text)
    case .number(let number):
      guard number.isFinite else { return nil }
      self = .number(number)
    case .list(let values):
      var elements: [JSONValue] = []
      for value in values {
        guard let element = JSONValue(value) else { return nil }
        elements.append(element)
      }
      self = .array(elements)
    case .object(let members):
      var object = JSONObject()
      for member in members {
        guard let value = JSONValue(member.value) else { return nil }
        object[member.name] = value
      }
      self = .object(object)
    }
  }

  /// About how much memory the value takes, in bytes.
  var memoryBytes: Int {
    switch self {
    case .null, .bool, .number: 16
    case .string(let text): 16 + text.utf8.count
    case .array(let elements): elements.reduce(16) { $0 + $1.memoryBytes }
    case .object(let object):
      object.reduce(16) { $0 + 16 + $1.key.utf8.count + $1.value.memoryBytes }
    }
  }
}
