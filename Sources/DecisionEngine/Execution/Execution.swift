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
    /// The fuel is used up and there is work left.
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
  public private(set) var trace: [TraceStep] = []
  /// Units of fuel used since ``start(_:inputs:)``; the same for every way of slicing.
  public private(set) var fuelUsed = 0
  /// RFC 6901 pointer to the node where the execution stands, or stood last.
  public private(set) var currentPath = ""

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
    trace.removeAll(keepingCapacity: true)
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
      currentPath = node.path
      if let program = running {
        switch machine.run(
          tree.programs[program], context: context, bindings: bindings, now: inputs.now,
          fuel: &fuel)
        {
        case .paused: return .paused
        case .finished:
          running = nil
          finishExpression(tree, program, node, &fuel)
        case .failed(let error):
          running = nil
          fail(failure(error, tree.programs[program], node), node)
        }
      } else {
        step(tree, frame, node, &fuel)
      }
    }
    // With nothing decided on, a node that could not be evaluated is the whole answer.
    if accepted == 0, let firstFailure { return .failed(firstFailure) }
    return .finished
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
        choose(shares, salt: salt, expression: "", node, &fuel)
      }
    case .action(let number):
      let action = tree.actions[number]
      if frame.step < action.expressions.count {
        begin(action.expressions[frame.step].program, tree)
      } else {
        finishAction(action, node, &fuel)
      }
    }
  }

  private mutating func begin(_ program: Int, _ tree: Tree) {
    machine.start(tree.programs[program])
    running = program
  }

  /// Takes the value of the expression that a node waited for.
  private mutating func finishExpression(
    _ tree: Tree, _ number: Int, _ node: Node, _ fuel: inout Int
  ) {
    let program = tree.programs[number]
    if inputs.wantsTrace { note(program, node) }
    switch node.kind {
    case .condition(_, let whenTrue, let whenFalse):
      guard let value = logical(program, node) else { return }
      leave(for: value ? whenTrue : whenFalse)
    case .choice(let cases, _):
      guard let value = logical(program, node), let frame = frames.last else { return }
      if value { leave(for: cases[frame.step].node) } else { frames[frames.count - 1].step += 1 }
    case .split(_, let salt, let shares):
      guard takeText(program, node) else { return }
      choose(shares, salt: salt, expression: program.expression, node, &fuel)
    case .action(let number):
      takeValue(program, tree.actions[number], node, &fuel)
    case .sequence:
      leave()
    }
  }

  /// The value as a logical; a node whose value is none has failed.
  private mutating func logical(_ program: Program, _ node: Node) -> Bool? {
    if let value = machine.logical { return value }
    fail(unexpected("logical", program, node), node)
    return nil
  }

  /// The value as text, into ``text``; a node whose value has none has failed.
  private mutating func takeText(_ program: Program, _ node: Node) -> Bool {
    text.removeAll(keepingCapacity: true)
    if machine.appendText(of: program, context: context, to: &text) { return true }
    fail(unexpected("text or number", program, node), node)
    return false
  }

  private mutating func takeValue(
    _ program: Program, _ action: ActionNode, _ node: Node, _ fuel: inout Int
  ) {
    fuel -= FuelCost.step
    let expression = action.expressions[rendered.count]
    if expression.keepsType {
      // Measured before it is copied: a list may name one long list a thousand times.
      let bytes = machine.valueBytes(
        of: program, context: context, upTo: TreeLimits.renderedValueBytes + 1)
      fuel -= FuelCost.bytes(min(bytes, TreeLimits.renderedValueBytes))
      guard bytes <= TreeLimits.renderedValueBytes else {
        return fail(
          tooLarge(
            "VALUE_TOO_LARGE", "a value of more than \(TreeLimits.renderedValueBytes) bytes",
            program, node), node)
      }
      guard let json = JSONValue(machine.value(program, context)) else {
        return fail(
          unexpected("a value that JSON can hold", program, node, received: "number"), node)
      }
      rendered.append(.value(json))
    } else {
      guard takeText(program, node) else { return }
      fuel -= FuelCost.bytes(text.count)
      if let bytes = expression.textBegins { renderedBytes = bytes }
      renderedBytes += text.count
      guard renderedBytes <= TreeLimits.renderedTextBytes else {
        return fail(
          tooLarge(
            EvaluationError.Code.textTooLong.rawValue,
            "a text of more than \(TreeLimits.renderedTextBytes) bytes", program, node), node)
      }
      rendered.append(.text(String(decoding: text, as: UTF8.self)))
    }
    frames[frames.count - 1].step += 1
  }

  private mutating func finishAction(_ action: ActionNode, _ node: Node, _ fuel: inout Int) {
    fuel -= FuelCost.action
    var planned = PlannedAction(type: node.type, path: node.path, nodeID: node.id)
    if case .constant(.object(let parameters)) = action.parameters {
      // Checked when the tree was compiled, and shared by all its executions.
      planned.parameters = parameters
    } else {
      var next = 0
      if case .object(let parameters) = action.parameters.rendered(rendered, next: &next) {
        planned.parameters = parameters
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
    _ shares: [(upTo: Double, node: Int)], salt: String, expression: String, _ node: Node,
    _ fuel: inout Int
  ) {
    text.append(contentsOf: salt.utf8)
    fuel -= FuelCost.split + FuelCost.bytes(text.count)
    // Safe: bytes of any content are bytes.
    let fraction = unsafe SHA256.fraction(of: text.span.bytes)
    if inputs.wantsTrace && expression.isEmpty {
      trace.append(
        TraceStep(
          path: node.path, nodeID: node.id, expression: "",
          result: JSONValue.number(fraction).text, error: nil, fuelUsed: 0))
    }
    leave(for: shares.first { fraction < $0.upTo }?.node ?? shares.last?.node)
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
    if inputs.wantsTrace {
      trace.append(
        TraceStep(
          path: node.path, nodeID: node.id, expression: failure.expression ?? "", result: "",
          error: failure, fuelUsed: machine.fuelUsed))
    }
    failures += 1
    if firstFailure == nil { firstFailure = failure }
    actions.append(
      PlannedAction(
        type: node.type, path: node.path, nodeID: node.id,
        failure: ActionFailure(kind: .evaluation(failure))))
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

  private mutating func note(_ program: Program, _ node: Node) {
    let value = machine.value(program, context)
    trace.append(
      TraceStep(
        path: node.path, nodeID: node.id, expression: program.expression,
        result: JSONValue(value)?.text ?? "null", error: nil, fuelUsed: machine.fuelUsed))
  }
}
