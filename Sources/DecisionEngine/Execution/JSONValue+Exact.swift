public import Filtrex
public import JSON

extension JSONValue {
  /// A value of the language, whatever it holds: what JSON has no number for is `{"$number": "NaN"}`, `"Infinity"`,
  /// `"-Infinity"` or `"-0"`.
  public init(exact value: Value) {
    switch value {
    case .null: self = .null
    case .logical(let value): self = .bool(value)
    case .text(let text): self = .string(text)
    case .list(let elements): self = .array(elements.map { JSONValue(exact: $0) })
    case .object(let members):
      self = .object(JSONObject(members.map { ($0.name, JSONValue(exact: $0.value)) }))
    case .number(let number):
      let name: String
      if number.isNaN {
        name = "NaN"
      } else if number.isInfinite {
        name = number < 0 ? "-Infinity" : "Infinity"
      } else if number == 0 && number.sign == .minus {
        name = "-0"
      } else {
        self = .number(number)
        return
      }
      self = .object(["$number": .string(name)])
    }
  }
}
