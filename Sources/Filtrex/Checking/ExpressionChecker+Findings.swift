extension ExpressionChecker {
  /// Why a condition always comes out the same.
  private enum Reason {
    /// Nothing in it changes.
    case itself
    case schema
    /// It came out otherwise before.
    case earlier(FactSource)
    /// There was more to look at than is looked at.
    case unknown
  }

  /// What there is to say of the expression that was checked last, in the order of the places.
  package var diagnostics: [Diagnostic] {
    findings.map(\.diagnostic).sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  func text(_ id: SyntaxTree.NodeID) -> String { text(tree[id].range) }

  private func text(_ range: Range<Int>, of place: Int? = nil) -> String {
    let expression = places[place ?? places.count - 1].expression.utf8
    let start = expression.index(expression.startIndex, offsetBy: range.lowerBound)
    let end = expression.index(start, offsetBy: range.count)
    return ShapeText.shortened(String(decoding: expression[start..<end], as: UTF8.self))
  }

  private mutating func report(_ finding: Finding) {
    switch mode {
    case .silent: return
    // What is wrong with a place that is never reached is wrong all the same; how it would come out is not said.
    case .dead where finding.severity == .note || finding.isConstant: return
    case .dead, .speaking: findings.append(finding)
    }
  }

  // MARK: - Conditions that always come out the same

  /// Says so if only one outcome is left.
  ///
  /// - Parameters:
  ///   - decision: How the condition can come out.
  ///   - range: Its place.
  ///   - operands: What it compares.
  ///   - facts: What is known where it is evaluated.
  ///   - again: Decides once more, knowing less.
  /// - Returns: The decision, with what was said.
  mutating func settle(
    _ decision: Decision, _ range: Range<Int>, _ operands: [SyntaxTree.NodeID], _ facts: Facts,
    again: (inout Self, Facts) -> Decision
  ) -> Decision {
    guard mode == .speaking, decision.isConstant else { return decision }
    var settled = decision
    if let last = findings.last, last.isConstant, range.lowerBound <= last.range.lowerBound,
      last.range.upperBound <= range.upperBound
    {
      // What is in it always comes out the same; that is one mistake.
      settled.cause = findings.count - 1
      return settled
    }
    let isTrue = decision.whenFalse == nil
    let reason = reason(isTrue, facts, again)
    var finding = Finding(
      severity: .warning, code: isTrue ? .alwaysTrue : .alwaysFalse, range: range,
      statement: "`\(text(range))` is \(isTrue ? "always" : "never") true", remedy: "",
      isConstant: true)
    explain(&finding, reason, operands)
    findings.append(finding)
    settled.cause = findings.count - 1
    return settled
  }

  /// Looks at a condition with less and less of what is known, the newest left out first.
  private mutating func reason(
    _ isTrue: Bool, _ facts: Facts, _ again: (inout Self, Facts) -> Decision
  ) -> Reason {
    mode = .silent
    defer { mode = .speaking }
    func holds(_ checker: inout Self, _ facts: Facts) -> Bool {
      let decision = again(&checker, facts)
      return decision.isConstant && (decision.whenFalse == nil) == isTrue
    }
    guard reasonsLeft > 0 else { return .unknown }
    if holds(&self, Facts()) {
      guard hasSchema else { return .itself }
      let declared = context
      context = .any
      defer { context = declared }
      return holds(&self, Facts()) ? .itself : .schema
    }
    var known = facts
    while let newest = known.newest, reasonsLeft > 0 {
      known = known.withoutNewest
      if !holds(&self, known) { return .earlier(newest.source) }
    }
    return .unknown
  }

  private mutating func explain(
    _ finding: inout Finding, _ reason: Reason, _ operands: [SyntaxTree.NodeID]
  ) {
    switch reason {
    case .itself:
      finding.reason = ", whatever the context"
      finding.remedy = "compare something that can change, or leave it out"
    case .schema:
      finding.reason = ", by the context's schema"
      finding.remedy = "change it, or the schema"
      explainBySchema(&finding, operands)
    case .earlier(let source):
      finding.statement += " here"
      finding.reason = reasonText(source)
      finding.remedy = "change one of the two, or leave this one out"
      finding.source = source
      // Until something is found to depend on it, it is no more than superfluous.
      finding.severity = .note
    case .unknown:
      finding.statement += " here"
      finding.reason = ", after what was decided before"
      finding.remedy = "change it, or leave it out"
      finding.severity = .note
    }
  }

  private func reasonText(_ source: FactSource) -> String {
    let outcome =
      source.outcome.map { $0 ? "is true" : "is false" } ?? "has been evaluated"
    let place = source.place
    let location = place == places.count - 1 ? "" : " at `\(ShapeText.path(places[place].path))`"
    return ", since `\(text(source.range, of: place))`\(location) \(outcome)"
  }

  /// Names what the schema says of the one thing that the condition is about.
  private mutating func explainBySchema(_ finding: inout Finding, _ operands: [SyntaxTree.NodeID]) {
    mode = .silent
    defer { mode = .speaking }
    let subjects = operands.filter { isProperty($0) }
    guard let subject = subjects.first, subjects.count == 1 else { return }
    let shape = value(subject, Facts()).shape
    guard !shape.isEmpty else { return }
    let name = text(subject)
    if finding.statement.hasPrefix("`exists"), tree[subject].range != finding.range {
      finding.reason = ", since the schema requires `\(name)`, and it is not null"
      return
    }
    finding.reason = ", since `\(name)` is \(ShapeText.text(shape)) by the context's schema"
    guard let other = operands.first(where: { $0 != subject }) else { return }
    let compared = value(other, Facts()).shape
    switch compared.single {
    case .text(let text)? where shape.kinds == .number && Self.isNumeral(text):
      suggest(&finding, "write `\(text)` without quotes", text)
    case .number? where shape.kinds == .text:
      let quoted = "\"\(self.text(other))\""
      suggest(&finding, "write `\(quoted)`", quoted)
    case .text(let text)?:
      guard let nearest = nearest(to: text, in: shape.anyTexts.values?.texts ?? []) else { return }
      let quoted = ShapeText.quoted(nearest)
      suggest(&finding, "did you mean `\(quoted)`?", quoted)
    default: break
    }
  }

  /// The name that was probably meant, of those that are as long, as far as anybody looks.
  mutating func nearest(to name: String, in names: [String]) -> String? {
    guard reasonsLeft > 0 else { return nil }
    let count = name.utf8.count
    let similar = names.lazy.filter { abs($0.utf8.count - count) <= max(1, count / 3) }
      .prefix(Limits.checkedTexts)
    reasonsLeft -= similar.count
    return NearestName.nearest(to: name, in: similar)
  }

  private func suggest(_ finding: inout Finding, _ remedy: String, _ suggestion: String) {
    finding.remedy = remedy
    finding.suggestion = suggestion
  }

  /// Whether a text would be a number without its quotes.
  private static func isNumeral(_ text: String) -> Bool {
    let parts = (text.utf8.first == UInt8(ascii: "-") ? text.dropFirst() : text[...])
      .utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count <= 2
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
      }
  }

  private func isProperty(_ id: SyntaxTree.NodeID) -> Bool {
    switch tree[id].kind {
    case .name, .property: true
    default: false
    }
  }

  /// Takes note that something follows from a condition that always comes out the same.
  ///
  /// - Parameters:
  ///   - decision: How it comes out.
  ///   - id: The condition.
  ///   - count: How many findings there were before it was looked at.
  ///   - whole: What it is a part of: what was known before that makes something unreachable, rather than
  ///     a condition constant.
  ///   - consequence: What is never reached, if anything.
  /// - Returns: The finding that says so.
  @discardableResult
  mutating func absorb(
    _ decision: Decision, _ id: SyntaxTree.NodeID, since count: Int, within whole: Range<Int>,
    _ consequence: String?
  ) -> Int? {
    guard mode == .speaking else { return nil }
    let index: Int
    if let known = decision.cause ?? findings[count...].lastIndex(where: \.isConstant) {
      index = known
    } else if findings[count...].contains(where: { $0.severity == .warning }) {
      // It comes of a mistake that has been told.
      return nil
    } else {
      // Nothing in it was found to be constant but a literal, or the two sides of an `if` are the same.
      let isTrue = decision.whenFalse == nil
      findings.append(
        Finding(
          severity: .warning, code: isTrue ? .alwaysTrue : .alwaysFalse, range: tree[id].range,
          statement: "`\(text(id))` is \(isTrue ? "always" : "never") true",
          reason: isLiteral(id) ? "" : ", however it comes out inside",
          remedy: "leave out what is never reached, or let it depend on something",
          isConstant: true))
      index = findings.count - 1
    }
    findings[index].severity = .warning
    guard let consequence else { return index }
    findings[index].consequence = consequence
    if let source = findings[index].source,
      source.place != places.count - 1 || !whole.contains(source.range.lowerBound)
    {
      findings[index].code = .unreachableBranch
    }
    return index
  }

  // MARK: - Kinds

  /// A value that is never of a kind that does.
  mutating func reportKind(
    _ kinds: KindSet, _ estimate: Estimate, _ wanted: KindSet, _ id: SyntaxTree.NodeID,
    _ user: String, _ facts: Facts
  ) {
    guard mode != .silent else { return }
    var fact = estimate.subject.flatMap { subject in facts.all.first { $0.subject == subject } }
    // What came first is the reason.
    while let older = fact?.older, older.shape.unwrapped.kinds.isDisjoint(with: wanted) {
      fact = older
    }
    let isText = kinds == .text
    let isSchemas = estimate.isDeclared && isAlways(id, notOf: wanted)
    var finding = Finding(
      severity: .warning, code: .unexpectedType, range: tree[id].range,
      statement:
        "\(user) wants a \(ShapeText.wanted(wanted)), and `\(text(id))` is \(ShapeText.text(kinds))",
      reason: isSchemas
        ? " by the context's schema" : fact.map { reasonText($0.source) } ?? "",
      remedy: "")
    switch wanted {
    case .number where isText:
      if case .text(let text) = tree[id].kind, Self.isNumeral(text) {
        suggest(&finding, "write `\(text)` without quotes", text)
      } else {
        suggest(&finding, "write `number(\(text(id)))`", "number(\(text(id)))")
      }
    case .text where kinds == .number:
      suggest(&finding, "write `text(\(text(id)))`", "text(\(text(id)))")
    case .logical: finding.remedy = "compare it with something"
    default:
      finding.remedy =
        kinds == .null && !isLiteral(id)
        ? "ask `exists(\(text(id)))` before" : "use something of the right type"
    }
    report(finding)
  }

  /// Whether that holds whatever was decided before.
  private mutating func isAlways(_ id: SyntaxTree.NodeID, notOf wanted: KindSet) -> Bool {
    let before = mode
    mode = .silent
    defer { mode = before }
    return value(id, Facts()).shape.unwrapped.kinds.isDisjoint(with: wanted)
  }

  /// A declared value that is sometimes of a kind that does not do.
  mutating func noteKind(
    _ rest: KindSet, _ wanted: KindSet, _ id: SyntaxTree.NodeID, _ user: String
  ) {
    let range = tree[id].range
    // A property that may be missing has been told to be asked for already.
    guard !rest.isEmpty, findings.last?.code != .optionalProperty || findings.last?.range != range
    else { return }
    report(
      Finding(
        severity: .note, code: .unexpectedType, range: range,
        statement:
          "\(user) wants a \(ShapeText.wanted(wanted)), and `\(text(id))` may be \(ShapeText.text(rest)) by the context's schema",
        remedy: rest == .null
          ? "ask `exists(\(text(id)))` before"
          : rest == .list ? "take one of its elements" : "decide first which of them it is"))
  }

  // MARK: - Properties

  mutating func reportUnlisted(
    _ id: SyntaxTree.NodeID, _ name: String, _ part: Range<Int>, _ known: [String]
  ) {
    let range = tree[id].range
    let isWhole = part.count == name.utf8.count
    // In quotes and with escapes a part's place is not its offset.
    let isPlain = range.count == name.utf8.count
    let utf8 = name.utf8
    let start = utf8.index(utf8.startIndex, offsetBy: part.lowerBound)
    let end = utf8.index(start, offsetBy: part.count)
    let nearest = nearest(to: String(name[start..<end]), in: known)
    let meant = nearest.map { String(name[..<start]) + $0 + String(name[end...]) }
    reportUnlisted(
      isPlain && !isWhole
        ? range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound : range,
      String(name[..<end]), known: known, meant: meant)
  }

  mutating func reportUnlisted(
    _ range: Range<Int>, _ name: String, known: [String], meant: String?
  ) {
    let listed = known.prefix(10).map { "`\($0)`" }.joined(separator: ", ")
    let more = known.count > 10 ? " and \(known.count - 10) more" : ""
    report(
      Finding(
        severity: .warning, code: .unknownProperty, range: range,
        statement: "the context's schema has no property `\(ShapeText.shortened(name))`",
        remedy: meant.map { "did you mean `\($0)`?" }
          ?? (known.isEmpty ? "declare it there" : "there are \(listed)\(more)"),
        suggestion: meant))
  }

  /// A property that is known not to be there.
  mutating func reportMissing(
    _ id: SyntaxTree.NodeID, _ name: String, _ subject: SubjectTable.ID?, _ facts: Facts
  ) {
    let source = subject.flatMap { subject in facts.all.first { $0.subject == subject }?.source }
    report(
      Finding(
        severity: .warning, code: .unknownProperty, range: tree[id].range,
        statement: "the context never has a property `\(ShapeText.shortened(name))` here",
        reason: source.map(reasonText) ?? ", by its schema",
        remedy: "read it where it is there"))
  }

  /// A value that has no such property.
  mutating func reportNoMember(
    _ range: Range<Int>, _ name: String, _ object: SyntaxTree.NodeID
  ) {
    report(
      Finding(
        severity: .warning, code: .unknownProperty, range: range,
        statement: "`\(text(object))` never has a property `\(ShapeText.shortened(name))`",
        remedy: "look for it with its right name"))
  }

  mutating func noteOptional(_ id: SyntaxTree.NodeID) {
    let written = text(id)
    report(
      Finding(
        severity: .note, code: .optionalProperty, range: tree[id].range,
        statement: "`\(written)` may be missing by the context's schema",
        remedy: "ask `exists(\(written))` before, or let the schema require it"))
  }

  /// A member that may be missing, for which there is no `exists`.
  mutating func noteOptional(_ id: SyntaxTree.NodeID, named range: Range<Int>) {
    report(
      Finding(
        severity: .note, code: .optionalProperty, range: range,
        statement: "`\(text(id))` may be missing by the context's schema",
        remedy: "name it as a path, and ask `exists` of that before, or let the schema require it"))
  }
}
