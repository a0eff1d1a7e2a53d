import TestSupport
import Testing

@testable import Filtrex

@Suite struct `Random patterns` {
  /// A thousand patterns a seed, four texts each, as many seeds as random expressions have (`FILTREX_SEEDS`).
  @Test(arguments: `Random expressions`.seeds)
  func `match what the plain matcher says, cold, warm and sliced, for one price within the bound`(
    seed: UInt64
  ) throws {
    var generator = PatternGenerator(seed: seed)
    var matcher = PatternMatcher()
    var matches = 0
    for _ in 0..<1_000 {
      let tree = generator.pattern()
      let pattern = try Pattern(tree.text)
      for _ in 0..<4 {
        let text = generator.text()
        let bytes = Array(text.utf8)
        let cold = Match(pattern, bytes)
        #expect(cold.answer == tree.matches(text), "\(tree.text) and \(text.debugDescription)")
        let bound = pattern.fuelBound(textBytes: bytes.count)
        #expect(cold.fuel <= bound, "\(tree.text) and \(text.debugDescription)")
        for slice in [1, 7, .max / 2] {
          let warm = Match(pattern, bytes, with: &matcher, slice: slice)
          #expect(warm == cold, "\(tree.text) and \(text.debugDescription) by \(slice)")
        }
        matches += cold.answer ? 1 : 0
      }
    }
    #expect(matches > 1_000 && matches < 3_900)
  }

  @Test func `of any bytes never crash, and neither do texts of any bytes`() {
    var random = SeededGenerator(seed: 21)
    let signs = Array(#"\^$.*+?()[]{}|-,<>=!:0123456789bBcdDkpPsSuwWxé😀a"#.utf8)
    var patterns = 0
    var matcher = PatternMatcher()
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
        Int.random(in: 0..<8, using: &random) == 0
          ? UInt8.random(in: 0...255, using: &random) : signs.randomElement(using: &random) ?? 0
      }
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      do throws(PatternError) {
        let pattern = try Pattern(parsing: bytes.span)
        let match = Match(pattern, text)
        for slice in [1, 100, 1_000] {
          let warm = Match(pattern, text, with: &matcher, slice: slice)
          #expect(warm == match, "\(bytes) \(text)")
        }
        patterns += 1
      } catch {
        #expect(
          error.range.lowerBound >= 0 && error.range.upperBound <= bytes.count, "\(bytes)")
        #expect(!error.description.isEmpty)
      }
    }
    #expect(patterns > 2_000)
  }
}
