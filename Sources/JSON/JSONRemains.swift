/// What is left of a value that nobody uses any more, given back in steps.
///
/// A megabyte of JSON may be a quarter of a million lists, and giving all of them back at once takes longer than whoever
/// serves others may let them wait.
public struct JSONRemains: Sendable {
  private enum Part {
    case elements([JSONValue])
    case members(JSONObject)
  }

  /// What is taken apart, the innermost last: no deeper than the value, and one for each that it was made of.
  private var parts: [Part] = []

  /// What is left of a value.
  ///
  /// Whoever else still holds on to a part of it makes that part be copied before it is taken apart.
  public init(of value: consuming JSONValue) { add(value) }

  /// What is left of a reading that was not taken to its end, or was refused.
  init(of values: [JSONValue]) {
    for value in values { add(value) }
  }

  /// Whether there is nothing to give back.
  public var isEmpty: Bool { parts.isEmpty }

  /// Gives back about so many values.
  ///
  /// - Returns: Whether there is more.
  public mutating func step(values: Int) -> Bool {
    var left = values
    while left > 0, let part = parts.popLast() {
      switch consume part {
      case .elements(var elements):
        while left > 0, let element = elements.popLast() {
          left -= 1
          guard Self.isLarge(element) else { continue }
          parts.append(.elements(elements))
          elements = []
          add(element)
          break
        }
        if !elements.isEmpty { parts.append(.elements(elements)) }
      case .members(var object):
        while left > 0, let member = object.takeLast() {
          left -= 1
          guard Self.isLarge(member.value) else { continue }
          parts.append(.members(object))
          object = JSONObject()
          add(member.value)
          break
        }
        if !object.isEmpty { parts.append(.members(object)) }
      }
    }
    return !parts.isEmpty
  }

  private mutating func add(_ value: consuming JSONValue) {
    switch consume value {
    case .array(let elements): parts.append(.elements(elements))
    case .object(let object): parts.append(.members(object))
    case .null, .bool, .number, .string: break
    }
  }

  /// Whether it holds others, that are to be given back one by one.
  private static func isLarge(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let elements): !elements.isEmpty
    case .object(let object): !object.isEmpty
    case .null, .bool, .number, .string: false
    }
  }
}
