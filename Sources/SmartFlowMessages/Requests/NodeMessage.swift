/// A node of a tree, as a client sends it.
public struct NodeMessage: Equatable, Sendable {
  /// One branch of a Switch.
  public struct Case: Equatable, Sendable {
    /// When it is taken.
    public var expression: String
    /// What runs then; a list of at most one node, since a struct can not hold itself.
    public var action: [NodeMessage]

    /// Makes a branch.
    public init(expression: String, action: NodeMessage? = nil) {
      self.expression = expression
      self.action = action.map { [$0] } ?? []
    }
  }

  /// One branch of a Split.
  public struct Share: Equatable, Sendable {
    /// Its part of the players, relative to the other shares.
    public var weight: Double
    /// What runs for them; a list of at most one node, since a struct can not hold itself.
    public var action: [NodeMessage]

    /// Makes a branch.
    public init(weight: Double, action: NodeMessage? = nil) {
      self.weight = weight
      self.action = action.map { [$0] } ?? []
    }
  }

  /// "Condition", or another type of node.
  public var type: String
  /// The type's parameters; `nil` when there are none.
  public var parameters: [String: StructValue]?
  /// Condition: at most one node, since a struct can not hold itself.
  public var trueAction: [NodeMessage]
  /// Condition: at most one node.
  public var falseAction: [NodeMessage]
  /// Sequence: the nodes in order.
  public var actions: [NodeMessage]
  /// Switch: the branches in order.
  public var cases: [Case]
  /// Switch: at most one node.
  public var defaultAction: [NodeMessage]
  /// Split: the branches.
  public var shares: [Share]
  /// Unique in the tree; may be empty.
  public var id: String
  /// For people; may be empty.
  public var name: String

  /// Makes a node; what is not named is absent.
  public init(
    type: String, parameters: [String: StructValue]? = nil, trueAction: NodeMessage? = nil,
    falseAction: NodeMessage? = nil, actions: [NodeMessage] = [], cases: [Case] = [],
    defaultAction: NodeMessage? = nil, shares: [Share] = [], id: String = "", name: String = ""
  ) {
    self.type = type
    self.parameters = parameters
    self.trueAction = trueAction.map { [$0] } ?? []
    self.falseAction = falseAction.map { [$0] } ?? []
    self.actions = actions
    self.cases = cases
    self.defaultAction = defaultAction.map { [$0] } ?? []
    self.shares = shares
    self.id = id
    self.name = name
  }

  func append(field: UInt32, to output: inout [UInt8]) {
    Wire.message(field, reserving: 2, to: &output) { append(to: &$0) }
  }

  private func append(to output: inout [UInt8]) {
    Wire.text(1, type, to: &output)
    if let parameters { StructValue.append(parameters, field: 2, to: &output) }
    for node in trueAction.prefix(1) { node.append(field: 3, to: &output) }
    for node in falseAction.prefix(1) { node.append(field: 4, to: &output) }
    for node in actions { node.append(field: 5, to: &output) }
    for branch in cases {
      Wire.message(6, to: &output) { output in
        Wire.text(1, branch.expression, to: &output)
        for node in branch.action.prefix(1) { node.append(field: 2, to: &output) }
      }
    }
    for node in defaultAction.prefix(1) { node.append(field: 7, to: &output) }
    for branch in shares {
      Wire.message(8, to: &output) { output in
        Wire.double(1, branch.weight, to: &output)
        for node in branch.action.prefix(1) { node.append(field: 2, to: &output) }
      }
    }
    Wire.text(9, id, to: &output)
    Wire.text(10, name, to: &output)
  }
}
