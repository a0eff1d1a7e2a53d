/// Lines of a drawing, laid out for a width once all are there.
struct Canvas {
  /// How a piece of text looks where there is colour; without colour it reads the same.
  enum Style {
    case plain
    case strong
    case good
    case bad
    case faint

    fileprivate var escape: String? {
      switch self {
      case .plain: nil
      case .strong: "\u{1B}[1m"
      case .good: "\u{1B}[32m"
      case .bad: "\u{1B}[31m"
      case .faint: "\u{1B}[2m"
      }
    }
  }

  /// A piece of a line.
  struct Run {
    var text: String
    var style: Style
    /// Whether it is the first to be cut when the line is too long.
    var isElastic: Bool

    init(_ text: String, _ style: Style = .plain, isElastic: Bool = false) {
      self.text = text
      self.style = style
      self.isElastic = isElastic
    }
  }

  /// What a step took; it stands in columns of its own.
  struct Cost {
    var fuel: Int
    var elapsed: Duration
  }

  private struct Line {
    var runs: [Run]
    var cost: Cost?
  }

  let glyphs: Glyphs
  /// Columns of a line, or `nil` for as many as it takes.
  let width: Int?
  let isColored: Bool
  private var lines: [Line] = []

  init(glyphs: Glyphs, width: Int?, isColored: Bool) {
    self.glyphs = glyphs
    self.width = width
    self.isColored = isColored
  }

  var lineCount: Int { lines.count }

  mutating func add(_ runs: [Run], cost: Cost? = nil) { lines.append(Line(runs: runs, cost: cost)) }
  mutating func add(_ text: String, _ style: Style = .plain) { add([Run(text, style)]) }

  /// All lines, each ended.
  func text() -> String {
    let costs = lines.compactMap(\.cost)
    let fuelColumns = costs.map { fuel($0).count }.max() ?? 0
    // Fixed, since times differ from one run to the next and the drawing should not.
    let timeColumns = 8
    let costColumns = fuelColumns + 2 + timeColumns
    let longest = lines.filter { $0.cost != nil }.map { columns($0.runs) }.max() ?? 0
    let room = width.map { max($0 - costColumns - 2, 20) } ?? .max
    let left = min(longest, room)
    return lines.map { line in
      guard let cost = line.cost else {
        return rendered(fitted(line.runs, to: width ?? .max))
      }
      let runs = fitted(line.runs, to: left)
      let gap = left - columns(runs) + 2
      let text =
        padded(fuel(cost), fuelColumns) + "  "
        + padded(Self.time(cost.elapsed, glyphs), timeColumns)
      return rendered(runs + [Run(String(repeating: " ", count: gap) + text, .faint)])
    }.map { $0 + "\n" }.joined()
  }

  /// A length of time as people read it: three figures and a unit.
  static func time(_ duration: Duration, _ glyphs: Glyphs) -> String {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) / 1e9
    let units = [("ns", 1.0), (glyphs.micro, 1e3), ("ms", 1e6), ("s", 1e9)]
    // What would round up to a thousand is one of the next unit.
    let unit = units.first { nanoseconds < 999.95 * $0.1 } ?? units[3]
    let tenths = (nanoseconds / unit.1 * 10).rounded()
    let number =
      unit.1 == 1
      ? "\(Int(nanoseconds.rounded()))"
      : "\(Int(tenths / 10)).\(Int(tenths.truncatingRemainder(dividingBy: 10)))"
    return number + " " + unit.0
  }

  /// A number with its thousands apart.
  static func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + String(text.reversed())
  }

  private func fuel(_ cost: Cost) -> String { Self.grouped(cost.fuel) + " fuel" }

  private func padded(_ text: String, _ columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - text.count)) + text
  }

  private func columns(_ runs: [Run]) -> Int {
    runs.reduce(0) { $0 + DisplayText.columns($1.text) }
  }

  /// The runs in so many columns: elastic ones are cut first, then the end of the line.
  private func fitted(_ runs: [Run], to room: Int) -> [Run] {
    var runs = runs
    var excess = columns(runs) - room
    for index in runs.indices where excess > 0 && runs[index].isElastic {
      let own = DisplayText.columns(runs[index].text)
      let cut = DisplayText.cut(
        runs[index].text, to: max(own - excess, min(own, 8)), mark: glyphs.ellipsis)
      excess -= own - DisplayText.columns(cut)
      runs[index].text = cut
    }
    while excess > 0, let last = runs.popLast() {
      let own = DisplayText.columns(last.text)
      if own > excess {
        let text = DisplayText.cut(last.text, to: own - excess, mark: glyphs.ellipsis)
        return runs + [Run(text, last.style)]
      }
      excess -= own
    }
    return runs
  }

  private func rendered(_ runs: [Run]) -> String {
    var text = ""
    for run in runs where !run.text.isEmpty {
      if isColored, let escape = run.style.escape {
        text += escape + run.text + "\u{1B}[0m"
      } else {
        text += run.text
      }
    }
    // Nobody sees spaces at the end, and whoever copies them is annoyed.
    while text.last == " " { text.removeLast() }
    return text
  }
}
