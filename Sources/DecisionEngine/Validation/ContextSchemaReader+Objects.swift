internal import Filtrex
internal import JSON

/// What objects are, in the order of the stages.
extension ContextSchemaReader {
  /// Notes the names under `required`, one in each step.
  mutating func readRequired(_ schema: inout BegunSchema) {
    if schema.next == 0 {
      schema.object.properties = object(schema.schema, "properties", at: schema.path)
      switch schema.schema["required"] {
      case nil: break
      case .array(let elements)?: schema.object.required = elements
      case let value?:
        report(
          schema.path.appending("required"),
          "`required` is a list of names, and this is \(value.named)")
      }
    }
    let required = schema.object.required
    guard schema.next < required.count else { return schema.enter(.additionalProperties) }
    let index = schema.next
    schema.next += 1
    guard case .string(let name) = required[index] else {
      report(
        schema.path.appending("required").appending(index),
        "a name is a text, and this is \(required[index].named)")
      return
    }
    let hash = NameIndex.hash(name.utf8.span)
    let count = schema.object.requiredCount
    schema.object.requiredCount += 1
    var names = schema.object.requiredNames ?? NameIndex()
    schema.object.requiredNames = nil
    if names.find(hash, where: { required[$0].isText(name) }) == nil {
      names.insert(hash, at: index, count: count)
    }
    schema.object.requiredNames = names
  }

  mutating func readAdditionalProperties(_ schema: inout BegunSchema) -> Next {
    if let shape = schema.takeAnswer() {
      schema.object.others = BegunSchema.Others(
        shape: shape.isEmpty ? nil : shape, isSaid: true, areExpected: !shape.isEmpty)
    } else if let value = schema.schema["additionalProperties"] {
      return .inside(
        value, at: schema.path.appending("additionalProperties"), schema.depth.inside)
    }
    schema.enter(.patternProperties)
    return .more
  }

  /// Whose name has which pattern is not looked at: any other may be any of them.
  mutating func readPatternProperty(_ schema: inout BegunSchema) -> Next {
    if let shape = schema.takeAnswer() {
      let others = schema.object.others.shape
      schema.object.others = BegunSchema.Others(
        shape: shape.isEmpty ? others : others?.union(shape) ?? shape, isSaid: true,
        areExpected: true)
    }
    let patterns: JSONObject?
    if schema.next == 0 {
      patterns = object(schema.schema, "patternProperties", at: schema.path)
    } else if case .object(let members)? = schema.schema["patternProperties"] {
      patterns = members
    } else {
      patterns = nil
    }
    guard let patterns, schema.next < patterns.count else {
      let object = schema.object
      let isSaid = object.properties != nil || object.requiredNames != nil || object.others.isSaid
      schema.enter(isSaid ? .properties : .values)
      return .more
    }
    let (pattern, value) = patterns[schema.next]
    schema.next += 1
    return .inside(
      value, at: schema.path.appending("patternProperties").appending(pattern),
      schema.depth.inside)
  }

  mutating func readProperty(_ schema: inout BegunSchema) -> Next {
    let properties = schema.object.properties ?? JSONObject()
    if schema.object.declared == nil {
      schema.object.declared = DeclaredProperties(
        capacity: properties.count + schema.object.requiredCount)
    }
    if let shape = schema.takeAnswer() {
      let name = properties[schema.next].key
      schema.next += 1
      let isRequired = schema.object.requires(name)
      if isRequired, shape.isEmpty {
        report(
          schema.path.appending("properties").appending(name),
          "`\(name)` is required, and may never be there: take it out of one of them")
      }
      schema.object.declared?.add(
        name, ObjectShape.Property(shape: shape, isRequired: isRequired))
    }
    guard schema.next < properties.count else {
      schema.enter(.undeclared)
      return .more
    }
    let (name, value) = properties[schema.next]
    return .inside(
      value, at: schema.path.appending("properties").appending(name), schema.depth.inside)
  }

  /// Names that are required and not declared.
  mutating func readUndeclared(_ schema: inout BegunSchema) {
    let required = schema.object.required
    guard schema.next < required.count else { return endObject(&schema) }
    let index = schema.next
    schema.next += 1
    guard case .string(let name) = required[index],
      schema.object.properties?.index(of: name) == nil
    else { return }
    let others = schema.object.others.shape
    if others == nil {
      report(
        schema.path.appending("required").appending(index),
        "`\(name)` is required, and `additionalProperties` forbids it: declare it in `properties`")
    }
    // In place: nobody else may hold on to what is declared, or all of it would be copied.
    schema.object.declared?.add(
      name, ObjectShape.Property(shape: others ?? .anything, isRequired: true))
  }

  private mutating func endObject(_ schema: inout BegunSchema) {
    let object = schema.object
    guard let declared = object.declared else { return schema.enter(.values) }
    let shape = ObjectShape(
      declared, others: object.others.shape,
      isListed: object.others.isListed(object.properties?.isEmpty == false))
    objects.append(shape)
    schema.shape.object = shape
    schema.object = BegunSchema.Object()
    schema.enter(.values)
  }
}

extension BegunSchema.Object {
  /// Whether `required` holds a name.
  fileprivate func requires(_ name: String) -> Bool {
    requiredNames?.find(NameIndex.hash(name.utf8.span)) { required[$0].isText(name) } != nil
  }
}

extension JSONValue {
  /// Whether it is a text of the same bytes: Swift would call a composed and a decomposed `é` the same.
  fileprivate func isText(_ name: String) -> Bool {
    guard case .string(let text) = self else { return false }
    return text.utf8.count == name.utf8.count && text.utf8.elementsEqual(name.utf8)
  }
}
