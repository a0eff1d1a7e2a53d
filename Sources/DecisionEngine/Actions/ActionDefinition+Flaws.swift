extension ActionDefinition {
  /// What is wrong with the declaration itself, or `nil`.
  var flaw: String? {
    guard NodeField.isTypeName(name) else {
      return "its name must have 1 to 64 of A-Z, a-z, 0-9, _, . and -"
    }
    for (index, parameter) in parameters.enumerated() {
      if parameter.name.isEmpty { return "a parameter has no name" }
      if parameters[..<index].map(\.name).holds(parameter.name) {
        return "parameter \(parameter.name) is declared twice"
      }
      if let flaw = parameter.kind.flaw { return "parameter \(parameter.name) \(flaw)" }
    }
    return nil
  }
}

extension Parameter.Kind {
  fileprivate var flaw: String? {
    switch self {
    case .text(let length, _): length.lowerBound < 0 ? "has a length below zero" : nil
    case .number(let bounds, _):
      [bounds.greaterThan, bounds.atLeast, bounds.atMost].contains { $0?.isFinite == false }
        ? "has a bound that is no number" : nil
    case .logical: nil
    case .choice(let choices):
      // A text with `{{` in it is a template, and one with U+0000 is refused everywhere.
      if choices.isEmpty {
        "has no choices"
      } else {
        choices.contains { TemplateText.isTemplate($0) || $0.utf8.contains(0) }
          ? "has a choice that no tree could name" : nil
      }
    case .list(let kind, let count): count.lowerBound < 0 ? "has a count below zero" : kind.flaw
    }
  }
}
