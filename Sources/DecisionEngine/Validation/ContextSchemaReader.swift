internal import Filtrex
internal import JSON

/// Turns a context schema into what the checker knows of a context, and collects all that is wrong with it.
///
/// Recursive, and no deeper than ``TreeLimits/schemaNesting``.
struct ContextSchemaReader {
  private let root: JSONValue
  var diagnostics: [TreeDiagnostic] = []
  /// What `$ref`s lead to, by their pointers, once it has been read.
  private var definitions: [String: ValueShape] = [:]
  /// The definitions that are being read, and how many values lie around each.
  private var open: [String: Int] = [:]
  var propertiesLeft = TreeLimits.schemaProperties

  init(_ root: JSONValue) { self.root = root }

  /// How far reading has come: schemas inside one another, and values inside one another.
  struct Depth {
    var schemas = 0
    var values = 0

    /// The same value.
    var beside: Depth { Depth(schemas: schemas + 1, values: values) }
    /// A part of the value.
    var inside: Depth { Depth(schemas: schemas + 1, values: values + 1) }
  }

  /// Reads the whole schema.
  mutating func read() -> ObjectShape {
    let shape = schema(root, at: JSONPointer(), Depth())
    // Mistakes are found in definitions that nothing uses, too.
    if case .object(let object) = root {
      for keyword in ["$defs", "definitions"] {
        guard case .object(let unused)? = object[keyword] else { continue }
        for name in unused.keys {
          _ = definition(JSONPointer().appending(keyword).appending(name), Depth())
        }
      }
    }
    if diagnostics.isEmpty, !shape.kinds.contains(.object) {
      report(
        JSONPointer(), "a context is an object, and this admits none: write `\"type\": \"object\"`")
    }
    return shape.object ?? ObjectShape([], others: .anything, isListed: false)
  }

  /// What the values that one schema admits have in common.
  mutating func schema(_ value: JSONValue, at path: JSONPointer, _ depth: Depth) -> ValueShape {
    guard depth.schemas < TreeLimits.schemaNesting else {
      report(
        path, "schemas lie more than \(TreeLimits.schemaNesting) inside one another: flatten it")
      return .anything
    }
    switch value {
    case .bool(let admits): return admits ? .anything : .nothing
    case .object(let object): return schema(object, at: path, depth)
    default:
      report(path, "a schema is an object or a logical, and this is \(value.named)")
      return .anything
    }
  }

  private mutating func schema(
    _ object: JSONObject, at path: JSONPointer, _ depth: Depth
  ) -> ValueShape {
    let errorsBefore = diagnostics.count
    checkKeywords(object, at: path, depth)
    var shape = types(object, at: path)
    shape.numbers = numbers(object, isWhole: isInteger(object), at: path)
    shape.texts = texts(object, at: path)
    shape.list = list(object, at: path, depth)
    shape.object = self.object(object, at: path, depth)
    // Made anew, so that a kind of which nothing is left goes.
    shape = ValueShape(
      kinds: shape.kinds, numbers: shape.numbers, texts: shape.texts, list: shape.list,
      object: shape.object)
    if case .array(let values)? = array(object, "enum", at: path) {
      shape = both(shape, constants(values), at: path)
    }
    if let value = object["const"] { shape = both(shape, constants([value]), at: path) }
    for keyword in ["anyOf", "oneOf"] {
      guard case .array(let values)? = array(object, keyword, at: path) else { continue }
      var any = ValueShape.nothing
      for (index, value) in values.enumerated() {
        let place = path.appending(keyword).appending(index)
        any = any.union(schema(value, at: place, depth.beside))
      }
      shape = both(shape, any, at: path)
    }
    if case .array(let values)? = array(object, "allOf", at: path) {
      for (index, value) in values.enumerated() {
        let place = path.appending("allOf").appending(index)
        shape = both(shape, schema(value, at: place, depth.beside), at: path)
      }
    }
    if let reference = object["$ref"] {
      shape = both(
        shape, self.reference(reference, at: path.appending("$ref"), depth.beside), at: path)
    }
    if shape.isEmpty, diagnostics.count == errorsBefore {
      report(path, "no value is all that this asks for: take one of its keywords out")
    }
    return shape.isEmpty ? .anything : shape
  }

  // MARK: - References

  private mutating func reference(
    _ value: JSONValue, at path: JSONPointer, _ depth: Depth
  ) -> ValueShape {
    guard case .string(let text) = value else {
      report(path, "`$ref` is a text, and this is \(value.named)")
      return .anything
    }
    guard text.hasPrefix("#/"), let pointer = JSONPointer(parsing: String(text.dropFirst())),
      ["$defs", "definitions"].contains(pointer.components.first), pointer.components.count == 2
    else {
      report(path, "`\(text)` is not in this schema: put it there, and refer to `#/$defs/…`")
      return .anything
    }
    guard root.value(at: pointer) != nil else {
      let names = pointer.components
      var known: [String] = []
      if case .object(let object)? = root.value(at: JSONPointer().appending(names[0])) {
        known = object.keys
      }
      let remedy = nearest(to: names[1], in: known).map { "did you mean `\($0)`?" }
      report(path, "there is no definition `\(names[1])`: \(remedy ?? "put it into `\(names[0])`")")
      return .anything
    }
    if let values = open[pointer.description] {
      if values == depth.values {
        report(path, "`\(text)` leads back to itself: say what it is")
      }
      // A value that holds its like: what lies that deep is not looked at.
      return .anything
    }
    return definition(pointer, depth)
  }

  private mutating func definition(_ pointer: JSONPointer, _ depth: Depth) -> ValueShape {
    if let known = definitions[pointer.description] { return known }
    guard let value = root.value(at: pointer) else { return .anything }
    open[pointer.description] = depth.values
    let shape = schema(value, at: pointer, depth)
    open[pointer.description] = nil
    definitions[pointer.description] = shape
    return shape
  }

  // MARK: - Keywords

  private mutating func checkKeywords(
    _ object: JSONObject, at path: JSONPointer, _ depth: Depth
  ) {
    for keyword in object.keys {
      if SchemaKeyword.read.contains(keyword) {
        // Definitions are found from the root only.
        if keyword == "$defs" || keyword == "definitions" {
          if !path.description.isEmpty {
            report(path.appending(keyword), "definitions stand at the top of the schema: move them")
          } else {
            _ = self.object(object, keyword, at: path)
          }
        }
        continue
      }
      if SchemaKeyword.ignored.contains(keyword) || SchemaKeyword.isExtension(keyword) { continue }
      let place = path.appending(keyword)
      if let remedy = SchemaKeyword.refused[keyword] {
        report(place, "`\(keyword)` is not supported in a context's schema: \(remedy)")
      } else {
        let nearest = nearest(to: keyword, in: SchemaKeyword.all)
        report(
          TreeDiagnostic(
            severity: .warning, code: .unknownKeyword, path: place,
            message: "JSON Schema has no keyword `\(keyword)`: "
              + (nearest.map { "did you mean `\($0)`?" } ?? "leave it out, or begin it with `x-`")))
      }
    }
  }

  /// The list under a keyword, which must not be empty.
  mutating func array(
    _ object: JSONObject, _ keyword: String, at path: JSONPointer
  ) -> JSONValue? {
    guard let value = object[keyword] else { return nil }
    switch value {
    case .array([]):
      report(
        path.appending(keyword), "`\(keyword)` is an empty list: put something in, or leave it out")
      return nil
    case .array: return value
    default:
      report(
        path.appending(keyword), "`\(keyword)` is a list, and this is \(value.named)")
      return nil
    }
  }

  /// The object under a keyword.
  mutating func object(
    _ object: JSONObject, _ keyword: String, at path: JSONPointer
  ) -> JSONObject? {
    switch object[keyword] {
    case .object(let members)?: return members
    case nil: return nil
    case let value?:
      report(
        path.appending(keyword),
        "`\(keyword)` is an object, and this is \(value.named)")
      return nil
    }
  }

  // MARK: - Words

  /// The name that was probably meant; not looked for when nobody would read it.
  private func nearest(to name: String, in names: [String]) -> String? {
    guard diagnostics.count < TreeLimits.diagnostics else { return nil }
    return NearestName.nearest(to: name, in: names.prefix(TreeLimits.children))
  }

  mutating func report(_ path: JSONPointer, _ message: String) {
    report(TreeDiagnostic(code: .invalidSchema, path: path, message: message))
  }

  private mutating func report(_ diagnostic: TreeDiagnostic) {
    guard diagnostics.count < TreeLimits.diagnostics else { return }
    diagnostics.append(diagnostic)
    if diagnostics.count == TreeLimits.diagnostics {
      diagnostics[diagnostics.count - 1] = TreeDiagnostic(
        code: .tooManyDiagnostics, path: JSONPointer(),
        message: "there are \(TreeLimits.diagnostics) mistakes and more; mend these first")
    }
  }
}

extension JSONValue {
  /// The value at a place inside this one.
  func value(at pointer: JSONPointer) -> JSONValue? {
    var current = self
    for component in pointer.components {
      guard case .object(let object) = current, let member = object[component] else { return nil }
      current = member
    }
    return current
  }
}
