/// The action types that trees may use.
public struct ActionRegistry: Sendable {
  private var definitions: [String: ActionDefinition] = [:]

  /// The actions of the house; a new one is a file beside this and a line here.
  public static let standard: ActionRegistry = {
    var registry = ActionRegistry()
    registry.register(SendSMS.self)
    registry.register(SendEmail.self)
    registry.register(GrantBonus.self)
    return registry
  }()

  /// A registry without actions.
  public init() {}

  /// Adds an action type.
  ///
  /// A name that is taken, by another action or by a node of the engine's own, is a mistake of the
  /// program's author.
  public mutating func register<Action: ActionType>(_ type: Action.Type) {
    precondition(
      definitions[Action.name] == nil && !NodeType.allCases.contains { $0.rawValue == Action.name },
      "action type \(Action.name) is registered already")
    definitions[Action.name] = ActionDefinition(type)
  }

  /// The names, sorted.
  public var names: [String] { definitions.keys.sorted() }

  subscript(name: String) -> ActionDefinition? { definitions[name] }
}
