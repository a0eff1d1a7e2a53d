internal import Filtrex
internal import JSON

extension ContextSchemaReader {
  /// What objects are; `nil` where nothing is said.
  mutating func object(
    _ object: JSONObject, at path: JSONPointer, _ depth: Depth
  ) -> ObjectShape? {
    let properties = self.object(object, "properties", at: path)
    let required = names(object, "required", at: path)
    let others = others(object, at: path, depth)
    guard properties != nil || !required.isEmpty || others.isSaid else { return nil }
    var declared: [(name: String, property: ObjectShape.Property)] = []
    // By bytes: Swift would call a composed and a decomposed `é` the same name.
    let requiredNames = Set(required.map { Array($0.utf8) })
    for (name, value) in properties ?? JSONObject() {
      let place = path.appending("properties").appending(name)
      let shape = schema(value, at: place, depth.inside)
      let isRequired = requiredNames.contains(Array(name.utf8))
      if isRequired, shape.isEmpty {
        report(place, "`\(name)` is required, and may never be there: take it out of one of them")
      }
      declared.append((name, ObjectShape.Property(shape: shape, isRequired: isRequired)))
    }
    for (index, name) in required.enumerated() where properties?[name] == nil {
      if others.shape == nil {
        report(
          path.appending("required").appending(index),
          "`\(name)` is required, and `additionalProperties` forbids it: declare it in `properties`"
        )
      }
      declared.append(
        (name, ObjectShape.Property(shape: others.shape ?? .anything, isRequired: true)))
    }
    return ObjectShape(
      declared, others: others.shape, isListed: others.isListed(properties?.isEmpty == false))
  }

  private mutating func names(
    _ object: JSONObject, _ keyword: String, at path: JSONPointer
  ) -> [String] {
    guard let value = object[keyword] else { return [] }
    guard case .array(let elements) = value else {
      report(
        path.appending(keyword),
        "`\(keyword)` is a list of names, and this is \(value.named)")
      return []
    }
    var names: [String] = []
    for (index, element) in elements.enumerated() {
      if case .string(let name) = element {
        names.append(name)
      } else {
        report(
          path.appending(keyword).appending(index),
          "a name is a text, and this is \(element.named)")
      }
    }
    return names
  }

  /// What properties are that are not declared.
  private struct Others {
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

  private mutating func others(
    _ object: JSONObject, at path: JSONPointer, _ depth: Depth
  ) -> Others {
    var others = Others()
    if let value = object["additionalProperties"] {
      let shape = schema(value, at: path.appending("additionalProperties"), depth.inside)
      others = Others(
        shape: shape.isEmpty ? nil : shape, isSaid: true, areExpected: !shape.isEmpty)
    }
    // Whose name has which pattern is not looked at: any other may be any of them.
    for (pattern, value) in self.object(object, "patternProperties", at: path) ?? JSONObject() {
      let place = path.appending("patternProperties").appending(pattern)
      let shape = schema(value, at: place, depth.inside)
      others = Others(
        shape: shape.isEmpty ? others.shape : others.shape?.union(shape) ?? shape, isSaid: true,
        areExpected: true)
    }
    return others
  }

  // MARK: - Schemas that hold at once

  /// The values that two schemas admit.
  mutating func both(
    _ left: ValueShape, _ right: ValueShape, at path: JSONPointer
  ) -> ValueShape {
    var both = left.intersection(right)
    if both.kinds.contains(.object), let one = left.object, let other = right.object, one !== other
    {
      both.object = merged(one, other, at: path)
    }
    return both
  }

  private mutating func merged(
    _ left: ObjectShape, _ right: ObjectShape, at path: JSONPointer
  ) -> ObjectShape {
    let names = left.names + right.names.filter { left[$0] == nil }
    propertiesLeft -= names.count
    guard propertiesLeft > 0 else {
      if propertiesLeft > -names.count {
        report(path, "the objects of `allOf` have too many properties: put them into one")
      }
      return ObjectShape([], others: .anything, isListed: false)
    }
    var declared: [(name: String, property: ObjectShape.Property)] = []
    for name in names {
      let (one, other) = (left[name], right[name])
      let shape = (one?.shape ?? left.others ?? .nothing).intersection(
        other?.shape ?? right.others ?? .nothing)
      let isRequired = one?.isRequired ?? false || other?.isRequired ?? false
      if isRequired, shape.isEmpty {
        report(path, "`\(name)` is required, and no value is all that is asked of it: mend `allOf`")
      }
      declared.append((name, ObjectShape.Property(shape: shape, isRequired: isRequired)))
    }
    var others: ValueShape?
    if let one = left.others, let other = right.others { others = one.intersection(other) }
    return ObjectShape(declared, others: others, isListed: left.isListed || right.isListed)
  }
}
