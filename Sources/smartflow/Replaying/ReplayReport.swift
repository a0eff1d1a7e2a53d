internal import JSON
internal import Storage
internal import Telemetry

/// What there is to say of one record that was to be replayed.
struct ReplayReport {
  enum Verdict {
    case agrees
    case disagrees
    case notReplayed(ReplayObstacle)
  }

  let entry: AuditEntry
  let links: AuditLinks
  /// `nil` of a record that can't be read.
  let decision: RecordedDecision?
  let result: Result<ReplayedDecision, ReplayObstacle>

  var verdict: Verdict {
    switch result {
    case .failure(let obstacle): .notReplayed(obstacle)
    case .success(let replayed): replayed.differences.isEmpty ? .agrees : .disagrees
    }
  }

  /// How a command ends that has replayed no other; `nil` where all is well.
  var code: Failure.Code? {
    guard links.hold else { return .no }
    return switch verdict {
    case .agrees: nil
    case .disagrees: .no
    case .notReplayed(let obstacle): obstacle.code
    }
  }

  // MARK: For people

  var text: String {
    var lines = ["record \(entry.sequence) \(headline)"]
    switch result {
    case .failure(let obstacle): lines.append("  \(DisplayText.plain("\(obstacle)"))")
    case .success(let replayed):
      if let summary = decision.map(summary) { lines.append("  \(summary)") }
      lines += replayed.differences.map { "  " + text(of: $0) }
      if !replayed.differences.isEmpty, let release = otherRelease {
        lines.append("  decided by release \(release), replayed by \(SmartFlow.release)")
      }
      if !replayed.maskedParameters.isEmpty {
        let names = replayed.maskedParameters.joined(separator: ", ")
        lines.append("  masked in the record, and so not compared: \(DisplayText.plain(names))")
      }
    }
    lines.append("  segment \(entry.segment), line \(entry.line): \(linkText)")
    return lines.joined(separator: "\n")
  }

  private var headline: String {
    let verdict =
      switch verdict {
      case .agrees: "agrees"
      case .disagrees: "DISAGREES"
      case .notReplayed: "can't be replayed"
      }
    guard let decision else { return verdict }
    var now: [UInt8] = []
    decision.now.appendRFC3339(to: &now)
    let tree = decision.published.map { "\($0)" } ?? "tree \(decision.treeDigest.prefix(12))…"
    return DisplayText.plain(
      "\(verdict): \(tree) for \(DisplayText.quoted(decision.playerID)) at "
        + "\(String(decoding: now, as: UTF8.self)), execution \(decision.executionID)")
  }

  private func summary(_ decision: RecordedDecision) -> String {
    let count = decision.actions.count
    let source =
      switch result {
      case .success(let replayed): text(of: replayed.contextSource)
      case .failure: ""
      }
    return DisplayText.plain(
      "\(decision.status), \(count) action\(count == 1 ? "" : "s"), \(decision.fuelUsed) units of fuel; "
        + source)
  }

  private func text(of source: ReplayedDecision.ContextSource) -> String {
    switch source {
    case .record: "context from the record"
    case .file: "context from a file, of the recorded digest"
    case .settings: "context as it was set, of the recorded digest"
    }
  }

  private func text(of difference: ReplayedDecision.Difference) -> String {
    func words(_ value: JSONValue?) -> String {
      guard let value else { return "nothing" }
      return DisplayText.cut(
        DisplayText.plain(value.compactText), to: Self.quotedColumns, mark: "…")
    }
    return DisplayText.plain(difference.place)
      + ": recorded \(words(difference.recorded)), replayed \(words(difference.replayed))"
  }

  /// Columns of a value that a person is shown; `--json` has all of it.
  private static let quotedColumns = 200

  private var linkText: String {
    switch (links.followsTheOneBefore, links.isKnownToTheNext) {
    case (false, _): "DOES NOT FOLLOW the line before it; ask `smartflow audit verify`"
    case (true, false?): "IS NOT what the next line knows; ask `smartflow audit verify`"
    case (true, true?): "fits the lines beside it"
    case (true, nil): "fits the line before it, and is the last"
    }
  }

  /// The release that decided, where it is another than this one.
  private var otherRelease: String? {
    guard let decision, !decision.release.isEmpty, decision.release != SmartFlow.release else {
      return nil
    }
    return DisplayText.plain(decision.release)
  }

  // MARK: For programs

  /// One line.
  var json: JSONValue {
    var members: [(String, JSONValue)] = [("sequence", .number(Double(entry.sequence)))]
    if let decision { members.append(("executionId", .string(decision.executionID))) }
    switch result {
    case .failure(let obstacle):
      members += [
        ("verdict", .string("NOT_REPLAYED")), ("reason", .string(obstacle.reason)),
        ("message", .string("\(obstacle)")),
      ]
    case .success(let replayed):
      members += [
        ("verdict", .string(replayed.differences.isEmpty ? "AGREES" : "DISAGREES")),
        ("contextFrom", .string("\(replayed.contextSource)".uppercased())),
        ("differences", .array(replayed.differences.map(report))),
        ("masked", .array(replayed.maskedParameters.map { .string($0) })),
      ]
      if let release = decision?.release { members.append(("release", .string(release))) }
    }
    members += [
      ("segment", .number(Double(entry.segment))), ("line", .number(Double(entry.line))),
      ("followsTheOneBefore", .bool(links.followsTheOneBefore)),
      ("isKnownToTheNext", links.isKnownToTheNext.map { .bool($0) } ?? .null),
    ]
    return .object(members)
  }

  private func report(_ difference: ReplayedDecision.Difference) -> JSONValue {
    var members: [(String, JSONValue)] = [("place", .string(difference.place))]
    if let recorded = difference.recorded { members.append(("recorded", recorded)) }
    if let replayed = difference.replayed { members.append(("replayed", replayed)) }
    return .object(members)
  }
}
