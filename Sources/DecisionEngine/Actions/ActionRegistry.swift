/// The action types that trees may use.
public struct ActionRegistry: Sendable {
  private var definitions: [String: ActionDefinition] = [:]
  /// All of them, where they are as few as are faster looked through than hashed.
  private var few: [ActionDefinition] = []
  private static let lookedThrough = 16

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
  /// A name that is taken, by another action or by a node of the engine's own, and a declaration that no
  /// value could ever fit, are mistakes of the program's author.
  public mutating func register<Action: ActionType>(_ type: Action.Type) {
    let definition = ActionDefinition(type)
    precondition(
      definitions[Action.name] == nil && NodeType(name: Action.name) == nil,
      "action type \(Action.name) is registered already")
    if let flaw = definition.flaw {
      preconditionFailure("action type \(Action.name) can't be registered: \(flaw)")
    }
    definitions[Action.name] = definition
    if few.count < Self.lookedThrough { few.append(definition) }
  }

  /// The names, sorted.
  public var names: [String] { definitions.keys.sorted() }

  /// The action of that name, byte for byte: Swift would take a Kelvin sign for a K.
  subscript(name: String) -> ActionDefinition? {
    let definition =
      few.count == definitions.count
      ? few.first { $0.name.utf8.count == name.utf8.count && $0.name == name } : definitions[name]
    return definition.flatMap { $0.name.utf8.elementsEqual(name.utf8) ? $0 : nil }
  }
}
