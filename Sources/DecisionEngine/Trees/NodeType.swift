/// The nodes that are the engine's own; all others are actions.
enum NodeType: String, CaseIterable {
  case condition = "Condition"
  case sequence = "Sequence"
  case choice = "Switch"
  case split = "Split"

  /// What every node may carry.
  static let commonFields = ["type", "parameters", "id", "name", "description", "metadata"]

  /// What this one may carry beyond that.
  var fields: [String] {
    switch self {
    case .condition: ["trueAction", "falseAction"]
    case .sequence: ["actions"]
    case .choice: ["cases", "defaultAction"]
    case .split: ["shares"]
    }
  }

  /// Its parameters.
  var parameters: [String] {
    switch self {
    case .condition: ["expression"]
    case .sequence: ["onFailure"]
    case .choice: []
    case .split: ["key", "salt"]
    }
  }
}
