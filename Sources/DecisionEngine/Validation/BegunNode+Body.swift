internal import Filtrex

// What a node does once everything in it is compiled, and what that may take.
extension BegunNode.Body {
  typealias Compiled = TreeCompiler.Compiled

  /// A node that decides between two sides; a missing one does nothing.
  init(condition program: Int, fuelBound: Int, whenTrue: Compiled?, whenFalse: Compiled?) {
    self.init(
      kind: .condition(program: program, whenTrue: whenTrue?.index, whenFalse: whenFalse?.index),
      fuelBound: TreeCompiler.sum(
        fuelBound, max(whenTrue?.fuelBound ?? 0, whenFalse?.fuelBound ?? 0)),
      actions: max(whenTrue?.actions ?? 0, whenFalse?.actions ?? 0))
  }

  /// A node that runs all of its children.
  init(sequence children: [Compiled], stopsOnFailure: Bool) {
    self.init(
      kind: .sequence(children: children.map(\.index), stopsOnFailure: stopsOnFailure),
      fuelBound: children.reduce(0) {
        TreeCompiler.sum($0, TreeCompiler.sum($1.fuelBound, FuelCost.step))
      },
      actions: children.reduce(0) { $0 + $1.actions })
  }

  /// A node that runs the first case that is true, or what is left.
  init(
    choice cases: [(program: Int, fuelBound: Int, child: Compiled)], otherwise: Compiled?
  ) {
    // Each case costs a step, and so does going on to the default.
    var fuelBound = FuelCost.step
    var longest = 0
    var actions = 0
    for one in cases {
      fuelBound = TreeCompiler.sum(fuelBound, TreeCompiler.sum(one.fuelBound, FuelCost.step))
      longest = max(longest, one.child.fuelBound)
      actions = max(actions, one.child.actions)
    }
    self.init(
      kind: .choice(
        cases: cases.map { (program: $0.program, node: $0.child.index) },
        otherwise: otherwise?.index),
      fuelBound: TreeCompiler.sum(fuelBound, max(longest, otherwise?.fuelBound ?? 0)),
      actions: max(actions, otherwise?.actions ?? 0))
  }

  /// A node that gives each player one share; `nil` where no share has a weight.
  ///
  /// - Parameters:
  ///   - key: The program of what decides, and the program itself; `nil` where that is the player's ID.
  ///   - salt: What the node says of it.
  ///   - weighted: The shares.
  init?(
    split key: (place: Int, program: Program)?, salt: String,
    _ weighted: [(weight: Double, child: Compiled)]
  ) {
    let total = weighted.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return nil }
    var upTo = 0.0
    let shares = weighted.map { share in
      upTo += share.weight
      return (upTo: upTo / total, node: share.child.index)
    }
    let keyBytes = key?.program.textBytesBound ?? TreeLimits.playerIDBytes
    self.init(
      kind: .split(key: key?.place, salt: salt, shares: shares),
      fuelBound: TreeCompiler.sum(
        TreeCompiler.sum(
          key?.program.fuelBound ?? 0,
          FuelCost.split + FuelCost.bytes(keyBytes + salt.utf8.count)),
        weighted.map(\.child.fuelBound).max() ?? 0),
      actions: weighted.map(\.child.actions).max() ?? 0)
  }

  /// A node that decides on an action.
  ///
  /// - Parameters:
  ///   - action: Its place among the tree's actions.
  ///   - expressions: Those of its templates.
  ///   - programs: The tree's.
  init(action: Int, _ expressions: [TemplateExpression], of programs: [SharedProgram]) {
    self.init(
      kind: .action(action),
      fuelBound: expressions.reduce(FuelCost.action) {
        TreeCompiler.sum($0, Self.fuelBound(of: $1, programs[$1.program].program))
      },
      actions: 1)
  }

  private static func fuelBound(of expression: TemplateExpression, _ program: Program) -> Int {
    let bytes =
      expression.keepsType
      ? min(program.valueBytesBound, TreeLimits.renderedValueBytes) : program.textBytesBound
    return TreeCompiler.sum(program.fuelBound, FuelCost.step + FuelCost.bytes(bytes))
  }
}
