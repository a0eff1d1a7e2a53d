@testable import Filtrex

/// One text matched with one pattern: the answer, and what it cost.
struct Match: Equatable {
  var answer: Bool
  var fuel: Int

  /// Matches in slices of so many units, with what the matcher remembers.
  init(
    _ pattern: Pattern, _ text: [UInt8], with matcher: inout PatternMatcher, slice: Int = .max / 2
  ) {
    matcher.start(pattern)
    var fuel = 0
    var given = 0
    while true {
      given += slice
      fuel += slice
      if let answer = matcher.run(pattern, over: text.span, fuel: &fuel) {
        self.answer = answer
        self.fuel = given - fuel
        return
      }
    }
  }

  /// Matches with a matcher that remembers nothing.
  init(_ pattern: Pattern, _ text: [UInt8], slice: Int = .max / 2) {
    var matcher = PatternMatcher()
    self.init(pattern, text, with: &matcher, slice: slice)
  }
}

extension Pattern {
  convenience init(_ text: String) throws(PatternError) {
    let bytes = Array(text.utf8)
    try self.init(parsing: bytes.span)
  }

  func matches(_ text: String) -> Bool { Match(self, Array(text.utf8)).answer }
}
