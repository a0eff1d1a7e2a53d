internal import ArgumentParser
internal import Storage
internal import Telemetry
internal import UnixSocket

/// `smartflow audit replay`: whether deciding again gives what is recorded.
struct AuditReplay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Decide again as a record says, and compare.",
    discussion: """
      smartflow audit replay /var/lib/smartflow/audit --sequence 4711 --context maria.json

      Runs the tree that the record names, by the engine that a daemon runs, for the recorded player, instant and \
      context, and compares status, actions (type, path, node_id, parameters, status, reason) and fuel. Nothing is \
      performed. Masked parameters are not compared, and said.

      The context is the record's where audit-context was full; else give it, and it must have the recorded digest: \
      --context for one, --contexts for many (a file of one JSON object a line), --set for what is masked.

      Published trees come from trees.sqlite in --state-directory, by default the folder above the audit's; while a \
      daemon has that, from the daemon's admin socket, which is asked where --endpoint is given. A tree that came with \
      its call is given by --tree. Each must have the recorded digest.

      Of the chain, a replay looks at the lines beside the record; that nothing was changed or left out says \
      `smartflow audit verify`.

      Exit codes: 0 all agree, 1 one disagrees or does not fit its neighbours, 65 what was given is not what the \
      record says, 66 something is missing: the message says what. Of many records the first of these that occurs. 69 \
      a daemon has the store of trees.
      """)

  @Argument(help: "The folder of segments.")
  var directory: String

  @Option(help: "The record of this number.")
  var sequence: UInt64?

  @Option(help: ArgumentHelp("The records of this execution.", valueName: "id"))
  var execution: String?

  @Flag(help: "Every decision.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "Every decision recorded at or after: Unix seconds or 2026-11-24T10:00:00Z.",
      valueName: "instant"))
  var from: Instant?

  @Option(help: ArgumentHelp("Every decision recorded before.", valueName: "instant"))
  var to: Instant?

  @OptionGroup var context: ContextOptions

  @Option(
    help: ArgumentHelp(
      "A file of contexts, one JSON object a line, found by their digests; - is standard input.",
      valueName: "file"))
  var contexts: String?

  @Option(help: ArgumentHelp("The file of a tree that came with its call.", valueName: "file"))
  var tree: [String] = []

  @Option(help: ArgumentHelp("The daemon's folder, or a copy of it.", valueName: "path"))
  var stateDirectory: String?

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print one line of JSON for each record.")
  var json = false

  private var hasSpan: Bool { all || from != nil || to != nil }

  func validate() throws {
    let ways = [sequence != nil, execution != nil, hasSpan].count { $0 }
    guard ways == 1 else {
      throw ValidationError("Give one of --sequence, --execution, and --all or --from and --to.")
    }
    guard ([context.contextFile, contexts] + tree).count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Only one of the files can be standard input.")
    }
    guard stateDirectory == nil || connection.endpoint == nil else {
      throw ValidationError("Give either --state-directory or --endpoint.")
    }
  }

  func run() async throws {
    try await reporting {
      let isForOne = !hasSpan
      let contexts = try ReplayContexts(context, file: contexts, isForOne: isForOne)
      var trees = try ReplayTrees(files: tree, place: place(), isForOne: isForOne)
      var tally = ReplayTally()
      var records = try Audit.reading { () throws(AuditError) in try AuditRecords(in: directory) }
      while let (entry, links) = try Audit.reading({ () throws(AuditError) in
        try records.next(where: isWanted)
      }) {
        guard let report = try await replay(entry, links, contexts, &trees) else {
          tally.others += 1
          continue
        }
        tally.take(report)
        Terminal.print(json ? report.json.compactText : report.text)
        // Numbers come once.
        if sequence != nil { break }
      }
      try finish(tally)
    }
  }

  /// Where published trees are.
  private func place() -> ReplayTrees.Place {
    if connection.endpoint != nil { return .daemon(connection) }
    if let stateDirectory { return .file(stateDirectory + "/trees.sqlite") }
    var folder = directory
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    let file = Folder.containing(folder) + "/trees.sqlite"
    return Terminal.isFile(file) ? .file(file) : .nowhere
  }

  private func isWanted(_ entry: AuditEntry) -> Bool {
    if let sequence { return entry.sequence == sequence }
    // Most are not, and reading all of each takes longer.
    if let execution { return entry.text.contains(Array(execution.utf8)) }
    return true
  }

  /// - Returns: `nil` for a record that is none of a decision, or not one of those that are wanted.
  private func replay(
    _ entry: AuditEntry, _ links: AuditLinks, _ contexts: ReplayContexts,
    _ trees: inout ReplayTrees
  ) async throws -> ReplayReport? {
    let decision: RecordedDecision
    do throws(ReplayObstacle) {
      guard let read = try RecordedDecision(parsing: entry.text) else { return nil }
      decision = read
    } catch {
      return ReplayReport(entry: entry, links: links, decision: nil, result: .failure(error))
    }
    guard isWanted(decision) else { return nil }
    let result: Result<ReplayedDecision, ReplayObstacle>
    do {
      result = .success(try await replay(decision, contexts, &trees))
    } catch let obstacle as ReplayObstacle {
      result = .failure(obstacle)
    }
    return ReplayReport(entry: entry, links: links, decision: decision, result: result)
  }

  private func replay(
    _ decision: RecordedDecision, _ contexts: ReplayContexts, _ trees: inout ReplayTrees
  ) async throws -> ReplayedDecision {
    guard ["COMPLETED", "PARTIALLY_COMPLETED"].contains(decision.status) else {
      throw ReplayObstacle.notRepeatable(status: decision.status)
    }
    let (context, source) = try contexts.context(of: decision)
    let tree = try await trees.tree(of: decision)
    var replayed = ReplayedDecision(decision, by: tree, for: context)
    replayed.contextSource = source
    return replayed
  }

  private func isWanted(_ decision: RecordedDecision) -> Bool {
    if let execution { return decision.executionID == execution }
    if let from, decision.time.seconds < from.unixSeconds { return false }
    if let to, decision.time.seconds >= to.unixSeconds { return false }
    return true
  }

  private func finish(_ tally: ReplayTally) throws {
    guard tally.count > 0 else {
      if let sequence, tally.others > 0 {
        throw Failure(.noInput, "record \(sequence) is none of a decision")
      }
      throw Failure(.noInput, "`\(directory)` has no such decision")
    }
    if tally.count > 1, !json { Terminal.print(tally.text) }
    if let code = tally.code { throw ExitCode(code.rawValue) }
  }
}

/// How many records came to what.
struct ReplayTally {
  private var agree = 0
  private var disagree = 0
  private var notReplayed = 0
  private var misfits = 0
  private var codes: Set<Failure.Code> = []
  /// Records that are none of a decision.
  var others = 0

  var count: Int { agree + disagree + notReplayed }

  mutating func take(_ report: ReplayReport) {
    switch report.verdict {
    case .agrees: agree += 1
    case .disagrees: disagree += 1
    case .notReplayed: notReplayed += 1
    }
    if !report.links.hold { misfits += 1 }
    if let code = report.code { codes.insert(code) }
  }

  /// How the command ends; `nil` where all is well.
  var code: Failure.Code? { [.no, .badData, .noInput].first { codes.contains($0) } }

  var text: String {
    var text =
      "\(count) decisions: \(agree) agree, \(disagree) disagree, \(notReplayed) can't be replayed"
    if misfits > 0 { text += "; \(misfits) do not fit the lines beside them" }
    return text
  }
}
