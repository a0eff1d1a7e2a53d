internal import JSON

/// The members of an object of a tree, each by its place in a ``JSONTape``.
struct PlainMembers {
  /// All names that nodes, their parameters and their branches have.
  enum Name: Int, CaseIterable {
    case type, parameters, id, name, description, metadata
    case trueAction, falseAction, actions, cases, defaultAction, shares
    case expression, onFailure, key, salt
    case action, weight

    /// The name of those bytes.
    init?(_ name: Span<UInt8>) {
      let same: Name? =
        switch name.count {
        case 2: name.says("id") ? .id : nil
        case 3: name.says("key") ? .key : nil
        case 4:
          name.says("type") ? .type : name.says("name") ? .name : name.says("salt") ? .salt : nil
        case 5: name.says("cases") ? .cases : nil
        case 6:
          name.says("action")
            ? .action : name.says("weight") ? .weight : name.says("shares") ? .shares : nil
        case 7: name.says("actions") ? .actions : nil
        case 8: name.says("metadata") ? .metadata : nil
        case 9: name.says("onFailure") ? .onFailure : nil
        case 10:
          name.says("parameters")
            ? .parameters
            : name.says("trueAction") ? .trueAction : name.says("expression") ? .expression : nil
        case 11:
          name.says("falseAction")
            ? .falseAction : name.says("description") ? .description : nil
        case 13: name.says("defaultAction") ? .defaultAction : nil
        default: nil
        }
      guard let same else { return nil }
      self = same
    }
  }

  /// Some of the names.
  struct Names: OptionSet {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Those of declared fields; one that is not known here is in none.
    init(_ fields: NodeFields) {
      rawValue = fields.names.reduce(0) { names, name in
        Name(name.utf8.span).map { names | 1 << UInt32($0.rawValue) } ?? names
      }
    }
  }

  private var places = [18 of Int32](repeating: 0)
  /// Those that are there.
  private(set) var names = Names(rawValue: 0)

  /// The members of the object at a place; `nil` where one has another name.
  init?(of object: Int, in tape: borrowing JSONTape) {
    var place = tape.first(in: object)
    let end = tape.end(of: object)
    while place < end {
      guard let name = Name(tape.text(at: place)) else { return nil }
      let value = tape.value(of: place)
      places[name.rawValue] = Int32(value)
      names.insert(Names(rawValue: 1 << UInt32(name.rawValue)))
      place = tape.end(of: value)
    }
  }

  /// No members.
  init() {}

  /// Where the value of a member stands; `nil` where there is none.
  subscript(name: Name) -> Int? {
    // The object itself stands before it.
    places[name.rawValue] > 0 ? Int(places[name.rawValue]) : nil
  }
}

extension PlainMembers.Names {
  /// What every node may carry.
  static let common = Self(NodeType.commonFields)
  static let condition = Self(NodeType.condition.declaration.allFields)
  static let sequence = Self(NodeType.sequence.declaration.allFields)
  static let choice = Self(NodeType.choice.declaration.allFields)
  static let split = Self(NodeType.split.declaration.allFields)
  static let conditionParameters = Self(NodeType.condition.declaration.parameters)
  static let sequenceParameters = Self(NodeType.sequence.declaration.parameters)
  static let choiceParameters = Self(NodeType.choice.declaration.parameters)
  static let splitParameters = Self(NodeType.split.declaration.parameters)
  static let caseFields = Self(branchesOf: NodeType.cases)
  static let shareFields = Self(branchesOf: NodeType.shares)

  private init(branchesOf field: NodeField) {
    guard case .branches(let fields) = field.kind else {
      self.init(rawValue: 0)
      return
    }
    self.init(fields)
  }
}
