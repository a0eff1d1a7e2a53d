public import DecisionEngine
public import Filtrex

/// A tree and its execution for one player.
public enum TreeRun {
  /// Executes a tree whole and in slices, and holds the results against each other and the bound.
  public static func check(_ tree: Tree, for context: Context, slice: Int) {
    let whole = Work.paid("executing") {
      let result = Result(tree, context, slice: 1_000_000)
      return (result, result.fuelUsed)
    }
    guard whole.progress != .paused else { return }
    require(
      whole.fuelUsed <= tree.fuelBound,
      "\(whole.fuelUsed) units of fuel are over the bound of \(tree.fuelBound)")
    require(whole.actions.count <= 2_000, "\(whole.actions.count) actions")
    for slice in [slice, 1, 64] where whole.fuelUsed / slice < 20_000 {
      let sliced = Result(tree, context, slice: slice)
      require(sliced == whole, "in slices of \(slice) it is \(sliced), whole \(whole)")
    }
  }

  /// What an execution came to.
  private struct Result: Equatable {
    var progress = Execution.Progress.paused
    var actions: [PlannedAction] = []
    var trace: [TraceStep] = []
    var fuelUsed = 0

    /// Runs until there is a result, or a worker would give it up.
    init(_ tree: Tree, _ context: Context, slice: Int) {
      var execution = Execution()
      execution.context = context
      execution.start(
        tree, inputs: ExecutionInputs(playerID: "maria", now: 1_795_514_400, wantsTrace: true))
      var fuel = 0
      repeat {
        fuel += slice
        progress = execution.run(tree, fuel: &fuel)
      } while progress == .paused && execution.fuelUsed < 1_000_000
      actions = execution.actions
      trace = execution.trace
      fuelUsed = execution.fuelUsed
    }
  }
}
