public import Filtrex
internal import Hashes
internal import JSON

/// The state of one execution; used again for the next, so that little is allocated once it has grown.
///
/// It can be set aside whenever a slice of fuel is used up, in the middle of an expression too, and taken
/// up again later: ``start(_:inputs:)`` once, then ``run(_:fuel:)`` until it has finished or failed.
public struct Execution: Sendable {
  /// How a slice ended.
  public enum Progress: Sendable, Equatable {
    /// The fuel is used up and there is work left; of a traced execution also after each step, so that
    /// ``Execution/addElapsed(_:)`` can say how long it took.
    case paused
    /// There is a result: ``Execution/actions``.
    case finished
    /// The tree can not be decided for this context, and nothing was decided on before.
    case failed(ExecutionFailure)
  }

  /// A node on the way from the root to where the execution stands.
  struct Frame {
    var node: Int
    /// Where in the node: 0 when it is entered.
    var step = 0
    /// How many failures there were when its last child began.
    var failuresBefore = 0
  }

  /// The player's properties; filled before ``start(_:inputs:)``.
  public var context = Context()
  /// What was decided on, in order, once finished.
  public private(set) var actions: [PlannedAction] = []
  /// The decisions on the way, if they are wanted.
  public var trace: [TraceStep] { recorder.steps }
  /// Decisions that are not in ``trace`` for want of room: the last ones.
  public var omittedSteps: Int { recorder.omittedSteps }
  /// Whether the decisions on the way are noted.
  public var isTraced: Bool { inputs.wantsTrace }
  /// Units of fuel used since ``start(_:inputs:)``; the same for every way of slicing.
  public private(set) var fuelUsed = 0
  /// RFC 6901 pointer to the node where the execution stands, or stood last.
  public var currentPath: String { currentNode?.path ?? "" }

  private var currentNode: Node?
  private var bindings = Bindings()
  private var machine = Machine()
  /// The program that the machine is in the middle of.
  private var running: Int?
  private var frames: [Frame] = []
  private var rendered: [RenderedValue] = []
  private var inputs = ExecutionInputs(now: 0)
  private var failures = 0
  private var accepted = 0
  private var firstFailure: ExecutionFailure?
  private var text: [UInt8] = []
  /// Bytes of the text that a template is making.
  private var renderedBytes = 0
  private var recorder = TraceRecorder()

  /// An execution of nothing.
  public init() {}

  /// Forgets the last execution and stands before the root of `tree`.
  ///
  /// - Parameters:
  ///   - tree: The same one in every ``run(_:fuel:)`` that follows.
  ///   - inputs: What the execution depends on besides tree and context.
  public mutating func start(_ tree: Tree, inputs: ExecutionInputs) {
    self.inputs = inputs
    actions.removeAll(keepingCapacity: true)
    if inputs.wantsTrace || !recorder.isEmpty { recorder.begin(upTo: inputs.traceBytes) }
    rendered.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
    fuelUsed = 0
    failures = 0
    accepted = 0
    firstFailure = nil
    running = nil
    bindings.bind(tree.table, to: context)
    enter(tree.nodes.count - 1)
  }

  /// Runs until there is a result, or the fuel is used up.
  ///
  /// - Parameters:
  ///   - tree: The tree that was started.
  ///   - fuel: Units left in this slice. A step runs while there is some, and may take it below zero: a
  ///     debt that the caller may carry into the next slice.
  /// - Returns: How the slice ended.
  public mutating func run(_ tree: Tree, fuel: inout Int) -> Progress {
    let before = fuel
    defer { fuelUsed += before - fuel }
    while let frame = frames.last {
      guard fuel > 0 else { return .paused }
      let node = tree.nodes[frame.node]
      currentNode = node
      if let program = running {
        switch evaluate(tree.programs[program], &fuel) {
        case .paused: return .paused
        case .finished:
          running = nil
          if inputs.wantsTrace { beginStep(program, tree, node, hasValue: true) }
          finishExpression(tree, program, node, &fuel)
        case .failed(let error):
          running = nil
          if inputs.wantsTrace { beginStep(program, tree, node, hasValue: false) }
          fail(failure(error, tree.programs[program].program, node), node)
        }
      } else {
        step(tree, frame, node, &fuel)
      }
      if inputs.wantsTrace, recorder.endStep(), !frames.isEmpty { return .paused }
    }
    // With nothing decided on, a node that could not be evaluated is the whole answer.
    if accepted == 0, let firstFailure { return .failed(firstFailure) }
    return .finished
  }

  private mutating func evaluate(_ shared: SharedProgram, _ fuel: inout Int) -> Machine.Step {
    guard inputs.wantsTrace else {
      return machine.run(
        shared.program, context: context, bindings: bindings, now: inputs.now, fuel: &fuel)
    }
    return machine.run(
      shared.program, context: context, bindings: bindings, now: inputs.now, fuel: &fuel,
      noting: &recorder.reads)
  }

  // MARK: Steps

  private mutating func step(_ tree: Tree, _ frame: Frame, _ node: Node, _ fuel: inout Int) {
    if frame.step == 0 { fuel -= FuelCost.node }
    switch node.kind {
    case .condition(let program, _, _):
      begin(program, tree)
    case .sequence(let children, let stopsOnFailure):
      let hasFailed = frame.step > 0 && failures > frame.failuresBefore
      guard frame.step < children.count, !(hasFailed && stopsOnFailure) else { return leave() }
      fuel -= FuelCost.step
      frames[frames.count - 1].step += 1
      frames[frames.count - 1].failuresBefore = failures
      enter(children[frame.step])
    case .choice(let cases, let otherwise):
      fuel -= FuelCost.step
      if frame.step < cases.count {
        begin(cases[frame.step].program, tree)
      } else {
        leave(for: otherwise)
      }
    case .split(let key, let salt, let shares):
      if let key {
        begin(key, tree)
      } else {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: inputs.playerID.utf8)
        if inputs.wantsTrace { recorder.open = TraceStep(node) }
        choose(shares, salt: salt, &fuel)
      }
    case .action(let number):
      let action = tree.actions[number]
      if frame.step < action.expressions.count {
        begin(action.expressions[frame.step].program, tree)
      } else {
        finishAction(action, node, &fuel)
      }
    case .unresolved(let treeID): fail(ExecutionFailure(unresolved: treeID, node), node)
    }
  }

  private mutating func begin(_ program: Int, _ tree: Tree) {
    tree.programs[program].start(&machine)
    running = program
    if inputs.wantsTrace { recorder.reads.removeAll() }
  }

  /// Takes the value of the expression that a node waited for.
  private mutating func finishExpression(
    _ tree: Tree, _ number: Int, _ node: Node, _ fuel: inout Int
  ) {
    let program = tree.programs[number]
    switch node.kind {
    case .condition(_, let whenTrue, let whenFalse):
      guard let value = logical(program, node) else { return }
      leave(for: value ? whenTrue : whenFalse)
    case .choice(let cases, _):
      guard let value = logical(program, node), let frame = frames.last else { return }
      if value { leave(for: cases[frame.step].node) } else { frames[frames.count - 1].step += 1 }
    case .split(_, let salt, let shares):
      guard takeText(program, node) else { return }
      choose(shares, salt: salt, &fuel)
    case .action(let number):
      takeValue(program, tree.actions[number], node, &fuel)
    case .sequence, .unresolved:
      leave()
    }
  }

  /// The value as a logical; a node whose value is none has failed.
  private mutating func logical(_ shared: SharedProgram, _ node: Node) -> Bool? {
    if let value = machine.logical { return value }
    fail(unexpected("logical", shared.program, node), node)
    return nil
  }

  /// The value as text, into ``text``; a node whose value has none has failed.
  private mutating func takeText(_ shared: SharedProgram, _ node: Node) -> Bool {
    text.removeAll(keepingCapacity: true)
    if machine.appendText(of: shared.program, context: context, to: &text) { return true }
    fail(unexpected("text or number", shared.program, node), node)
    return false
  }

  private mutating func takeValue(
    _ shared: SharedProgram, _ action: ActionNode, _ node: Node, _ fuel: inout Int
  ) {
    fuel -= FuelCost.step
    let expression = action.expressions[rendered.count]
    if expression.keepsType {
      // Measured before it is copied: a list may name one long list a thousand times.
      let bytes = machine.valueBytes(
        of: shared.program, context: context, upTo: TreeLimits.renderedValueBytes + 1)
      fuel -= FuelCost.bytes(min(bytes, TreeLimits.renderedValueBytes))
      guard bytes <= TreeLimits.renderedValueBytes else {
        return fail(
          tooLarge(
            "VALUE_TOO_LARGE", "a value of more than \(TreeLimits.renderedValueBytes) bytes",
            shared.program, node), node)
      }
      guard let json = JSONValue(machine.value(shared.program, context)) else {
        return fail(
          unexpected("a value that JSON can hold", shared.program, node, received: "number"), node)
      }
      rendered.append(.value(json))
    } else {
      guard takeText(shared, node) else { return }
      fuel -= FuelCost.bytes(text.count)
      if let bytes = expression.textBegins { renderedBytes = bytes }
      renderedBytes += text.count
      guard renderedBytes <= TreeLimits.renderedTextBytes else {
        return fail(
          tooLarge(
            EvaluationError.Code.textTooLong.rawValue,
            "a text of more than \(TreeLimits.renderedTextBytes) bytes", shared.program, node), node
        )
      }
      rendered.append(.text(String(decoding: text, as: UTF8.self)))
    }
    frames[frames.count - 1].step += 1
  }

  private mutating func finishAction(_ action: ActionNode, _ node: Node, _ fuel: inout Int) {
    fuel -= FuelCost.action
    var planned = PlannedAction(node)
    if let constant = action.constant {
      // Checked when the tree was compiled, and shared by all its executions.
      planned.rendered = constant
      planned.isConstant = true
    } else {
      var next = 0
      if case .object(let parameters) = action.parameters.rendered(rendered, next: &next) {
        planned.rendered = RenderedParameters(parameters)
        let problems = action.definition.problems(with: parameters)
        if !problems.isEmpty { planned.failure = ActionFailure(kind: .parameters(problems)) }
      }
    }
    if planned.failure == nil { accepted += 1 } else { failures += 1 }
    // A failure of the parameters is the action's own: the request has an answer all the same.
    actions.append(planned)
    leave()
  }

  private mutating func choose(
    _ shares: [(upTo: Double, node: Int)], salt: String, _ fuel: inout Int
  ) {
    text.append(contentsOf: salt.utf8)
    let cost = FuelCost.split + FuelCost.bytes(text.count)
    fuel -= cost
    // Safe: bytes of any content are bytes.
    let fraction = unsafe SHA256.fraction(of: text.span.bytes)
    // The last bound is one, give or take a rounding.
    let found = shares.firstIndex { fraction < $0.upTo } ?? shares.indices.last
    guard let share = found else { return leave() }
    recorder.open?.choose(share, at: fraction, fuel: cost)
    leave(for: shares[share].node)
  }

  // MARK: The way

  private mutating func enter(_ node: Int) { frames.append(Frame(node: node)) }

  private mutating func leave(for next: Int? = nil) {
    frames.removeLast()
    rendered.removeAll(keepingCapacity: true)
    if let next { enter(next) }
  }

  // MARK: Failures

  private mutating func fail(_ failure: ExecutionFailure, _ node: Node) {
    recorder.open?.error = failure
    failures += 1
    if firstFailure == nil { firstFailure = failure }
    actions.append(
      PlannedAction(node, failure: ActionFailure(kind: .evaluation(failure))))
    leave()
  }

  private func failure(
    _ error: EvaluationError, _ program: Program, _ node: Node
  ) -> ExecutionFailure {
    ExecutionFailure(
      reason: error.code.rawValue, path: node.path, expression: program.expression,
      range: error.range, property: error.property, expected: error.expected,
      received: error.received, message: error.message)
  }

  private func unexpected(
    _ expected: String, _ program: Program, _ node: Node, received: String? = nil
  ) -> ExecutionFailure {
    let received = received ?? machine.typeName
    return ExecutionFailure(
      reason: EvaluationError.Code.unexpectedType.rawValue, path: node.path,
      expression: program.expression, range: 0..<program.expression.utf8.count,
      expected: expected, received: received,
      message: "`\(program.expression)` gives a \(received) where \(expected) is wanted")
  }

  private func tooLarge(
    _ reason: String, _ what: String, _ program: Program, _ node: Node
  ) -> ExecutionFailure {
    ExecutionFailure(
      reason: reason, path: node.path, expression: program.expression,
      range: 0..<program.expression.utf8.count,
      message: "`\(program.expression)` makes \(what); let it give less")
  }
}

// MARK: - Trace

extension Execution {
  /// Says how long the last ``run(_:fuel:)`` took, by the driver's clock: pure code reads none.
  ///
  /// Wanted of every run of a traced execution, and of no other. A step has taken what was said since the one before.
  public mutating func addElapsed(_ elapsed: Duration) { recorder.addElapsed(elapsed) }

  /// Notes the expression in the middle of which the driver gives up, so that the trace says where that was.
  ///
  /// - Parameter tree: The tree that was started.
  public mutating func interrupt(_ tree: Tree) {
    guard inputs.wantsTrace, let running, let frame = frames.last else { return }
    beginStep(running, tree, tree.nodes[frame.node], hasValue: false)
    self.running = nil
    if recorder.endStep() { recorder.addElapsed(.zero) }
  }

  private mutating func beginStep(
    _ number: Int, _ tree: Tree, _ node: Node, hasValue: Bool
  ) {
    let program = tree.programs[number].program
    var step = TraceStep(node)
    step.expression = program.expression
    step.expressionPath = tree.programPaths[number].description
    step.fuelUsed = machine.fuelUsed
    if hasValue {
      let excerpt = machine.value(program, context, upTo: TraceLimits.valueBytes)
      step.result = JSONValue(exact: excerpt.value).text
      step.isResultCut = excerpt.isCut
    }
    for slot in recorder.reads.slots {
      let excerpt = bindings.value(at: slot, in: context, upTo: TraceLimits.valueBytes)
      step.reads.append(
        PropertyRead(
          name: tree.table.names[slot], value: excerpt.map { JSONValue(exact: $0.value).text },
          isCut: excerpt?.isCut ?? false))
    }
    recorder.open = step
  }
}

extension ExecutionFailure {
  fileprivate init(unresolved treeID: String, _ node: Node) {
    self.init(
      reason: TreeDiagnostic.Code.unresolvedTree.rawValue, path: node.path,
      message:
        "the published tree `\(treeID)` was not at hand when the tree was compiled; supply it then")
  }
}

extension TraceStep {
  fileprivate init(_ node: Node) {
    self.init(path: node.path, nodeID: node.id, expression: "", expressionPath: "")
  }

  fileprivate mutating func choose(_ share: Int, at fraction: Double, fuel: Int) {
    split = SplitChoice(fraction: fraction, share: share)
    if expression.isEmpty { result = JSONValue.number(fraction).text }
    fuelUsed += fuel
  }
}
