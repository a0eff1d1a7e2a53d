internal import Filtrex
internal import JSON

/// A schema that has been begun, and is not read to its end.
struct BegunSchema: Sendable {
  /// What is read of it, in this order.
  enum Stage {
    case keywords, types, bounds, prefixItems, items, required, additionalProperties
    case patternProperties, properties, undeclared, values, enumeration, constant, anyOf, oneOf
    case allOf, reference, end
  }

  /// How far reading has come: schemas inside one another, and values inside one another.
  struct Depth {
    var schemas = 0
    var values = 0

    /// The same value.
    var beside: Depth { Depth(schemas: schemas + 1, values: values) }
    /// A part of the value.
    var inside: Depth { Depth(schemas: schemas + 1, values: values + 1) }
  }

  /// What is known of lists until their elements are read.
  struct List {
    var counts: ContextSchemaReader.Counts?
    /// How many elements have a schema of their own, and what one of these is.
    var first = 0
    var elements = ValueShape.nothing
  }

  /// What is known of objects until their properties are read.
  struct Object {
    /// The properties that are declared; `nil` where nothing is said of them.
    var properties: JSONObject?
    /// What stands under `required`, and where each text of it stands there.
    var required: [JSONValue] = []
    var requiredNames: NameIndex?
    var requiredCount = 0
    var others = Others()
    /// What was read of the properties.
    var declared: DeclaredProperties?
  }

  /// What properties are that are not declared.
  struct Others {
    /// `nil` where there are none.
    var shape: ValueShape? = .anything
    /// Whether the schema says something of them, and whether it thereby expects some.
    var isSaid = false
    var areExpected = false

    /// Whether a name that is not declared is likely a slip.
    func isListed(_ hasProperties: Bool) -> Bool {
      !areExpected && (shape == nil || hasProperties)
    }
  }

  let schema: JSONObject
  let path: JSONPointer
  let depth: Depth
  /// The definition that it is, if it is one.
  let definition: SchemaDefinitions.Place?
  let mistakesBefore: Int

  var stage = Stage.keywords
  /// The next keyword, element or member of what the stage reads.
  var next = 0
  /// What came of the schema inside of this one that was to be read.
  var answer: ValueShape?
  /// The list that the stage reads.
  var elements: [JSONValue] = []
  /// What is known of the values so far.
  var shape = ValueShape.anything
  /// What the elements of the stage's list admit, so far.
  var any = ValueShape.nothing
  var kinds: KindSet = []
  /// Whether `type` names whole numbers, or any; and whether it can not be read.
  var namesInteger = false
  var namesNumber = false
  var hasWrongType = false
  var list = List()
  var object = Object()
  /// Two objects that are being put together, of which ``shape`` is to be.
  var merging: ObjectMerging?

  init(
    _ schema: JSONObject, at path: JSONPointer, _ depth: Depth,
    _ definition: SchemaDefinitions.Place?, mistakesBefore: Int
  ) {
    self.schema = schema
    self.path = path
    self.depth = depth
    self.definition = definition
    self.mistakesBefore = mistakesBefore
  }

  mutating func enter(_ stage: Stage) {
    self.stage = stage
    next = 0
    elements = []
    any = .nothing
  }

  /// Takes what came of the schema that was to be read; `nil` when none was.
  mutating func takeAnswer() -> ValueShape? {
    defer { answer = nil }
    return answer
  }
}
