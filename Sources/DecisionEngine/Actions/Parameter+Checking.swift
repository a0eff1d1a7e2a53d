internal import Filtrex
internal import JSON

/// What is wrong with a value, or with a part of it.
struct ValueProblem: Equatable {
  /// The part, from the value on.
  var place: JSONPointer
  /// Half a sentence with the remedy.
  var reason: String
}

extension Parameter {
  /// Whether templates still stand for values.
  enum Form {
    /// As the tree has it: a text may hold templates.
    case source
    /// As it is to be performed: every text is what it says.
    case rendered
  }

  /// All that is wrong with a value.
  func problems(with value: JSONValue, in form: Form) -> [ValueProblem] {
    var problems: [ValueProblem] = []
    kind.check(value, at: JSONPointer(), in: form, &problems)
    return problems
  }

  /// A problem in one sentence.
  func message(_ problem: ValueProblem) -> String {
    "parameter `\(name)\(problem.place)`: \(problem.reason)"
  }
}

extension Parameter.Kind {
  /// Adds all that is wrong with a value; recursion is as deep as the kind.
  fileprivate func check(
    _ value: JSONValue, at place: JSONPointer, in form: Parameter.Form,
    _ problems: inout [ValueProblem]
  ) {
    func add(_ reason: String?) {
      if let reason { problems.append(ValueProblem(place: place, reason: reason)) }
    }
    if form == .source, case .string(let text) = value, TemplateText.isTemplate(text) {
      // One that is not closed was reported when it was taken apart.
      guard let template = try? TemplateText(text) else { return }
      return add(reason(template))
    }
    switch (self, value) {
    case (.text(let length, let format), .string(let text)):
      add(Self.reason(text, length, format))
    case (.number(let bounds, let isWhole), .number(let number)):
      add(Self.reason(number, bounds, isWhole))
    case (.logical, .bool): break
    case (.choice(let choices), .string(let text)): add(Self.reason(text, choices))
    case (.list(let kind, let count), .array(let elements)):
      if !count.contains(elements.count) {
        add("the list has \(Self.quantity(elements.count, "element", count))")
      }
      // The surplus of a list that is too long would be reported element by element.
      for (index, element) in elements.prefix(count.upperBound).enumerated() {
        kind.check(element, at: place.appending(index), in: form, &problems)
      }
    default: add("expected \(wanted), found \(value.named)\(remedy(value, form))")
    }
  }

  private var wanted: String {
    switch self {
    case .text(_, let format): format?.name ?? "a text"
    case .number(_, let isWhole): isWhole ? "a whole number" : "a number"
    case .logical: "true or false"
    case .choice(let choices): "one of \(choices.joined(separator: ", "))"
    case .list: "a list"
    }
  }

  /// What a template can never come to.
  private func reason(_ template: TemplateText) -> String? {
    switch self {
    case .text, .choice:
      return template.pieces.contains { $0.literal?.utf8.contains(0) == true }
        ? Self.nullCharacter : nil
    case .number, .logical, .list:
      return template.isOneExpression
        ? nil
        : "expected \(wanted), and with anything beside one {{ }} this is a text; leave out what stands around it"
    }
  }

  /// What to do about a value of another type.
  private func remedy(_ value: JSONValue, _ form: Parameter.Form) -> String {
    switch (form, self, value) {
    case (.rendered, .number, .string): "; number(…) makes a number of a text"
    case (.rendered, .text, .number): "; text(…) makes a text of a number"
    case (.rendered, _, _): ""
    case (.source, .number, .string(let text)) where Double(text) != nil:
      "; write it without quotes"
    case (.source, .number, .string):
      "; write digits alone, without quotes, or one {{ expression }}"
    case (.source, .logical, .string("true")), (.source, .logical, .string("false")):
      "; write it without quotes"
    case (.source, .logical, .string): "; write it without quotes, or one {{ expression }}"
    case (.source, .text, .number): "; write it in quotes"
    case (.source, .list, _): "; write it in [ ]"
    default: ""
    }
  }

  // Strings of many languages end there, and so would the message or the phone number.
  private static let nullCharacter = "the text holds U+0000; leave it out"

  private static func reason(
    _ text: String, _ length: ClosedRange<Int>, _ format: TextFormat?
  ) -> String? {
    var count = 0
    var holdsNull = false
    let units = text.utf8.span
    for index in units.indices {
      // All but those that go on in a scalar.
      if units[index] & 0xC0 != 0x80 { count += 1 }
      holdsNull = holdsNull || units[index] == 0
    }
    if holdsNull { return nullCharacter }
    if let format, !format.matches(text) { return "expected \(format.name)" }
    return length.contains(count)
      ? nil : "the text has \(quantity(count, "character", length))"
  }

  /// "4 characters; it may have 1 to 3".
  private static func quantity(_ count: Int, _ unit: String, _ allowed: ClosedRange<Int>) -> String
  {
    let range =
      allowed.lowerBound == allowed.upperBound
      ? "must have \(allowed.lowerBound)"
      : "may have \(allowed.lowerBound) to \(allowed.upperBound)"
    return "\(count) \(unit)\(count == 1 ? "" : "s"); it \(range)"
  }

  private static func reason(_ text: String, _ choices: [String]) -> String? {
    guard !choices.holds(text) else { return nil }
    let hint =
      NearestName.nearest(to: text, in: choices).map { "did you mean `\($0)`?" }
      ?? "write one of \(choices.joined(separator: ", "))"
    return "`\(text)` is none of the choices; \(hint)"
  }

  private static func reason(
    _ number: Double, _ bounds: Parameter.Bounds, _ isWhole: Bool
  ) -> String? {
    if isWhole && number != number.rounded() { return "expected a whole number" }
    if let bound = bounds.greaterThan, number <= bound {
      return "the number must be greater than \(JSONValue.number(bound).text)"
    }
    if let bound = bounds.atLeast, number < bound {
      return "the number must not be less than \(JSONValue.number(bound).text)"
    }
    if let bound = bounds.atMost, number > bound {
      return "the number must not be greater than \(JSONValue.number(bound).text)"
    }
    return nil
  }
}

extension JSONValue {
  /// The value on one line.
  var text: String {
    var bytes: [UInt8] = []
    JSONWriter.append(self, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What kind of value it is, for people.
  var named: String {
    switch self {
    case .null: "null"
    case .bool(let value): "`\(value)`"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
