/// Patterns without special characters, until the pattern engine takes their place.
///
/// Whatever else a pattern holds is refused: a wrong match would be worse than none.
struct Pattern: Sendable {
  fileprivate let source: [UInt8]
  var stateCount: Int { source.count }

  init(parsing utf8: Span<UInt8>) throws(PatternError) {
    var source: [UInt8] = []
    source.append(copying: utf8.raw)
    if let index = source.firstIndex(where: { #"\^$.*+?()[]{}|"#.utf8.contains($0) }) {
      throw PatternError(
        range: index..<index + 1, isTooLarge: false,
        message: "this pattern needs more than plain text: write plain text")
    }
    self.source = source
  }
}

struct PatternError: Error {
  var range: Range<Int>
  var isTooLarge: Bool
  var message: String
}

struct PatternMatcher: Sendable {
  mutating func start(_ pattern: Pattern) {}

  mutating func run(_ pattern: Pattern, over text: Span<UInt8>, fuel: inout Int) -> Bool? {
    fuel -= FuelCost.bytes(3 * (text.count + pattern.stateCount))
    return TextSearch.contains(text, pattern.source.span)
  }

  static func fuelBound(stateCount: Int, textBytes: Int) -> Int {
    FuelCost.bytes(3 * (textBytes + stateCount))
  }
}
