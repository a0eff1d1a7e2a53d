internal import ArgumentParser
internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowClient
internal import SmartFlowMessages

/// `smartflow explain`: a decision as a tree, with all that led to it.
struct Explain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how a tree decides for a player, and why.",
    discussion: """
      smartflow explain tree.json --set daysInactive=7 --player maria

      Draws the tree with the way that was taken. Each expression stands with its value, the \
      properties that it read, and what it took in fuel and time. Nothing is performed.

      The decision is made here, by the engine that a daemon runs, twice, the second time timed. \
      With --endpoint a daemon makes it and sends its trace; SMARTFLOW_ENDPOINT alone does not \
      ask one.

      Marks: \u{2713} taken, \u{2717} a case that does not hold, ! failed, \u{B7} not taken \
      (* x ! . in ASCII). Branches that were not taken are one line each; --all draws them too, \
      and cuts no long text. The width is the terminal's, else COLUMNS, else 100. Colour is used \
      on a terminal unless NO_COLOR is set.

      --json prints one object: status (COMPLETED, PARTIALLY_COMPLETED, FAILED), decidedBy \
      (engine, daemon), error (status, path, reason, message, start, end) when it failed, \
      playerId, treeDigest, fuelUsed, fuelBound, elapsedNanoseconds, actions (type, path, nodeId, \
      status, parameters, error), omittedSteps, and tree: nodes of path, type, id, name, taken, \
      edge, index, case, part, steps (expression, expressionPath, result, error, split, reads of \
      name and value or missing, fuelUsed, elapsedNanoseconds) and children.

      --bytecode shows what the expressions are compiled to, with the fuel of each instruction; \
      --instruction-set what the instructions and functions are and cost, as Markdown.

      Exit codes: 0 decided, 1 some action failed, 65 it can't be decided for this context.
      """)

  @Argument(help: "The tree's file; - is standard input.")
  var tree: String?

  @OptionGroup var context: ContextOptions

  @Option(help: "Whom the decision is about.")
  var player = ""

  @Option(
    help: ArgumentHelp(
      "The decision's instant: Unix seconds or 2026-11-24T10:00:00Z; the default is now.",
      valueName: "instant"))
  var now: Instant?

  @OptionGroup var connection: ConnectionOptions

  @Option(
    help: "Units of fuel that a decision here may use, 1,000,000 if not said; a daemon has its own."
  )
  var fuelLimit: Int?

  @Flag(help: "Draw what was not taken too, and cut nothing.")
  var all = false

  @Flag(help: "Draw with ASCII only; the default where the locale is not UTF-8.")
  var ascii = false

  @Flag(help: "Print the explanation as JSON.")
  var json = false

  @Flag(help: "Show the programs of the tree's expressions instead.")
  var bytecode = false

  @Option(help: "Show the program of this expression, without a tree; with --bytecode.")
  var expression: String?

  @Flag(help: "Print what the instructions and functions are, as Markdown.")
  var instructionSet = false

  func validate() throws {
    if instructionSet {
      guard tree == nil, expression == nil, !bytecode, !json else {
        throw ValidationError("--instruction-set stands alone.")
      }
      return
    }
    if expression != nil {
      guard bytecode, tree == nil else {
        throw ValidationError(
          "--expression goes with --bytecode and without a tree; `smartflow eval` evaluates it.")
      }
      return
    }
    guard let tree else { throw ValidationError("Give a tree.") }
    guard !(tree == "-" && context.contextFile == "-") else {
      throw ValidationError("Tree and context can't both come from standard input.")
    }
    guard let fuelLimit else { return }
    guard fuelLimit > 0 else { throw ValidationError("--fuel-limit is a number above zero.") }
    guard connection.endpoint == nil else {
      throw ValidationError("--fuel-limit is for decisions here; a daemon has its own.")
    }
  }

  func run() async throws {
    try await reporting {
      if instructionSet {
        Terminal.print(Array(Program.instructionSet.utf8))
      } else if let expression {
        show(BytecodeListing(try Self.compile(expression)))
      } else {
        let input = try TreeInput(path: tree ?? "-")
        let tree = try input.compile()
        if bytecode {
          show(BytecodeListing(tree, input.value))
        } else {
          try await explain(tree, input)
        }
      }
    }
  }

  // MARK: Decisions

  /// What a daemon grants that was told nothing else, in units.
  private static let fuelLimit = 1_000_000

  private func explain(_ tree: Tree, _ input: TreeInput) async throws {
    let explanation = try await explanation(of: tree, input)
    let root = ExplainedNode(input.value, explanation)
    if json {
      Terminal.print(ExplanationReport.json(of: root, explanation).prettyText)
    } else {
      let drawing = TreeDrawing.text(
        of: root, explanation, glyphs: ascii || !Terminal.isUTF8 ? .ascii : .unicode,
        width: Terminal.columns, isColored: Terminal.hasColor, showsAll: all)
      Terminal.print(Array(drawing.utf8))
    }
    if let failing = explanation.failing {
      throw Failure(failing.exitCode, "the tree is not decided: \(failing.fault.message)")
    }
    let failed = explanation.actions.count { $0.fault != nil }
    if failed > 0 {
      throw Failure(.no, "\(failed) of \(explanation.actions.count) actions failed")
    }
  }

  private func explanation(of tree: Tree, _ input: TreeInput) async throws -> Explanation {
    let value = try context.value()
    guard connection.endpoint != nil else {
      guard !tree.isUnresolved else {
        let names = tree.subTrees.map { "`\($0.treeID)`" }.joined(separator: ", ")
        throw Failure(
          .badData,
          "the tree uses published trees, which only a daemon has: \(names); let one decide by --endpoint"
        )
      }
      let properties = Context(Value(value))
      if let violation = properties.violation {
        throw Failure(.badData, "the context: \(violation)")
      }
      let inputs = ExecutionInputs(playerID: player, now: now?.unixSeconds ?? Clock.unixSeconds)
      return .decide(tree, for: properties, inputs, fuelLimit: fuelLimit ?? Self.fuelLimit)
    }
    let request = ExecuteTreeRequestMessage(
      tree: .json(input.bytes), context: .json(Array(value.compactText.utf8)), playerID: player,
      options: ExecutionOptions(dryRun: true, trace: true, now: now?.timestamp))
    // With less patience than the daemon, its own account of a deadline would come too late.
    let options = CallOptions(
      timeout: connection.timeout.duration, isSafeToResend: true, grace: .milliseconds(250))
    switch try await connection.attempt(request, options) {
    case .success(let response):
      guard let execution = response.execution else {
        throw Failure(.internalError, "the daemon's answer holds no execution")
      }
      return Explanation(execution, of: tree, for: player)
    case .failure(let error):
      guard let explanation = try Explanation(error, of: tree, for: player) else {
        throw Failure(error)
      }
      return explanation
    }
  }

  // MARK: Programs

  private func show(_ listing: BytecodeListing) {
    Terminal.print(json ? listing.json.prettyText : listing.text)
  }

  private static func compile(_ expression: String) throws(Failure) -> Program {
    var properties = PropertyTable()
    let compilation = Program.compile(expression, properties: &properties)
    for diagnostic in compilation.diagnostics {
      Terminal.complain(
        Excerpt.text(
          of: expression, range: diagnostic.range,
          message: "\(diagnostic.severity): \(diagnostic.message)"))
    }
    guard let program = compilation.program else {
      throw Failure(.badData, "the expression does not compile")
    }
    return program
  }
}
