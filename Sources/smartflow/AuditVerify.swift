internal import ArgumentParser
internal import JSON
internal import Storage

/// `smartflow audit verify`: whether the audit stands as it was written, and whether something is missing.
struct AuditVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every line, hash and signature.",
    discussion: """
      Two verdicts. Integrity: nothing was changed, moved or inserted. Completeness: nothing is missing, up to the \
      last checkpoint that is given; without checkpoints nobody knows what may have been cut off the end.

      Exit codes: 0 nothing was found, 1 something was, 65 the key's or another file is not what it should be, 66 a \
      file can't be read, 77 it may not be.
      """)

  @Argument(help: "The folder of segments.")
  var directory: String

  @Option(
    help: ArgumentHelp("The public key, which the daemon wrote beside its key.", valueName: "file"))
  var publicKey: String

  @Option(
    help: ArgumentHelp("Checkpoints, one a line, as they were kept elsewhere.", valueName: "file"))
  var checkpoints: String?

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func run() async throws {
    try await reporting {
      let verdict = try Audit.reading { () throws(AuditError) in
        try AuditVerifier.verify(
          directory: directory, publicKey: try AuditPublicKey(path: publicKey),
          checkpoints: checkpoints)
      }
      guard verdict.segments > 0 || checkpoints != nil else {
        throw Failure(.noInput, "`\(directory)` holds no segment of an audit")
      }
      if json {
        Terminal.print(report(verdict).prettyText)
      } else {
        for line in text(of: verdict) { Terminal.print(line) }
      }
      guard verdict.isSound else { throw ExitCode(Failure.Code.no.rawValue) }
    }
  }

  private func text(of verdict: AuditVerdict) -> [String] {
    let integrity =
      verdict.isIntact
      ? "holds: nothing was changed, moved or inserted"
      : "BROKEN at \(verdict.integrity.count) places"
    let completeness =
      switch verdict.completeness {
      case .holds(let sequence): "holds up to record \(sequence), which a checkpoint knows"
      case .unproven: "nothing is missing inside; without a checkpoint, the end is not proven"
      case .broken: "BROKEN at \(verdict.missing.count) places"
      }
    var lines = ["integrity     \(integrity)"]
    lines += verdict.integrity.map { "  \($0)" }
    lines.append("completeness  \(completeness)")
    lines += verdict.missing.map { "  \($0)" }
    lines.append(
      "\(verdict.segments) segments with \(verdict.records) records, \(verdict.firstSequence) to "
        + "\(verdict.lastSequence), sealed up to \(verdict.sealedSequence); "
        + "\(verdict.checkpoints) checkpoints")
    if verdict.unfinishedBytes > 0 {
      lines.append(
        "the last line is not finished (\(verdict.unfinishedBytes) bytes), as a crash leaves it")
    }
    return lines
  }

  private func report(_ verdict: AuditVerdict) -> JSONValue {
    func number(_ value: UInt64) -> JSONValue { .number(Double(value)) }
    func findings(_ list: [AuditFinding]) -> JSONValue {
      .array(
        list.map { finding in
          .object([
            ("segment", number(finding.segment)), ("line", .number(Double(finding.line))),
            ("byte", .number(Double(finding.byte))), ("sequence", number(finding.sequence)),
            ("message", .string(finding.description)),
          ])
        })
    }
    let completeness: (String, JSONValue) =
      switch verdict.completeness {
      case .holds(let sequence): ("holds", number(sequence))
      case .unproven: ("unproven", .null)
      case .broken: ("broken", .null)
      }
    return .object([
      (
        "integrity",
        .object([
          ("verdict", .string(verdict.isIntact ? "holds" : "broken")),
          ("findings", findings(verdict.integrity)),
        ])
      ),
      (
        "completeness",
        .object([
          ("verdict", .string(completeness.0)), ("upTo", completeness.1),
          ("findings", findings(verdict.missing)),
        ])
      ),
      ("segments", .number(Double(verdict.segments))), ("records", number(verdict.records)),
      ("firstSequence", number(verdict.firstSequence)),
      ("lastSequence", number(verdict.lastSequence)),
      ("sealedSequence", number(verdict.sealedSequence)),
      ("checkpoints", .number(Double(verdict.checkpoints))),
      ("unfinishedBytes", .number(Double(verdict.unfinishedBytes))),
    ])
  }
}
