internal import JSON

/// Text as a terminal shows it.
enum DisplayText {
  /// The text on one line, and without what would move the cursor or turn the writing round.
  ///
  /// Trees and contexts are other people's words: an escape sequence in them must not reach the terminal.
  static func plain(_ text: String) -> String {
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .lineSeparator, .paragraphSeparator: plain.append(" ")
      case .control:
        let isSpace = scalar == "\n" || scalar == "\r" || scalar == "\t"
        plain.append(isSpace ? " " : "\u{FFFD}")
      // Joiners make one sign of several, marks of direction are harmless, embeddings and overrides are not.
      case .format
      where ("\u{202A}"..."\u{202E}").contains(scalar)
        || ("\u{2066}"..."\u{2069}").contains(scalar):
        plain.append("\u{FFFD}")
      default: plain.append(scalar)
      }
    }
    return String(plain)
  }

  /// A text in quotes, as JSON has it.
  static func quoted(_ text: String) -> String { plain(JSONValue.string(text).compactText) }

  /// How many columns a text takes.
  static func columns(_ text: String) -> Int {
    text.reduce(0) { $0 + columns($1) }
  }

  /// The beginning of a text with `mark` behind it, or all of it where it fits.
  static func cut(_ text: String, to columns: Int, mark: String) -> String {
    guard self.columns(text) > columns else { return text }
    var room = max(columns - self.columns(mark), 0)
    let end = text.firstIndex { character in
      room -= self.columns(character)
      return room < 0
    }
    return text[..<(end ?? text.endIndex)] + mark
  }

  /// The end of a text with `mark` before it, or all of it where it fits.
  static func cutFront(_ text: String, to columns: Int, mark: String) -> String {
    guard self.columns(text) > columns else { return text }
    var excess = self.columns(text) - max(columns - self.columns(mark), 0)
    let start = text.firstIndex { character in
      defer { excess -= self.columns(character) }
      return excess <= 0
    }
    return mark + text[(start ?? text.endIndex)...]
  }

  /// The text in lines of at most so many columns, broken between words where there are any.
  static func wrapped(_ text: String, to columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, self.columns(line) + 1 + self.columns(String(word)) > columns {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
      while self.columns(line) > columns, columns > 0 {
        let head = cut(line, to: columns, mark: "")
        guard !head.isEmpty else { break }
        lines.append(head)
        line.removeFirst(head.count)
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// Columns of what a person takes for one character.
  private static func columns(_ character: Character) -> Int {
    var widest = 0
    for scalar in character.unicodeScalars {
      // The selector asks for the picture of what is else a letter.
      if scalar == "\u{FE0F}" { return 2 }
      widest = max(widest, columns(scalar))
    }
    return widest
  }

  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// Scripts whose characters take two columns.
  ///
  /// - Source: Unicode Standard Annex 11, East Asian Width: blocks that are wide or full-width.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
