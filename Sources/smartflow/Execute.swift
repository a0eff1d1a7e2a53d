internal import ArgumentParser
internal import DecisionEngine
internal import Filtrex
internal import Hashes
internal import JSON
internal import SmartFlowMessages

/// `smartflow execute`: a tree for a player, by a daemon.
struct Execute: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Execute a tree for a player.",
    discussion: """
      smartflow execute tree.json --context maria.json --set daysInactive=7 --player maria

      smartflow execute --published winback --set daysInactive=7 --player maria

      A tree's file is checked here first, so that mistakes in it are shown at their place.

      With --idempotency-key the same command can be given again, also when nobody knows what became of the first: it \
      is performed once, and whoever asks again gets the first answer, marked as replayed.
      """)

  @Argument(help: "The tree's file; - is standard input.")
  var tree: String?

  @Option(
    help: ArgumentHelp(
      "A published tree instead, and a version where it is not the active one: winback, winback@3.",
      valueName: "tree"))
  var published: TreeName?

  @OptionGroup var context: ContextOptions
  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Whom the decision is about.")
  var player = ""

  @Option(
    help: ArgumentHelp(
      """
      Perform it once, however often it is asked for with this key (1 to 256 bytes, of this player and tree alone). A \
      dry run performs nothing, and leaves the key alone.
      """, valueName: "key"))
  var idempotencyKey: String?

  @Flag(help: "Decide and render, perform nothing.")
  var dryRun = false

  @Flag(help: "Say which conditions were evaluated, and what they came to.")
  var trace = false

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func validate() throws {
    guard (tree == nil) != (published == nil) else {
      throw ValidationError("Give either a tree's file or --published.")
    }
    guard !(tree == "-" && context.contextFile == "-") else {
      throw ValidationError("Tree and context can't both come from standard input.")
    }
    // An unset variable of a script would else perform twice what was to be performed once.
    guard idempotencyKey?.isEmpty != true else {
      throw ValidationError(
        "The idempotency key is empty; leave --idempotency-key out, or give a key.")
    }
  }

  func run() async throws {
    try await reporting {
      let source = try source()
      let value = try context.value()
      let request = ExecuteTreeRequestMessage(
        tree: source, context: .json(Array(value.compactText.utf8)), playerID: player,
        options: ExecutionOptions(
          dryRun: dryRun, trace: trace, idempotencyKey: idempotencyKey ?? ""))
      let response = try await connection.call(
        request, isSafeToResend: dryRun || idempotencyKey != nil)
      guard let execution = response.execution else {
        throw Failure(.internalError, "the daemon's answer holds no execution")
      }
      Terminal.print(json ? Self.report(execution).prettyText : Self.text(of: execution))
      if execution.status == .partiallyCompleted {
        throw Failure(.no, "not every action was accepted")
      }
    }
  }

  private func source() throws(Failure) -> TreeMessage {
    if let published {
      return .reference(
        TreeReferenceMessage(treeID: published.treeID, version: published.version))
    }
    let input = try TreeInput(path: tree ?? "-")
    _ = try input.compile()
    return .json(input.bytes)
  }

  // MARK: For people

  private static func text(of execution: ExecutionMessage) -> String {
    let replayed = execution.replayed ? "; replayed: this is the answer to the first call" : ""
    var lines = [
      "\(name(of: execution.status)), execution \(execution.executionID)\(replayed)"
    ]
    for action in execution.actions {
      let path = action.path.isEmpty ? "/" : action.path
      lines.append("  \(action.type)  \(name(of: action.status))  at \(path)")
      for (key, value) in (action.parameters ?? [:]).sorted(by: { $0.key < $1.key }) {
        lines.append("    \(key): \(JSONValue(value).compactText)")
      }
      if let error = action.error { lines.append("    error: \(error.message)") }
    }
    if execution.actions.isEmpty { lines.append("  nothing to do") }
    for step in execution.trace { lines.append("  trace " + text(of: step)) }
    if execution.omittedSteps > 0 {
      lines.append("  trace: \(execution.omittedSteps) later steps are not told, since it is full")
    }
    lines.append(
      "  tree \(published(execution.tree))\(Hexadecimal.text(execution.treeDigest.span).prefix(12))…, \(execution.fuelUsed) units of fuel"
    )
    return lines.joined(separator: "\n")
  }

  private static func published(_ tree: TreeReferenceMessage?) -> String {
    tree.map { "\($0.treeID)@\($0.version), " } ?? ""
  }

  /// A step on one line: `/: daysInactive > 5 → true  (2 fuel, 410 ns; daysInactive = 7)`.
  private static func text(of step: TraceStepMessage) -> String {
    let path = step.path.isEmpty ? "/" : step.path
    var text = path + ": " + (step.expression.isEmpty ? "the player" : step.expression)
    text += " → " + (step.error.map { "error: \($0.message)" } ?? step.result)
    if step.isResultTruncated { text += "…" }
    if let split = step.split { text += " → share \(split.share + 1)" }
    var facts = "\(step.fuelUsed) fuel"
    if let elapsed = step.elapsed { facts += ", " + Canvas.time(elapsed, .unicode) }
    let reads = step.reads.map { read in
      read.isMissing
        ? "\(read.name) is missing" : "\(read.name) = \(read.value)\(read.isTruncated ? "…" : "")"
    }
    if !reads.isEmpty { facts += "; " + reads.joined(separator: ", ") }
    return DisplayText.plain(text + "  (\(facts))")
  }

  private static func name(of status: ExecutionMessage.Status) -> String {
    switch status {
    case .completed: "completed"
    case .partiallyCompleted: "partially completed"
    case .dryRun: "dry run"
    case .unspecified: "unspecified"
    }
  }

  private static func name(of status: ActionResultMessage.Status) -> String {
    switch status {
    case .accepted: "accepted"
    case .suppressed: "suppressed"
    case .failed: "failed"
    case .notPerformed: "not performed"
    case .unspecified: "unspecified"
    }
  }

  // MARK: For programs

  private static func report(_ execution: ExecutionMessage) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("executionId", .string(execution.executionID)),
      ("status", .string(constant(name(of: execution.status)))),
      ("treeDigest", .string(Hexadecimal.text(execution.treeDigest.span))),
      ("fuelUsed", .number(Double(execution.fuelUsed))),
      ("replayed", .bool(execution.replayed)),
      ("actions", .array(execution.actions.map(report))),
    ]
    if let tree = execution.tree {
      members += [
        ("treeId", .string(tree.treeID)), ("treeVersion", .number(Double(tree.version))),
      ]
    }
    if !execution.trace.isEmpty { members.append(("trace", .array(execution.trace.map(report)))) }
    if execution.omittedSteps > 0 {
      members.append(("omittedSteps", .number(Double(execution.omittedSteps))))
    }
    return .object(members)
  }

  private static func report(_ action: ActionResultMessage) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("type", .string(action.type)), ("path", .string(action.path)),
      ("status", .string(constant(name(of: action.status)))),
      ("actionId", .string(action.actionID)),
    ]
    if !action.nodeID.isEmpty { members.append(("nodeId", .string(action.nodeID))) }
    if let parameters = action.parameters {
      let sorted = parameters.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }
      members.append(("parameters", .object(sorted)))
    }
    if let error = action.error { members.append(("error", report(error))) }
    return .object(members)
  }

  private static func report(_ step: TraceStepMessage) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("path", .string(step.path)), ("expression", .string(step.expression)),
      ("result", .string(step.result)), ("fuelUsed", .number(Double(step.fuelUsed))),
    ]
    if !step.expressionPath.isEmpty {
      members.append(("expressionPath", .string(step.expressionPath)))
    }
    if step.isResultTruncated { members.append(("resultTruncated", .bool(true))) }
    if let elapsed = step.elapsed {
      members.append(("elapsedNanoseconds", .number(Double(elapsed.nanoseconds))))
    }
    if !step.reads.isEmpty { members.append(("reads", .array(step.reads.map(report)))) }
    if let split = step.split {
      members.append(
        (
          "split",
          .object([
            ("fraction", .number(split.fraction)), ("share", .number(Double(split.share))),
          ])
        ))
    }
    if let error = step.error { members.append(("error", report(error))) }
    return .object(members)
  }

  private static func report(_ read: PropertyReadMessage) -> JSONValue {
    var members: [(String, JSONValue)] = [("name", .string(read.name))]
    members.append(
      read.isMissing ? ("missing", .bool(true)) : ("value", JSONValue(text: read.value)))
    if read.isTruncated { members.append(("truncated", .bool(true))) }
    return .object(members)
  }

  private static func report(_ status: RPCStatus) -> JSONValue {
    .object([("code", .number(Double(status.code))), ("message", .string(status.message))])
  }

  private static func constant(_ name: String) -> String {
    name.uppercased().replacing(" ", with: "_")
  }
}

extension JSONValue {
  /// A value of a message.
  init(_ value: StructValue) {
    switch value {
    case .null: self = .null
    case .number(let number): self = .number(number)
    case .text(let text): self = .string(text)
    case .logical(let value): self = .bool(value)
    case .list(let values): self = .array(values.map { JSONValue($0) })
    case .object(let members):
      self = .object(members.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })
    }
  }
}
