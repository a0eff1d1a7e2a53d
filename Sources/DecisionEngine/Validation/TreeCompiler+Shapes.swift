internal import Filtrex
internal import JSON

/// What a node is, by its type.
enum NodeMeaning {
  case node(NodeType)
  case action(ActionDefinition)
}

extension TreeCompiler {
  // MARK: Members

  /// Checks an object against the fields it may have: unknown ones, missing ones, and plain values.
  ///
  /// What holds nodes or expressions is checked where it is compiled, and a node's type and parameters
  /// where they are read.
  ///
  /// - Returns: Fields that unknown ones were probably meant to be; they are not missing as well.
  @discardableResult
  mutating func checkFields(
    of object: JSONObject, _ known: NodeFields, of owner: String, at path: JSONPointer
  ) -> [String] {
    let meant = checkNames(
      object, known.names, .unknownField, "\(owner) has no field", at: path)
    for field in known.fields {
      if let value = object[field.name] {
        check(value, field, at: path.appending(field.name))
      } else if field.isRequired, !field.kind.isType, !meant.holds(field.name) {
        report(.missingField, path, "\(owner) needs `\(field.name)`")
      }
    }
    return meant
  }

  /// Checks a node's parameters in the same way.
  mutating func checkParameters(
    _ parameters: JSONObject, _ known: NodeFields, of owner: String, at path: JSONPointer
  ) {
    let place = path.appending("parameters")
    let meant = checkNames(
      parameters, known.names, .unknownParameter, "\(owner) has no parameter", at: place)
    for field in known.fields {
      if let value = parameters[field.name] {
        check(value, field, at: place.appending(field.name))
      } else if field.isRequired, !meant.holds(field.name) {
        report(
          .missingParameter, place.appending(field.name),
          "\(owner) needs the parameter `\(field.name)`")
      }
    }
  }

  /// Reports members that nobody knows.
  ///
  /// - Returns: The known names that they were probably meant to be.
  mutating func checkNames(
    _ object: JSONObject, _ known: [String], _ code: TreeDiagnostic.Code, _ complaint: String,
    at path: JSONPointer
  ) -> [String] {
    var meant: [String] = []
    // What is there under its own name was not meant a second time.
    let absent = known.filter { object[$0] == nil }
    var unknown = 0
    for (key, _) in object where !known.holds(key) {
      guard hasRoomForErrors else { break }
      unknown += 1
      guard unknown <= TreeLimits.unknownNames else {
        report(code, path, "more names here are unknown than are told of; mend those first")
        break
      }
      let nearest = NearestName.nearest(to: key, in: absent)
      if let nearest { meant.append(nearest) }
      report(
        code, path.appending(key),
        "\(complaint) `\(key)`" + (nearest.map(Self.hint) ?? Self.hint(key, known)))
    }
    return meant
  }

  /// Checks a plain value.
  mutating func check(
    _ value: JSONValue, _ field: NodeField, at path: @autoclosure () -> JSONPointer
  ) {
    switch (field.kind, value) {
    case (.text, .string), (.object, .object): break
    case (.text, _): reportType(value, field, "a text", at: path())
    case (.object, _): reportType(value, field, "an object", at: path())
    case (.identifier, .string(let text)) where NodeField.isIdentifier(text): break
    case (.identifier, _):
      report(.invalidID, path(), Self.identifierRule + Self.identifierHint(value))
    case (.treeID, .string(let text)) where NodeField.isTreeID(text): break
    case (.treeID, _):
      report(.invalidParameter, path(), "`\(field.name)` must be \(NodeField.treeIDRule)")
    case (.choice(let choices), .string(let text)) where choices.holds(text): break
    case (.choice(let choices), _):
      let list = choices.map { "\"\($0)\"" }.joined(separator: " or ")
      report(.invalidParameter, path(), "`\(field.name)` must be \(list)")
    case (.weight, .number(let weight)) where (0...TreeLimits.weight).contains(weight): break
    case (.weight, _):
      report(
        .invalidWeight, path(),
        "a share's `weight` must be a number from 0 to \(JSONValue.number(TreeLimits.weight).text)")
    case (.expression, .string), (.type, _), (.parameters, _), (.node, _): break
    case (.expression, _): reportType(value, field, "a text with an expression", at: path())
    case (.nodes, _), (.branches, _): checkList(value, field, at: path())
    }
  }

  private static let identifierRule =
    "an `id` must be \(NodeField.nameLength.lowerBound) to \(NodeField.nameLength.upperBound) characters, each of A-Z, a-z, 0-9, _ or -"

  /// The nearest text that could be an ID.
  private static func identifierHint(_ value: JSONValue) -> String {
    guard case .string(let text) = value else { return "" }
    let scalars = text.unicodeScalars.prefix(NodeField.nameLength.upperBound).map {
      NodeField.isIdentifier(String($0)) ? Character($0) : "-"
    }
    return scalars.contains { $0 != "-" } ? "; write `\(String(scalars))`" : ""
  }

  private mutating func reportType(
    _ value: JSONValue, _ field: NodeField, _ wanted: String, at path: JSONPointer
  ) {
    report(
      .wrongType, path, "`\(field.name)` must be \(wanted), and this is \(value.named)")
  }

  private mutating func checkList(_ value: JSONValue, _ field: NodeField, at path: JSONPointer) {
    guard case .array(let elements) = value else {
      return reportType(value, field, "a list", at: path)
    }
    guard !(1...TreeLimits.children).contains(elements.count) else { return }
    report(
      .wrongChildCount, path,
      "`\(field.name)` has \(elements.count) elements; it may have 1 to \(TreeLimits.children)"
        + (elements.isEmpty ? "" : "; put some of them into a node of their own"))
  }

  // MARK: Values that were checked

  /// The elements of a list; none where it is no list, which was reported.
  ///
  /// Those past the limit were reported all together.
  func elements(_ object: JSONObject, _ field: String) -> ArraySlice<JSONValue> {
    guard case .array(let elements)? = object[field] else { return [] }
    return elements.prefix(TreeLimits.children)
  }

  /// The branches in a list, with their places.
  mutating func branches(
    _ object: JSONObject, _ field: NodeField, at path: JSONPointer
  ) -> [(object: JSONObject, place: JSONPointer)] {
    guard case .branches(let known) = field.kind else { return [] }
    var branches: [(JSONObject, JSONPointer)] = []
    for (index, value) in elements(object, field.name).enumerated() {
      let place = path.appending(field.name).appending(index)
      guard case .object(let branch) = value else {
        report(
          .wrongType, place,
          "an element of `\(field.name)` is an object, and this is \(value.named)")
        continue
      }
      checkFields(of: branch, known, of: "an element of `\(field.name)`", at: place)
      branches.append((branch, place))
    }
    return branches
  }

  /// A node's parameters; none where they are no object, which is reported.
  mutating func parameters(of object: JSONObject, at path: JSONPointer) -> JSONObject {
    switch object["parameters"] {
    case .object(let parameters)?: return parameters
    case nil: return JSONObject()
    case let value?:
      report(
        .wrongType, path.appending("parameters"),
        "`parameters` must be an object, and this is \(value.named)")
      return JSONObject()
    }
  }

  // MARK: Types

  /// What a node is.
  ///
  /// - Returns: The meaning, and whether it is what the tree says: of a type that is not known, the
  ///   nearest one tells the node's other mistakes.
  mutating func meaning(
    of object: JSONObject, at path: JSONPointer
  ) -> (NodeMeaning, isKnown: Bool)? {
    switch object["type"] {
    case .string(let name)?:
      if let meaning = meaning(of: name) { return (meaning, true) }
      let known = NodeType.allCases.map(\.rawValue) + registry.names
      let nearest = NearestName.nearest(to: name, in: known)
      report(
        .unknownAction, path.appending("type"),
        "there is no node or action `\(name)`" + Self.hint(name, known))
      return nearest.flatMap(meaning(of:)).map { ($0, false) }
    case nil:
      report(.missingField, path, "a node needs a `type`, such as \"Condition\" or \"SendSMS\"")
    case let value?:
      report(
        .wrongType, path.appending("type"), "`type` must be a text, and this is \(value.named)")
    }
    return nil
  }

  private func meaning(of name: String) -> NodeMeaning? {
    NodeType(name: name).map { .node($0) } ?? registry[name].map { .action($0) }
  }
}

extension NodeField.Kind {
  /// Whether it is a node's type, of which ``TreeCompiler/meaning(of:at:)`` tells what is wrong.
  fileprivate var isType: Bool {
    if case .type = self { true } else { false }
  }
}
