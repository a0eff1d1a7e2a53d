internal import Filtrex
internal import JSON

extension ContextSchemaReader {
  private static let typeNames: [(name: String, kinds: KindSet)] = [
    ("null", .null), ("boolean", .logical), ("integer", .number), ("number", .number),
    ("string", .text), ("array", .list), ("object", .object),
  ]

  /// The kinds under `type`; all of them where there is none.
  mutating func types(_ object: JSONObject, at path: JSONPointer) -> ValueShape {
    guard let value = object["type"] else { return .anything }
    var kinds: KindSet = []
    let place = path.appending("type")
    let names: [JSONValue]
    if case .array(let elements) = value { names = elements } else { names = [value] }
    for (index, name) in names.enumerated() {
      let place = names.count > 1 ? place.appending(index) : place
      guard case .string(let text) = name else {
        report(place, "a type is a text, and this is \(name.named)")
        return .anything
      }
      guard let type = Self.typeNames.first(where: { $0.name == text }) else {
        report(
          place, "there is no type `\(text)`" + TreeCompiler.hint(text, Self.typeNames.map(\.name)))
        return .anything
      }
      kinds.formUnion(type.kinds)
    }
    if names.isEmpty { report(place, "`type` names at least one type") }
    return names.isEmpty ? .anything : ValueShape(kinds: kinds)
  }

  /// Whether numbers are whole ones.
  func isInteger(_ object: JSONObject) -> Bool {
    switch object["type"] {
    case .string("integer")?: true
    case .array(let names)?:
      names.contains(.string("integer")) && !names.contains(.string("number"))
    default: false
    }
  }

  // MARK: - Numbers

  /// The numbers between bounds; `nil` where there are none.
  ///
  /// A context may come as a message, which can hold NaN and infinities: a bound admits no NaN, and an integer is finite.
  mutating func numbers(
    _ object: JSONObject, isWhole: Bool, at path: JSONPointer
  ) -> NumberSet? {
    var least = -Double.infinity
    var greatest = Double.infinity
    var isBound = false
    for (keyword, isExclusive) in [("minimum", false), ("exclusiveMinimum", true)] {
      guard let bound = number(object, keyword, at: path) else { continue }
      isBound = true
      least = max(least, isExclusive ? bound.nextUp : bound)
    }
    for (keyword, isExclusive) in [("maximum", false), ("exclusiveMaximum", true)] {
      guard let bound = number(object, keyword, at: path) else { continue }
      isBound = true
      greatest = min(greatest, isExclusive ? bound.nextDown : bound)
    }
    guard isBound || isWhole else { return nil }
    let limit = Double.greatestFiniteMagnitude
    return NumberSet(
      from: isWhole ? max(least, -limit) : least, to: isWhole ? min(greatest, limit) : greatest,
      isWhole: isWhole)
  }

  private mutating func number(
    _ object: JSONObject, _ keyword: String, at path: JSONPointer
  ) -> Double? {
    switch object[keyword] {
    case .number(let number)?: return number
    case nil: return nil
    case .bool?:
      // So it was up to draft 4.
      report(path.appending(keyword), "`\(keyword)` is the bound itself: write the number")
      return nil
    case let value?:
      report(
        path.appending(keyword),
        "`\(keyword)` is a number, and this is \(value.named)")
      return nil
    }
  }

  // MARK: - Texts

  /// The texts of so many characters; `nil` where that is not said.
  mutating func texts(_ object: JSONObject, at path: JSONPointer) -> TextSet? {
    counts(object, "minLength", "maxLength", at: path).map { counts in
      counts.isEmpty ? TextSet([]) : TextSet(lengths: counts.least...counts.greatest)
    }
  }

  struct Counts {
    var least: Int
    var greatest: Int
    var isEmpty: Bool { least > greatest }
  }

  private mutating func counts(
    _ object: JSONObject, _ lower: String, _ upper: String, at path: JSONPointer
  ) -> Counts? {
    guard object[lower] != nil || object[upper] != nil else { return nil }
    let least = count(object, lower, at: path) ?? 0
    let greatest = count(object, upper, at: path) ?? .max
    return Counts(least: least, greatest: greatest)
  }

  private mutating func count(
    _ object: JSONObject, _ keyword: String, at path: JSONPointer
  ) -> Int? {
    guard let value = object[keyword] else { return nil }
    guard case .number(let number) = value, number >= 0, number == number.rounded() else {
      report(path.appending(keyword), "`\(keyword)` is a whole number, not negative")
      return nil
    }
    return number < 0x1p62 ? Int(number) : .max
  }

  // MARK: - Lists

  /// What lists are; `nil` where nothing is said.
  mutating func list(
    _ object: JSONObject, at path: JSONPointer, _ depth: Depth
  ) -> ListShape? {
    let counts = counts(object, "minItems", "maxItems", at: path)
    guard counts != nil || object["items"] != nil || object["prefixItems"] != nil else {
      return nil
    }
    var elements = ValueShape.nothing
    var first = 0
    if case .array(let values)? = array(object, "prefixItems", at: path) {
      first = values.count
      for (index, value) in values.enumerated() {
        let place = path.appending("prefixItems").appending(index)
        elements = elements.union(schema(value, at: place, depth.inside))
      }
    }
    var others = ValueShape.anything
    if let items = object["items"] {
      if case .array = items {
        report(path.appending("items"), "`items` is one schema: write the list as `prefixItems`")
      } else {
        others = schema(items, at: path.appending("items"), depth.inside)
      }
    }
    let least = counts?.least ?? 0
    var greatest = counts?.greatest ?? .max
    if others.isEmpty { greatest = min(greatest, first) }
    elements = elements.union(others)
    if elements.isEmpty { greatest = 0 }
    guard least <= greatest else {
      report(
        path, "no list has \(least) elements or more, and \(greatest) or fewer: mend its bounds")
      return nil
    }
    return ListShape(element: elements, counts: least...greatest)
  }

  // MARK: - Constants

  /// The values that are written out.
  func constants(_ values: [JSONValue]) -> ValueShape {
    var shape = ValueShape.nothing
    var texts: [String] = []
    for value in values {
      switch value {
      case .null: shape = shape.union(ValueShape(kinds: .null))
      case .bool(let logical): shape = shape.union(.logical(logical))
      case .number(let number): shape = shape.union(.number(NumberSet(number)))
      case .string(let text): texts.append(text)
      case .array(let elements):
        shape = shape.union(.list(of: .anything, counts: elements.count...elements.count))
      case .object: shape = shape.union(ValueShape(kinds: .object))
      }
    }
    return texts.isEmpty ? shape : shape.union(.text(TextSet(texts)))
  }
}
