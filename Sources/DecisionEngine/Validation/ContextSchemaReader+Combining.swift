internal import Filtrex
internal import JSON

/// Schemas that hold at once, and schemas of which one holds.
extension ContextSchemaReader {
  mutating func readAny(
    _ schema: inout BegunSchema, _ keyword: String, then stage: BegunSchema.Stage
  ) -> Next {
    if schema.next == 0 {
      guard let elements = array(schema.schema, keyword, at: schema.path) else {
        schema.enter(stage)
        return .more
      }
      schema.elements = elements
    }
    if let answer = schema.takeAnswer() { unite(&schema.any, with: answer) }
    guard schema.next < schema.elements.count else {
      let any = schema.any
      schema.enter(stage)
      combine(&schema, with: any)
      return .more
    }
    return element(&schema, of: keyword, schema.depth.beside)
  }

  mutating func readAll(_ schema: inout BegunSchema) -> Next {
    if schema.next == 0 {
      guard let elements = array(schema.schema, "allOf", at: schema.path) else {
        schema.enter(.reference)
        return .more
      }
      schema.elements = elements
    }
    if let answer = schema.takeAnswer() {
      combine(&schema, with: answer)
      return .more
    }
    guard schema.next < schema.elements.count else {
      schema.enter(.reference)
      return .more
    }
    return element(&schema, of: "allOf", schema.depth.beside)
  }

  /// The next schema of the list that is being read.
  mutating func element(
    _ schema: inout BegunSchema, of keyword: String, _ depth: BegunSchema.Depth
  ) -> Next {
    let index = schema.next
    schema.next += 1
    return .inside(
      schema.elements[index], at: schema.path.appending(keyword).appending(index), depth)
  }

  // MARK: - References

  mutating func readReference(_ schema: inout BegunSchema) -> Next {
    if let answer = schema.takeAnswer() {
      schema.enter(.end)
      combine(&schema, with: answer)
      return .more
    }
    guard let value = schema.schema["$ref"] else {
      schema.enter(.end)
      return .more
    }
    let path = schema.path.appending("$ref")
    guard case .string(let text) = value else {
      report(path, "`$ref` is a text, and this is \(value.named)")
      schema.answer = .anything
      return .more
    }
    return refer(to: text, at: path, &schema)
  }

  private mutating func refer(
    to text: String, at path: JSONPointer, _ schema: inout BegunSchema
  ) -> Next {
    schema.answer = .anything
    guard text.hasPrefix("#/"), let pointer = JSONPointer(parsing: String(text.dropFirst())) else {
      report(path, "`\(text)` is not in this schema: put it there, and refer to `#/$defs/…`")
      return .more
    }
    let names = pointer.components
    guard names.count == 2, let keyword = SchemaDefinitions.keywords.firstIndex(of: names[0]) else {
      report(path, "`\(text)` is not in this schema: put it there, and refer to `#/$defs/…`")
      return .more
    }
    guard let place = definitions.place(of: names[1], under: keyword),
      let value = definitions.member(at: place)?.value
    else {
      let known = definitions.names(under: keyword, first: TreeLimits.children)
      let remedy = nearest(to: names[1], in: known).map { "did you mean `\($0)`?" }
      report(path, "there is no definition `\(names[1])`: \(remedy ?? "put it into `\(names[0])`")")
      return .more
    }
    let depth = schema.depth.beside
    switch definitions[place] {
    case .read(let shape): schema.answer = shape
    case .open(let values):
      // A value that holds its like: what lies that deep is not looked at.
      if values == depth.values {
        report(path, "`\(text)` leads back to itself: say what it is")
      }
    case .unread:
      definitions[place] = .open(values: depth.values)
      schema.answer = nil
      return .inside(value, at: pointer, depth, place)
    }
    return .more
  }

  // MARK: - Sets

  /// Widens what one of several schemas admits by what another does.
  mutating func unite(_ any: inout ValueShape, with other: ValueShape) {
    // Each may tell hundreds of texts apart.
    if any.texts != nil, other.texts != nil { budget -= 4 }
    any = any.union(other)
  }

  /// Keeps of the values those that another schema admits as well.
  mutating func combine(_ schema: inout BegunSchema, with other: ValueShape) {
    if schema.shape.texts != nil, other.texts != nil { budget -= 4 }
    let mine = schema.shape
    schema.shape = mine.intersection(other)
    if schema.shape.kinds.contains(.object), let one = mine.object, let other = other.object,
      one !== other
    {
      schema.merging = ObjectMerging(one, other)
    }
  }

  /// Goes on putting two objects together.
  mutating func merge(_ schema: inout BegunSchema) {
    budget -= 1
    guard let progress = schema.merging?.step(&propertiesLeft) else { return }
    switch progress {
    case .more: return
    case .impossible(let name):
      report(
        schema.path,
        "`\(name)` is required, and no value is all that is asked of it: mend `allOf`")
    case .tooMany(let isNew):
      if isNew {
        report(
          schema.path, "the objects of `allOf` have too many properties: put them into one")
      }
      schema.merging = nil
      schema.shape.object = ObjectShape([], others: .anything, isListed: false)
    case .done(let both):
      objects.append(both)
      schema.merging = nil
      schema.shape.object = both
    }
  }
}
