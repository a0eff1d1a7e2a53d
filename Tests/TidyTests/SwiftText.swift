/// A Swift source without its comments and without the contents of its literals, line for line.
///
/// Code inside an interpolation stays: `"\(try! f())"` hides nothing.
struct SwiftText {
  private(set) var code: [Character] = []
  private var source: ArraySlice<Character>

  /// The lines of code, in the places of the source's lines.
  var lines: [Substring] { Self.lines(of: String(code)) }

  init(_ text: String) {
    source = Array(text)[...]
    while !source.isEmpty { readCode(until: nil) }
  }

  static func lines(of text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Reads code up to its end, or up to the parenthesis that closes an interpolation.
  private mutating func readCode(until end: Character?) {
    var depth = 0
    while let character = source.first {
      if starts(with: "//") {
        while let next = source.first, next != "\n" {
          _ = next
          source.removeFirst()
        }
      } else if starts(with: "/*") {
        skipBlockComment()
      } else if character == "\"" || (character == "#" && isRawLiteral) {
        readLiteral()
      } else {
        if character == end, depth == 0 { return }
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        code.append(character)
        source.removeFirst()
      }
    }
  }

  private func starts(with text: String) -> Bool { source.starts(with: text) }

  private var isRawLiteral: Bool { source.drop { $0 == "#" }.first == "\"" }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        source.removeFirst(2)
      } else if starts(with: "*/") {
        depth -= 1
        source.removeFirst(2)
      } else {
        keepLineBreak()
      }
    } while depth > 0 && !source.isEmpty
    code.append(" ")
  }

  private mutating func readLiteral() {
    let pounds = String(source.prefix { $0 == "#" })
    source.removeFirst(pounds.count)
    let quotes = starts(with: "\"\"\"") ? "\"\"\"" : "\""
    source.removeFirst(quotes.count)
    code.append("\"")
    while !source.isEmpty, !starts(with: quotes + pounds) {
      if starts(with: "\\" + pounds + "(") {
        source.removeFirst(pounds.count + 2)
        code.append("(")
        readCode(until: ")")
        code.append(")")
        if !source.isEmpty { source.removeFirst() }
      } else if starts(with: "\\" + pounds) {
        source.removeFirst(pounds.count + 1)
        keepLineBreak()
      } else {
        keepLineBreak()
      }
    }
    if !source.isEmpty { source.removeFirst(quotes.count + pounds.count) }
    code.append("\"")
  }

  /// Drops one character, but keeps the count of lines.
  private mutating func keepLineBreak() {
    guard let character = source.first else { return }
    if character == "\n" { code.append(character) }
    source.removeFirst()
  }
}
