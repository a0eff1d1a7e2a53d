extension Program {
  /// The program as text, one instruction a line, for people.
  ///
  /// Each line has the place in the code, the instruction with its operands, what it takes in units of fuel, and the
  /// part of the expression it belongs to; the last one has the bounds of the whole.
  public var disassembly: String {
    let lines = listing.map { line in
      (
        place: "\(line.index)",
        words: Self.shortened(([line.opcode] + line.operands).joined(separator: " "), to: 48),
        fuel: line.fuel, bound: "<= \(line.fuelBound)",
        source: Self.shortened(source(line.range), to: 64)
      )
    }
    let widths = (
      place: lines.map(\.place.count).max() ?? 0, words: lines.map(\.words.count).max() ?? 0,
      fuel: lines.map(\.fuel.count).max() ?? 0, bound: lines.map(\.bound.count).max() ?? 0
    )
    var text = ""
    for line in lines {
      text +=
        Self.padded(line.place, widths.place) + Self.padded(line.words, widths.words)
        + Self.padded(line.fuel, widths.fuel) + Self.padded(line.bound, widths.bound)
        + line.source + "\n"
    }
    return text + "fuel <= \(fuelBound), stack <= \(stackDepth)\n"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count) + 2)
  }

  /// One line, cut where it is longer than a person reads.
  private static func shortened(_ text: String, to width: Int) -> String {
    var line = ""
    for character in text {
      if line.count == width { return line.dropLast(3) + "..." }
      let isControl = character.unicodeScalars.contains {
        $0.properties.generalCategory == .control
      }
      line.append(isControl ? " " : character)
    }
    return line
  }

  private func source(_ range: Range<Int>) -> String {
    String(
      decoding: expression.utf8.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
  }

  /// The opcodes and the functions with what each does and takes, as Markdown.
  public static var instructionSet: String {
    var text = """
      | opcode | operands | takes | leaves | fuel | |
      | --- | --- | --- | --- | --- | --- |

      """
    for row in OpcodeRow.all {
      let operands = row.operands.map(\.rawValue).joined(separator: ", ")
      let pops = row.opcode == .call ? "arguments" : "\(row.pops)"
      let pushes = row.pushesAtTarget.flatMap {
        $0 == row.pushes ? nil : "\(row.pushes), or \($0) at the target"
      }
      text +=
        "| `\(row.name)` | \(operands) | \(pops) | \(pushes ?? "\(row.pushes)") | \(row.fuel.summary) | \(row.summary) |\n"
    }
    text += """

      | function | value | fuel at most, over the call's own | |
      | --- | --- | --- | --- |

      """
    for row in FunctionTable.rows {
      text +=
        "| `\(row.signature)` | \(row.result?.rawValue ?? "any") | \(row.fuelNotation ?? "0") | \(row.summary) |\n"
    }
    return text
  }
}
