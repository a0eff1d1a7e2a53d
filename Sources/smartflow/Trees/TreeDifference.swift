internal import JSON

/// One node that two trees do not have in common, or not alike.
struct TreeDifference: Equatable {
  enum Kind: String {
    case added
    case removed
    case changed
  }

  var kind: Kind
  /// RFC 6901; in the newer tree, or in the older one for a node that is gone.
  var path: String
  /// What the node is: its type, and its name or ID.
  var node: String
  /// What of it is another now, each with its two values as JSON; `nil` where there is none.
  var fields: [Field] = []

  struct Field: Equatable {
    var name: String
    var old: String?
    var new: String?
  }

  /// All differences of two trees, in the order of the newer one's nodes.
  static func between(_ old: JSONValue, _ new: JSONValue) -> [TreeDifference] {
    var comparison = TreeComparison()
    comparison.compare(old, new, at: JSONPointer())
    return comparison.differences
  }

  var text: String {
    let sign =
      switch kind {
      case .added: "+"
      case .removed: "-"
      case .changed: "~"
      }
    var lines = ["\(sign) \(path.isEmpty ? "/" : path)  \(node)"]
    for field in fields {
      switch (field.old, field.new) {
      case (let old?, let new?): lines.append("    \(field.name): \(old) → \(new)")
      case (nil, let new?): lines.append("    \(field.name): → \(new)")
      case (let old?, nil): lines.append("    \(field.name): \(old) →")
      case (nil, nil): break
      }
    }
    return lines.joined(separator: "\n")
  }

  var report: JSONValue {
    .object([
      ("kind", .string(kind.rawValue)), ("path", .string(path)), ("node", .string(node)),
      (
        "fields",
        .array(
          fields.map {
            .object([
              ("name", .string($0.name)), ("old", $0.old.map { .string($0) } ?? .null),
              ("new", $0.new.map { .string($0) } ?? .null),
            ])
          })
      ),
    ])
  }
}

/// Walks two trees side by side.
private struct TreeComparison {
  private(set) var differences: [TreeDifference] = []

  /// Fields that hold one node.
  private static let branches = ["trueAction", "falseAction", "defaultAction", "action"]
  /// Fields that hold a list of nodes, or of what leads to them.
  private static let lists = ["actions", "cases", "shares"]

  /// As deep as a tree may nest.
  mutating func compare(_ old: JSONValue, _ new: JSONValue, at path: JSONPointer) {
    guard old != new else { return }
    guard case .object(let before) = old, case .object(let after) = new,
      before["type"] == after["type"]
    else {
      differences.append(difference(.removed, old, path))
      differences.append(difference(.added, new, path))
      return
    }
    let fields = changes(before, after)
    if !fields.isEmpty {
      var changed = difference(.changed, new, path)
      changed.fields = fields
      differences.append(changed)
    }
    for name in Self.branches {
      compareBranch(before[name], after[name], at: path.appending(name))
    }
    for name in Self.lists where before[name] != after[name] {
      compareLists(
        elements(before[name]), elements(after[name]), at: path.appending(name))
    }
  }

  private mutating func compareBranch(_ old: JSONValue?, _ new: JSONValue?, at path: JSONPointer) {
    switch (old, new) {
    case (let old?, let new?): compare(old, new, at: path)
    case (let old?, nil): differences.append(difference(.removed, old, path))
    case (nil, let new?): differences.append(difference(.added, new, path))
    case (nil, nil): break
    }
  }

  /// Elements that both have stay; between them, those of the same place are compared, and the rest is new or gone.
  private mutating func compareLists(
    _ old: [JSONValue], _ new: [JSONValue], at path: JSONPointer
  ) {
    var (before, after) = (0, 0)
    for (oldEnd, newEnd) in Self.common(old, new) + [(old.count, new.count)] {
      let pairs = min(oldEnd - before, newEnd - after)
      for offset in 0..<pairs {
        compare(old[before + offset], new[after + offset], at: path.appending(after + offset))
      }
      for index in before + pairs..<oldEnd {
        differences.append(difference(.removed, old[index], path.appending(index)))
      }
      for index in after + pairs..<newEnd {
        differences.append(difference(.added, new[index], path.appending(index)))
      }
      (before, after) = (oldEnd + 1, newEnd + 1)
    }
  }

  /// Longer lists are compared place by place: the table below has a cell for each pair.
  private static let longestTable = 1_000_000

  /// Places of a longest common subsequence.
  private static func common(_ old: [JSONValue], _ new: [JSONValue]) -> [(Int, Int)] {
    guard (old.count + 1) * (new.count + 1) <= longestTable else {
      return zip(old.indices, new.indices).filter { old[$0] == new[$1] }
    }
    var lengths = [[Int]](
      repeating: [Int](repeating: 0, count: new.count + 1), count: old.count + 1)
    for before in old.indices.reversed() {
      for after in new.indices.reversed() {
        lengths[before][after] =
          old[before] == new[after]
          ? lengths[before + 1][after + 1] + 1
          : max(lengths[before + 1][after], lengths[before][after + 1])
      }
    }
    var places: [(Int, Int)] = []
    var (before, after) = (0, 0)
    while before < old.count, after < new.count {
      if old[before] == new[after] {
        places.append((before, after))
        (before, after) = (before + 1, after + 1)
      } else if lengths[before + 1][after] >= lengths[before][after + 1] {
        before += 1
      } else {
        after += 1
      }
    }
    return places
  }

  /// What two nodes say differently of themselves, their parameters one by one.
  private func changes(_ old: JSONObject, _ new: JSONObject) -> [TreeDifference.Field] {
    var fields: [TreeDifference.Field] = []
    for name in names(old, new) where !Self.branches.contains(name) && !Self.lists.contains(name) {
      guard old[name] != new[name] else { continue }
      if name == "parameters", case .object(let before)? = old[name],
        case .object(let after)? = new[name]
      {
        fields += names(before, after).filter { before[$0] != after[$0] }
          .map { field($0, before[$0], after[$0]) }
      } else {
        fields.append(field(name, old[name], new[name]))
      }
    }
    return fields
  }

  private func field(
    _ name: String, _ old: JSONValue?, _ new: JSONValue?
  ) -> TreeDifference.Field {
    TreeDifference.Field(name: name, old: old?.compactText, new: new?.compactText)
  }

  private func names(_ old: JSONObject, _ new: JSONObject) -> [String] {
    Set(old.map(\.key) + new.map(\.key)).sorted()
  }

  private func elements(_ value: JSONValue?) -> [JSONValue] {
    if case .array(let elements)? = value { elements } else { [] }
  }

  private func difference(
    _ kind: TreeDifference.Kind, _ node: JSONValue, _ path: JSONPointer
  ) -> TreeDifference {
    TreeDifference(kind: kind, path: path.description, node: name(of: node))
  }

  private func name(of node: JSONValue) -> String {
    guard case .object(let object) = node else { return node.compactText }
    guard case .string(let type)? = object["type"] else {
      // A case or a share: what leads to its node, and the node.
      let lead = (object["expression"] ?? object["weight"])?.compactText ?? ""
      return [lead, object["action"].map { name(of: $0) } ?? ""].joined(separator: " → ")
    }
    for key in ["name", "id"] {
      if case .string(let text)? = object[key] { return "\(type) \(DisplayText.quoted(text))" }
    }
    guard case .object(let parameters)? = object["parameters"] else { return type }
    if let what = parameters["expression"] ?? parameters["treeId"] {
      return "\(type) \(what.compactText)"
    }
    return type
  }
}
