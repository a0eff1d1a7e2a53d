internal import Filtrex
internal import JSON

extension ContextSchemaReader {
  private static let typeNames: [(name: String, kinds: KindSet)] = [
    ("null", .null), ("boolean", .logical), ("integer", .number), ("number", .number),
    ("string", .text), ("array", .list), ("object", .object),
  ]

  /// Notes the kinds under `type`, one in each step.
  mutating func readType(_ schema: inout BegunSchema) {
    if schema.next == 0 {
      switch schema.schema["type"] {
      case nil: return schema.enter(.bounds)
      case .array(let elements)?: schema.elements = elements
      case let value?: schema.elements = [value]
      }
    }
    guard schema.next < schema.elements.count else { return endTypes(&schema) }
    let index = schema.next
    schema.next += 1
    switch schema.elements[index] {
    case .string("integer"): schema.namesInteger = true
    case .string("number"): schema.namesNumber = true
    default: break
    }
    // The first that is wrong is told of.
    guard !schema.hasWrongType else { return }
    let type = schema.path.appending("type")
    let place = schema.elements.count > 1 ? type.appending(index) : type
    guard case .string(let text) = schema.elements[index] else {
      report(place, "a type is a text, and this is \(schema.elements[index].named)")
      schema.hasWrongType = true
      return
    }
    guard let type = Self.typeNames.first(where: { $0.name == text }) else {
      report(
        place, "there is no type `\(text)`" + TreeCompiler.hint(text, Self.typeNames.map(\.name)))
      schema.hasWrongType = true
      return
    }
    schema.kinds.formUnion(type.kinds)
  }

  private mutating func endTypes(_ schema: inout BegunSchema) {
    if schema.elements.isEmpty {
      report(schema.path.appending("type"), "`type` names at least one type")
    } else if !schema.hasWrongType {
      schema.shape = ValueShape(kinds: schema.kinds)
    }
    schema.enter(.bounds)
  }

  /// What is said in numbers.
  mutating func readBounds(_ schema: inout BegunSchema) {
    schema.shape.numbers = numbers(
      schema.schema, isWhole: schema.namesInteger && !schema.namesNumber, at: schema.path)
    schema.shape.texts = texts(schema.schema, at: schema.path)
    schema.list.counts = counts(schema.schema, "minItems", "maxItems", at: schema.path)
    let hasLists =
      schema.list.counts != nil || schema.schema["items"] != nil
      || schema.schema["prefixItems"] != nil
    schema.enter(hasLists ? .prefixItems : .required)
  }

  // MARK: - Numbers

  /// The numbers between bounds; `nil` where there are none.
  ///
  /// A context may come as a message, which can hold NaN and infinities: a bound admits no NaN, and an integer is finite.
  private mutating func numbers(
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
  private mutating func texts(_ object: JSONObject, at path: JSONPointer) -> TextSet? {
    counts(object, "minLength", "maxLength", at: path).map { counts in
      counts.isEmpty ? TextSet([]) : TextSet(lengths: counts.least...counts.greatest)
    }
  }

  struct Counts: Sendable {
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

  /// The schemas of a list's first elements.
  mutating func readPrefixItem(_ schema: inout BegunSchema) -> Next {
    if schema.next == 0, let elements = array(schema.schema, "prefixItems", at: schema.path) {
      schema.elements = elements
    }
    if let answer = schema.takeAnswer() { unite(&schema.any, with: answer) }
    guard schema.next < schema.elements.count else {
      schema.list.elements = schema.any
      schema.list.first = schema.elements.count
      schema.enter(.items)
      return .more
    }
    return element(&schema, of: "prefixItems", schema.depth.inside)
  }

  /// The schema of a list's other elements.
  mutating func readItems(_ schema: inout BegunSchema) -> Next {
    if let answer = schema.takeAnswer() {
      endList(&schema, others: answer)
      return .more
    }
    switch schema.schema["items"] {
    case nil: endList(&schema, others: .anything)
    case .array?:
      report(
        schema.path.appending("items"),
        "`items` is one schema: write the list as `prefixItems`")
      endList(&schema, others: .anything)
    case let items?:
      return .inside(items, at: schema.path.appending("items"), schema.depth.inside)
    }
    return .more
  }

  private mutating func endList(_ schema: inout BegunSchema, others: ValueShape) {
    let least = schema.list.counts?.least ?? 0
    var greatest = schema.list.counts?.greatest ?? .max
    if others.isEmpty { greatest = min(greatest, schema.list.first) }
    let elements = schema.list.elements.union(others)
    if elements.isEmpty { greatest = 0 }
    if least <= greatest {
      schema.shape.list = ListShape(element: elements, counts: least...greatest)
    } else {
      report(
        schema.path,
        "no list has \(least) elements or more, and \(greatest) or fewer: mend its bounds")
    }
    schema.enter(.required)
  }

  // MARK: - Constants

  /// Takes what is said of each kind together.
  mutating func endValues(_ schema: inout BegunSchema) {
    let shape = schema.shape
    // Made anew, so that a kind of which nothing is left goes.
    schema.shape = ValueShape(
      kinds: shape.kinds, numbers: shape.numbers, texts: shape.texts, list: shape.list,
      object: shape.object)
    schema.enter(.enumeration)
  }

  /// The values that are written out, a few in each step.
  mutating func readEnumeration(_ schema: inout BegunSchema) {
    if schema.next == 0 {
      guard let elements = array(schema.schema, "enum", at: schema.path) else {
        return schema.enter(.constant)
      }
      schema.elements = elements
    }
    let end = min(schema.next + Self.constantsPerStep, schema.elements.count)
    schema.any = constants(schema.elements[schema.next..<end], and: schema.any)
    budget -= TreeLimits.valuesPerStep
    schema.next = end
    guard end == schema.elements.count else { return }
    let any = schema.any
    schema.enter(.constant)
    combine(&schema, with: any)
  }

  mutating func readConstant(_ schema: inout BegunSchema) {
    let value = schema.schema["const"]
    schema.enter(.anyOf)
    if let value { combine(&schema, with: constants([value], and: .nothing)) }
  }

  /// Values of an `enum` that are taken together: with those that were before them, which are looked at again, some 20 µs.
  private static let constantsPerStep = 16

  private func constants(_ values: ArraySlice<JSONValue>, and others: ValueShape) -> ValueShape {
    var shape = others
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
