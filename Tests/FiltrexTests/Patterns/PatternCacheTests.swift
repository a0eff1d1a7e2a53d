import TestSupport
import Testing

@testable import Filtrex

@Suite struct `What a matcher remembers` {
  private func text(_ letters: String, count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    let letters = Array(letters.utf8)
    return (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
  }

  /// Patterns whose deterministic automaton has thousands of rows and more.
  static let large = [
    "(?:a|b)*a(?:a|b){12}c", "a.{12}c", "a[ab]{30}[ab]{30}c", "a.{200}c|b.{100}d",
    #"(?:\ba|b\B).{14}c"#, "^(?:a|b|-)*a(?:a|b|-){14}$",
  ]

  @Test(arguments: large)
  func `may be more than it has room for, and answers and fuel stay the same`(
    pattern: String
  ) throws {
    let pattern = try Pattern(pattern)
    var matcher = PatternMatcher()
    for seed in 0..<12 {
      let text = text("ab-", count: 3_000, seed: UInt64(seed))
      let cold = Match(pattern, text)
      #expect(Match(pattern, text, with: &matcher) == cold)
      #expect(Match(pattern, text, with: &matcher, slice: 5) == cold)
    }
  }

  @Test func `is forgotten when a row finds no room, and kept within its limit`() throws {
    let pattern = try Pattern("(?:a|b)*a(?:a|b){12}c")
    guard case .states(let automaton) = pattern.form else {
      Issue.record("the pattern is no automaton")
      return
    }
    var cache = PatternCache()
    cache.serve(pattern, automaton)
    var aloneAgain = 0
    var rows: Set<Int> = []
    for number in 0..<2_000 {
      let set: [UInt64] = [UInt64(number) << 2]
      var found: (row: Int, isAlone: Bool)?
      // Each new row is earned by steps without one.
      while found == nil {
        _ = cache.earn()
        found = cache.row(of: set.span, weight: 3)
      }
      if found?.isAlone == true {
        aloneAgain += 1
        rows = []
      }
      let (isNew, _) = rows.insert(found?.row ?? 0)
      #expect(isNew)
      #expect(cache.row(of: set.span, weight: 3)?.row == found?.row)
      #expect(2 * cache.rows.capacity <= Limits.patternCacheBytes)
    }
    #expect(aloneAgain > 3)
  }

  @Test func `is of the last few patterns, whatever order they come in`() throws {
    var random = SeededGenerator(seed: 3)
    let patterns = try (0..<12).map { try Pattern("[a-c]+\($0)|b.{\($0)}c$") }
    let texts = (0..<20).map { text("abc0123456789", count: 40, seed: UInt64($0)) }
    let expected = patterns.map { pattern in texts.map { Match(pattern, $0) } }
    var matcher = PatternMatcher()
    for _ in 0..<4_000 {
      let pattern = Int.random(in: 0..<patterns.count, using: &random)
      let text = Int.random(in: 0..<texts.count, using: &random)
      #expect(Match(patterns[pattern], texts[text], with: &matcher) == expected[pattern][text])
    }
  }

  @Test func `is not needed where classes are so many that no row fits`() throws {
    let letters = (0..<450).map { String(Unicode.Scalar(UInt32(0x4E00 + 2 * $0)) ?? " ") }
    let pattern = try Pattern("^(?:" + letters.joined(separator: "+x|") + ")$")
    guard case .states(let automaton) = pattern.form else {
      Issue.record("the pattern is no automaton")
      return
    }
    var cache = PatternCache()
    cache.serve(pattern, automaton)
    #expect(!cache.isUseful)
    for letter in [letters[0], letters[200], letters[448]] {
      #expect(pattern.matches(letter + "x") && !pattern.matches(letter))
      let text = Array((letter + letter + "x").utf8)
      #expect(Match(pattern, text) == Match(pattern, text, slice: 1))
    }
  }

  @Test func `survives a match that is given up in the middle`() throws {
    let first = try Pattern("a.{12}c")
    let second = try Pattern("b+c")
    let text = text("ab", count: 2_000, seed: 9)
    let expected = (Match(first, text), Match(second, text))
    var matcher = PatternMatcher()
    for stop in 1..<60 {
      matcher.start(first)
      var fuel = 3 * stop
      #expect(matcher.run(first, over: text.span, fuel: &fuel) == nil)
      #expect(Match(second, text, with: &matcher) == expected.1)
      #expect(Match(first, text, with: &matcher) == expected.0)
    }
  }

  @Test func `is a value: two copies of a match in the middle both come to its end`() throws {
    let pattern = try Pattern("a.{12}c")
    let text = text("ab", count: 2_000, seed: 10)
    var matcher = PatternMatcher()
    matcher.start(pattern)
    var fuel = 500
    #expect(matcher.run(pattern, over: text.span, fuel: &fuel) == nil)
    var copy = matcher
    var left = Int.max / 2
    var leftOfCopy = left
    let answer = matcher.run(pattern, over: text.span, fuel: &left)
    #expect(answer == false && copy.run(pattern, over: text.span, fuel: &leftOfCopy) == answer)
    #expect(left == leftOfCopy)
  }
}
