internal import Filtrex
public import JSON

/// Turns a context schema into what the checker knows of a context, and collects all that is wrong with it; can be set
/// aside between any two steps.
///
/// Schemas inside one another lie on a stack of its own, no higher than ``TreeLimits/schemaNesting``.
public struct ContextSchemaReader: Sendable {
  /// What is to be done next with a schema.
  enum Next {
    case more
    /// A schema is to be read that stands in this one, or that it refers to.
    case inside(JSONValue, at: JSONPointer, BegunSchema.Depth, SchemaDefinitions.Place? = nil)
    case done(ValueShape)
  }

  private(set) var diagnostics: [TreeDiagnostic] = []
  var definitions: SchemaDefinitions
  var propertiesLeft = TreeLimits.schemaProperties
  /// The shapes of objects that were made, those inside others before those that hold them.
  var objects: [ObjectShape] = []
  /// What is left of a step, in about as many values.
  var budget = 0
  private let root: JSONValue
  /// The schemas that have been begun, the innermost last.
  private var begun: [BegunSchema] = []
  private var rootShape: ValueShape?
  private var isBegun = false
  /// The last definition that was looked at because nothing might use it.
  private var lookedAt: SchemaDefinitions.Place?
  /// What came of the schema, once it is read.
  public private(set) var reading: ContextSchema.Reading?

  /// The reading of a schema that is about to begin.
  public init(_ schema: JSONValue) {
    root = schema
    definitions = SchemaDefinitions(of: schema)
  }

  /// Reads a few keywords, or elements or members of them, more.
  public mutating func step() {
    budget = TreeLimits.valuesPerStep
    while budget > 0, reading == nil { goOn() }
  }

  /// Ends the reading, and gives up what came of it, to be given back in steps once nobody else uses it.
  public mutating func remains() -> SchemaRemains {
    var shapes = ShapeRemains()
    shapes.add(objects)
    for schema in begun {
      if let declared = schema.object.declared { shapes.add(declared) }
      if let merging = schema.merging { shapes.add(merging.declared) }
    }
    let remains = SchemaRemains(definitions: definitions, shapes: shapes)
    self = ContextSchemaReader(.null)
    return remains
  }

  private mutating func goOn() {
    if var schema = begun.popLast() {
      while budget > 0 {
        budget -= 1
        switch read(&schema) {
        case .more: continue
        case .inside(let value, let path, let depth, let definition):
          begun.append(schema)
          return begin(value, at: path, depth, definition)
        case .done(let shape): return end(schema.definition, shape)
        }
      }
      begun.append(schema)
    } else if !isBegun {
      isBegun = true
      begin(root, at: JSONPointer(), BegunSchema.Depth(), nil)
    } else {
      lookAtNextDefinition()
    }
  }

  /// Mistakes are found in definitions that nothing uses, too.
  private mutating func lookAtNextDefinition() {
    budget -= 1
    lookedAt = definitions.place(after: lookedAt)
    guard let place = lookedAt, let (name, value) = definitions.member(at: place) else {
      return finish()
    }
    guard case .unread = definitions[place] else { return }
    definitions[place] = .open(values: 0)
    let path = JSONPointer().appending(SchemaDefinitions.keywords[place.keyword]).appending(name)
    begin(value, at: path, BegunSchema.Depth(), place)
  }

  private mutating func finish() {
    let shape = rootShape ?? .anything
    if diagnostics.isEmpty, !shape.kinds.contains(.object) {
      report(
        JSONPointer(), "a context is an object, and this admits none: write `\"type\": \"object\"`")
    }
    let hasErrors = diagnostics.contains { $0.severity == .error }
    reading = ContextSchema.Reading(
      schema: hasErrors
        ? nil
        : ContextSchema(shape: shape.object ?? ObjectShape([], others: .anything, isListed: false)),
      diagnostics: diagnostics)
  }

  // MARK: - Schemas

  private mutating func begin(
    _ value: JSONValue, at path: JSONPointer, _ depth: BegunSchema.Depth,
    _ definition: SchemaDefinitions.Place?
  ) {
    guard depth.schemas < TreeLimits.schemaNesting else {
      report(
        path, "schemas lie more than \(TreeLimits.schemaNesting) inside one another: flatten it")
      return end(definition, .anything)
    }
    switch value {
    case .bool(let admits): end(definition, admits ? .anything : .nothing)
    case .object(let object):
      begun.append(
        BegunSchema(object, at: path, depth, definition, mistakesBefore: diagnostics.count))
    default:
      report(path, "a schema is an object or a logical, and this is \(value.named)")
      end(definition, .anything)
    }
  }

  /// Gives what the values of a schema have in common to the one that it stands in.
  private mutating func end(_ definition: SchemaDefinitions.Place?, _ shape: ValueShape) {
    if let definition { definitions[definition] = .read(shape) }
    if begun.isEmpty {
      rootShape = rootShape ?? shape
    } else {
      begun[begun.count - 1].answer = shape
    }
  }

  /// Reads a little more of a schema.
  private mutating func read(_ schema: inout BegunSchema) -> Next {
    if schema.merging != nil {
      merge(&schema)
      return .more
    }
    switch schema.stage {
    case .keywords: readKeyword(&schema)
    case .types: readType(&schema)
    case .bounds: readBounds(&schema)
    case .prefixItems: return readPrefixItem(&schema)
    case .items: return readItems(&schema)
    case .required: readRequired(&schema)
    case .additionalProperties: return readAdditionalProperties(&schema)
    case .patternProperties: return readPatternProperty(&schema)
    case .properties: return readProperty(&schema)
    case .undeclared: readUndeclared(&schema)
    case .values: endValues(&schema)
    case .enumeration: readEnumeration(&schema)
    case .constant: readConstant(&schema)
    case .anyOf: return readAny(&schema, "anyOf", then: .oneOf)
    case .oneOf: return readAny(&schema, "oneOf", then: .allOf)
    case .allOf: return readAll(&schema)
    case .reference: return readReference(&schema)
    case .end: return end(schema)
    }
    return .more
  }

  private mutating func end(_ schema: BegunSchema) -> Next {
    if schema.shape.isEmpty, diagnostics.count == schema.mistakesBefore {
      report(schema.path, "no value is all that this asks for: take one of its keywords out")
    }
    return .done(schema.shape.isEmpty ? .anything : schema.shape)
  }

  // MARK: - Keywords

  private mutating func readKeyword(_ schema: inout BegunSchema) {
    guard schema.next < schema.schema.count else { return schema.enter(.types) }
    let keyword = schema.schema[schema.next].key
    schema.next += 1
    if SchemaKeyword.read.contains(keyword) {
      // Definitions are found from the root only.
      if SchemaDefinitions.keywords.contains(keyword) {
        if schema.path.byteCount > 0 {
          report(
            schema.path.appending(keyword),
            "definitions stand at the top of the schema: move them")
        } else {
          _ = object(schema.schema, keyword, at: schema.path)
        }
      }
      return
    }
    if SchemaKeyword.ignored.contains(keyword) || SchemaKeyword.isExtension(keyword) { return }
    let place = schema.path.appending(keyword)
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

  /// The list under a keyword, which must not be empty.
  mutating func array(
    _ object: JSONObject, _ keyword: String, at path: JSONPointer
  ) -> [JSONValue]? {
    guard let value = object[keyword] else { return nil }
    switch value {
    case .array(let elements):
      guard elements.isEmpty else { return elements }
      report(
        path.appending(keyword), "`\(keyword)` is an empty list: put something in, or leave it out")
      return nil
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
  mutating func nearest(to name: String, in names: [String]) -> String? {
    guard diagnostics.count < TreeLimits.diagnostics else { return nil }
    budget -= names.count / 2
    return NearestName.nearest(to: name, in: names)
  }

  mutating func report(_ path: JSONPointer, _ message: String) {
    report(TreeDiagnostic(code: .invalidSchema, path: path, message: message))
  }

  private mutating func report(_ diagnostic: TreeDiagnostic) {
    budget -= 4
    guard diagnostics.count < TreeLimits.diagnostics else { return }
    diagnostics.append(diagnostic)
    if diagnostics.count == TreeLimits.diagnostics {
      diagnostics[diagnostics.count - 1] = TreeDiagnostic(
        code: .tooManyDiagnostics, path: JSONPointer(),
        message: "there are \(TreeLimits.diagnostics) mistakes and more; mend these first")
    }
  }
}
