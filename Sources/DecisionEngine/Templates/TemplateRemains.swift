internal import JSON

/// What is left of parameters that nobody renders any more, given back in steps.
struct TemplateRemains: Sendable {
  private enum Part {
    case text([TemplatePart])
    case elements([ParameterTemplate])
    case members([(key: String, value: ParameterTemplate)])
  }

  /// What is taken apart, the innermost last.
  private var parts: [Part] = []

  init() {}

  init(_ templates: [ParameterTemplate]) { parts = [.elements(templates)] }

  mutating func add(_ template: ParameterTemplate) { parts.append(.elements([template])) }

  /// Gives back a piece more; values of JSON go to `values`.
  ///
  /// - Returns: Whether there was any.
  mutating func step(_ values: inout [JSONRemains]) -> Bool {
    guard let part = parts.popLast() else { return false }
    switch consume part {
    case .text(var pieces):
      if pieces.popLast() != nil { parts.append(.text(pieces)) }
    case .elements(var elements):
      guard let element = elements.popLast() else { break }
      parts.append(.elements(elements))
      takeApart(element, &values)
    case .members(var members):
      guard let member = members.popLast() else { break }
      parts.append(.members(members))
      takeApart(member.value, &values)
    }
    return true
  }

  private mutating func takeApart(_ template: ParameterTemplate, _ values: inout [JSONRemains]) {
    switch template {
    case .value: break
    case .constant(let value):
      let remains = JSONRemains(of: value)
      if !remains.isEmpty { values.append(remains) }
    case .text(let pieces): parts.append(.text(pieces))
    case .array(let elements): parts.append(.elements(elements))
    case .object(let members): parts.append(.members(members))
    }
  }
}
