/// A text taken apart into what stands outside and inside of `{{ }}`.
struct TemplateText {
  enum Piece: Equatable {
    case literal(String)
    /// An expression, and where it begins in the text, in UTF-8 bytes.
    case expression(String, at: Int)

    /// What it says, outside of `{{ }}`.
    var literal: String? {
      if case .literal(let text) = self { text } else { nil }
    }
  }

  /// A `{{` without its `}}`, by its place in the text.
  struct Unclosed: Error, Equatable {
    var at: Int
  }

  let pieces: [Piece]

  /// Whether the text is one expression and nothing else.
  var isOneExpression: Bool {
    if case .expression? = pieces.first { return pieces.count == 1 }
    return false
  }

  /// Whether a text is to be taken apart: one without `{{` is what it says.
  static func isTemplate(_ text: String) -> Bool { isTemplate(text.utf8.span) }

  /// The same of a text that is UTF-8.
  static func isTemplate(_ units: Span<UInt8>) -> Bool {
    for index in units.indices.dropFirst() where units[index] == opening {
      if units[index - 1] == opening { return true }
    }
    return false
  }

  private static let opening = UInt8(ascii: "{")

  /// Bytes outside of expressions.
  var literalBytes: Int { pieces.reduce(0) { $0 + ($1.literal?.utf8.count ?? 0) } }

  /// Takes a text apart; braces inside the expression's own texts and names don't end it.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - most: Expressions that are taken; what stands behind one more is not looked at.
  /// - Throws: ``Unclosed`` when a `{{` has no end.
  init(_ text: String, most: Int = .max) throws(Unclosed) {
    let bytes = Array(text.utf8)
    var pieces: [Piece] = []
    var literalStart = 0
    var index = 0
    var expressions = 0
    func literal(to end: Int) {
      guard end > literalStart else { return }
      pieces.append(.literal(String(decoding: bytes[literalStart..<end], as: UTF8.self)))
    }
    while index + 1 < bytes.count && expressions <= most {
      guard bytes[index] == Self.opening, bytes[index + 1] == Self.opening else {
        index += 1
        continue
      }
      literal(to: index)
      guard let end = Self.end(of: bytes, from: index + 2) else { throw Unclosed(at: index) }
      pieces.append(
        .expression(String(decoding: bytes[index + 2..<end], as: UTF8.self), at: index + 2))
      expressions += 1
      index = end + 2
      literalStart = index
    }
    literal(to: bytes.count)
    self.pieces = pieces
  }

  private static func end(of bytes: [UInt8], from start: Int) -> Int? {
    var quote: UInt8?
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if let open = quote {
        if byte == UInt8(ascii: "\\") { index += 1 } else if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: "}"), index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "}")
      {
        return index
      }
      index += 1
    }
    return nil
  }
}
