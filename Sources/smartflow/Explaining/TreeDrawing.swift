internal import JSON

/// Draws an explained tree for people.
struct TreeDrawing {
  private var canvas: Canvas
  private let explanation: Explanation
  /// Draws what was not taken as well, and cuts nothing.
  private let showsAll: Bool
  /// Nodes too deep to be drawn in place; each begins at the left margin again.
  private var deferred: [ExplainedNode] = []
  /// Nodes that were taken and not drawn.
  private var leftOut = 0

  /// Lines after which a drawing, unless all is wanted, keeps to what has failed: nobody reads on.
  private static let longestLines = 1_000
  /// Cases in a row that do not hold and are drawn one by one.
  private static let passedInFull = 8

  private var glyphs: Glyphs { canvas.glyphs }

  /// The drawing as text, each line ended.
  static func text(
    of root: ExplainedNode, _ explanation: Explanation, glyphs: Glyphs, width: Int?,
    isColored: Bool, showsAll: Bool
  ) -> String {
    var drawing = TreeDrawing(
      canvas: Canvas(glyphs: glyphs, width: showsAll ? nil : width, isColored: isColored),
      explanation: explanation, showsAll: showsAll)
    drawing.drawAll(root)
    return drawing.canvas.text()
  }

  private init(canvas: Canvas, explanation: Explanation, showsAll: Bool) {
    self.canvas = canvas
    self.explanation = explanation
    self.showsAll = showsAll
  }

  private mutating func drawAll(_ root: ExplainedNode) {
    draw(root, lead: "", rest: "")
    // Each of these may put off others, and all are nodes of one tree.
    var next = 0
    while next < deferred.count {
      canvas.add("")
      // The end of a path says more of where it leads than its beginning.
      canvas.add(
        DisplayText.cutFront(
          deferred[next].path + ":", to: canvas.width ?? .max, mark: glyphs.ellipsis), .faint)
      draw(deferred[next], lead: "", rest: "", isDeferred: true)
      next += 1
    }
    summarize()
  }

  // MARK: Nodes

  /// What hangs below a node.
  private enum Entry {
    case node(ExplainedNode, tried: Explanation.Step?)
    /// Several that were not taken, on one line.
    case group([ExplainedNode], wereTried: Bool)
    /// A side that was taken and is not there.
    case nothing(String)
  }

  /// Recursion is as deep as the tree nests.
  private mutating func draw(
    _ node: ExplainedNode, tried: Explanation.Step? = nil, lead: String, rest: String,
    isDeferred: Bool = false
  ) {
    let isTooLong =
      !showsAll && !node.containsFailure && canvas.lineCount > Self.longestLines
      && node.nodeCount > 1
    if isTooLong && node.isTaken { leftOut += node.nodeCount - 1 }
    let isOpen = showsAll || node.isTaken && !isTooLong
    let isTooDeep = isOpen && !isDeferred && !fits(rest, node)
    let entries = isOpen && !isTooDeep ? entries(of: node) : []
    canvas.add(head(of: node, tried: tried, lead: lead, isOpen: isOpen, isTooDeep: isTooDeep))
    let indent = rest + (entries.isEmpty ? "  " : glyphs.through) + "  "
    if let tried {
      draw(tried, indent, word: "if ")
    } else if showsAll, let expression = node.caseExpression {
      canvas.add([
        .init(indent), .init("if " + DisplayText.plain(expression), .faint, isElastic: true),
      ])
    }
    if isTooDeep { return deferred.append(node) }
    guard isOpen else { return }
    drawDetails(of: node, indent)
    for (index, entry) in entries.enumerated() {
      let isLast = index == entries.count - 1
      draw(
        entry, lead: rest + (isLast ? glyphs.lastBranch : glyphs.branch),
        rest: rest + (isLast ? "  " : glyphs.through))
    }
  }

  private mutating func draw(_ entry: Entry, lead: String, rest: String) {
    switch entry {
    case .node(let node, let tried): draw(node, tried: tried, lead: lead, rest: rest)
    case .nothing(let label):
      canvas.add([
        .init(lead), .init(glyphs.taken, .good), .init(" \(label): "), .init("nothing to do"),
      ])
    case .group(let nodes, let wereTried):
      let labels = [nodes.first, nodes.last].compactMap { $0?.groupLabel }
      let count = nodes.reduce(0) { $0 + $1.nodeCount }
      let mark = wereTried ? glyphs.passed : glyphs.untaken
      canvas.add([
        .init(lead),
        .init(
          "\(mark) \(labels.joined(separator: " to ")): "
            + (wereTried ? "none holds, " : "") + "\(Canvas.grouped(count)) nodes", .faint),
      ])
    }
  }

  /// Whether a node with all that hangs on it can stand so far to the right.
  private func fits(_ rest: String, _ node: ExplainedNode) -> Bool {
    guard let width = canvas.width, !node.children.isEmpty else { return true }
    return DisplayText.columns(rest) <= max(min(width / 2, width - 48), 8)
  }

  private func head(
    of node: ExplainedNode, tried: Explanation.Step?, lead: String, isOpen: Bool, isTooDeep: Bool
  ) -> [Canvas.Run] {
    let (mark, style) = mark(of: node, tried)
    let isFaint = !node.isTaken
    var runs: [Canvas.Run] = [.init(lead), .init(mark, style)]
    runs.append(.init(node.label.map { " \($0): " } ?? " ", isFaint ? .faint : .plain))
    runs.append(.init(DisplayText.plain(node.type), isFaint ? .faint : .strong))
    if let name = node.name {
      runs.append(
        .init(
          " " + quoted(name), isFaint ? .faint : .plain, isElastic: true))
    }
    if let id = node.id { runs.append(.init(" #" + DisplayText.plain(id), .faint)) }
    if node.parameters["onFailure"] == .string("stop"), isOpen {
      runs.append(.init(", stops on failure", .faint))
    }
    if !isOpen, node.nodeCount > 1 {
      runs.append(.init(", \(Canvas.grouped(node.nodeCount)) nodes", .faint))
    }
    if isTooDeep { runs.append(.init(" \(glyphs.below) drawn below", .faint)) }
    return runs
  }

  private func mark(
    of node: ExplainedNode, _ tried: Explanation.Step?
  ) -> (String, Canvas.Style) {
    if node.hasFailed || tried?.fault != nil { return (glyphs.failed, .bad) }
    if node.isTaken { return (glyphs.taken, .good) }
    return (tried == nil ? glyphs.untaken : glyphs.passed, .faint)
  }

  private func entries(of node: ExplainedNode) -> [Entry] {
    var entries: [Entry] = []
    var untaken: [ExplainedNode] = []
    var passed: [(node: ExplainedNode, step: Explanation.Step)] = []
    func flush() {
      entries += Self.passed(passed, limit: showsAll ? .max : Self.passedInFull)
      // Three lines are read at a glance; more of what did not happen hides what did.
      if untaken.count > 3 && !showsAll {
        entries.append(.group(untaken, wereTried: false))
      } else {
        entries += untaken.map { .node($0, tried: nil) }
      }
      untaken = []
      passed = []
    }
    for child in node.children {
      let tried = node.step(thatTried: child)
      if child.isTaken || tried?.fault != nil {
        flush()
        entries.append(.node(child, tried: tried))
      } else if let tried {
        passed.append((child, tried))
      } else {
        untaken.append(child)
      }
    }
    flush()
    if let missing = node.missingSide { entries.append(.nothing(missing)) }
    return entries
  }

  /// Cases that do not hold: all, or the first and the last of many.
  private static func passed(
    _ cases: [(node: ExplainedNode, step: Explanation.Step)], limit: Int
  ) -> [Entry] {
    let all = cases.map { Entry.node($0.node, tried: $0.step) }
    guard all.count > limit else { return all }
    return all.prefix(2) + [.group(cases.dropFirst(2).dropLast(2).map(\.node), wereTried: true)]
      + all.suffix(2)
  }

  // MARK: What a node did

  private mutating func drawDetails(of node: ExplainedNode, _ indent: String) {
    switch node.type {
    case "Switch" where node.isInner: for step in node.steps { draw(step, indent, word: "if ") }
    case "Switch", "Sequence": break
    case "SubTree": drawSource(node, "treeId", indent)
    case "Condition":
      for step in node.steps { draw(step, indent) }
      if node.steps.isEmpty { drawSource(node, "expression", indent) }
    case "Split":
      for step in node.steps { drawSplit(step, node, indent) }
      if node.steps.isEmpty { drawSource(node, "key", indent) }
    default: drawParameters(of: node, indent)
    }
    // What a step says of itself is not said again.
    guard !node.steps.contains(where: { $0.fault != nil }) else { return }
    if let fault = node.action?.fault ?? node.failing?.fault { draw(fault, indent) }
  }

  private mutating func drawSource(_ node: ExplainedNode, _ key: String, _ indent: String) {
    guard case .string(let source)? = node.parameters[key] else { return }
    canvas.add([.init(indent), .init(DisplayText.plain(source), .faint, isElastic: true)])
  }

  private mutating func drawSplit(
    _ step: Explanation.Step, _ node: ExplainedNode, _ indent: String
  ) {
    if !step.expression.isEmpty { draw(step, indent) }
    guard let split = step.split else { return }
    let key = step.expression.isEmpty ? "player \(quoted(explanation.playerID))" : "key"
    var runs: [Canvas.Run] = [.init(indent), .init(key, isElastic: true)]
    if case .string(let salt)? = node.parameters["salt"], !salt.isEmpty {
      runs.append(.init(" with salt \(quoted(salt))", isElastic: true))
    }
    // Which share that is, its mark says.
    let place = JSONValue.number((split.fraction * 10_000).rounded(.down) / 10_000).compactText
    runs += [.init(" \(glyphs.arrow) "), .init(place, .strong)]
    canvas.add(runs, cost: step.expression.isEmpty ? cost(step) : nil)
  }

  private func quoted(_ text: String) -> String {
    DisplayText.plain(JSONValue.string(text).compactText)
  }

  private mutating func drawParameters(of node: ExplainedNode, _ indent: String) {
    let rendered = node.action?.parameters
    // In the tree's own order, since a message's map has none.
    for (key, source) in node.parameters {
      let value = rendered?[key] ?? source
      let place = (JSONPointer(parsing: node.path) ?? JSONPointer())
        .appending("parameters").appending(key).description
      let steps = node.steps.filter {
        $0.expressionPath == place || $0.expressionPath.hasPrefix(place + "/")
      }
      // What was not rendered says nothing but where an expression failed.
      guard rendered != nil || !steps.isEmpty || !node.isTaken else { continue }
      canvas.add([
        .init(indent), .init(DisplayText.plain(key) + ": "),
        .init(DisplayText.plain(value.compactText), node.isTaken ? .plain : .faint),
      ])
      for step in steps { draw(step, indent + "  ") }
    }
  }

  // MARK: Steps

  private mutating func draw(
    _ step: Explanation.Step, _ indent: String, word: String = ""
  ) {
    let source = DisplayText.plain(step.expression)
    if let fault = step.fault, let range = fault.range, step.result == nil {
      let room = canvas.width.map { $0 - DisplayText.columns(indent + word) - 22 }
      let excerpt = MarkedExpression(step.expression, range, room: room, mark: glyphs.ellipsis)
      canvas.add([.init(indent), .init(word, .faint), .init(excerpt.line)], cost: cost(step))
      let space = String(repeating: " ", count: word.count)
      canvas.add([.init(indent + space), .init(excerpt.marks, .bad)])
    } else {
      let outcome =
        step.result.map { shortened($0, isCut: step.isResultCut) } ?? "stopped in the middle"
      canvas.add(
        [
          .init(indent), .init(word, .faint), .init(source, isElastic: true),
          .init(" \(glyphs.arrow) "),
          .init(outcome, step.fault == nil ? .strong : .bad),
        ],
        cost: cost(step))
    }
    if let fault = step.fault { draw(fault, indent) }
    draw(step.reads, of: step, indent)
  }

  private mutating func draw(_ fault: Explanation.Fault, _ indent: String) {
    let text = (fault.reason.isEmpty ? "" : fault.reason + ": ") + fault.message
    let room = canvas.width.map { max($0 - DisplayText.columns(indent), 20) } ?? .max
    for line in DisplayText.wrapped(DisplayText.plain(text), to: room) {
      canvas.add([.init(indent), .init(line, .bad)])
    }
  }

  private mutating func draw(
    _ reads: [Explanation.Read], of step: Explanation.Step, _ indent: String
  ) {
    // `name → "Maria"` needs no `where name = "Maria"`.
    if reads.count == 1, reads[0].name == step.expression, reads[0].value == step.result { return }
    // And what is missing was the fault.
    if reads.count == 1, reads[0].value == nil, step.fault != nil { return }
    let texts = reads.map { read in
      let name = DisplayText.plain(read.name)
      return read.value.map { "\(name) = \(shortened($0, isCut: read.isCut))" }
        ?? "\(name) is missing"
    }
    guard !texts.isEmpty else { return }
    let word = "where "
    let room = canvas.width.map { $0 - DisplayText.columns(indent) - word.count } ?? .max
    var lines: [String] = []
    for text in texts {
      if let last = lines.last, DisplayText.columns(last + ", " + text) <= room {
        lines[lines.count - 1] = last + ", " + text
      } else {
        if !lines.isEmpty { lines[lines.count - 1] += "," }
        lines.append(text)
      }
    }
    for (index, line) in lines.enumerated() {
      let lead = index == 0 ? word : String(repeating: " ", count: word.count)
      canvas.add([.init(indent), .init(lead + line, .faint)])
    }
  }

  /// A value on a part of a line.
  private func shortened(_ value: JSONValue, isCut: Bool) -> String {
    let text = DisplayText.plain(value.compactText) + (isCut ? glyphs.ellipsis : "")
    return showsAll ? text : DisplayText.cut(text, to: 48, mark: glyphs.ellipsis)
  }

  private func cost(_ step: Explanation.Step) -> Canvas.Cost {
    Canvas.Cost(fuel: step.fuelUsed, elapsed: step.elapsed)
  }

  // MARK: The end

  private mutating func summarize() {
    canvas.add("")
    if explanation.omittedSteps > 0 {
      canvas.add(
        "\(Canvas.grouped(explanation.omittedSteps)) later steps are not told, since the trace is full: what they led to looks not taken",
        .faint)
    }
    if leftOut > 0 {
      canvas.add(
        "\(Canvas.grouped(leftOut)) nodes of the way are not drawn: --all draws them", .faint)
    }
    var parts: [String] = []
    if let failing = explanation.failing {
      parts.append("not decided: \(failing.fault.reason)")
    } else {
      let failed = explanation.actions.count { $0.fault != nil }
      let count = explanation.actions.count
      parts.append(count == 1 ? "1 action" : "\(Canvas.grouped(count)) actions")
      if failed > 0 { parts[0] += ", \(failed) failed" }
    }
    let bound =
      explanation.fuelBound == .max ? "" : " of at most \(Canvas.grouped(explanation.fuelBound))"
    parts.append("fuel \(Canvas.grouped(explanation.fuelUsed))\(bound)")
    parts.append(Canvas.time(explanation.elapsed, glyphs))
    parts.append("tree \(explanation.digest.prefix(12))")
    if case .daemon(let identifier) = explanation.decider, !identifier.isEmpty {
      parts.append("execution \(identifier)")
    }
    var line = ""
    for part in parts {
      let longer = line.isEmpty ? part : line + glyphs.dot + part
      if let width = canvas.width, !line.isEmpty, DisplayText.columns(longer) > width {
        canvas.add(line)
        line = part
      } else {
        line = longer
      }
    }
    canvas.add(line)
  }
}
