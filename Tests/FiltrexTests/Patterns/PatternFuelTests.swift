import Testing

@testable import Filtrex

/// Patterns that take a backtracking matcher exponential or polynomial time, each with a text of any length that does so.
struct CatastrophicPattern: Sendable, CustomTestStringConvertible {
  var pattern: String
  var matches: Bool
  private var start: String
  private var repeated: String
  private var end: String

  init(
    _ pattern: String, _ repeated: String, start: String = "", end: String, matches: Bool = false
  ) {
    self.pattern = pattern
    self.matches = matches
    self.start = start
    self.repeated = repeated
    self.end = end
  }

  var testDescription: String { pattern }

  func text(bytes: Int) -> [UInt8] {
    let middle = bytes - start.utf8.count - end.utf8.count
    let count = middle / repeated.utf8.count
    return Array((start + String(repeating: repeated, count: count) + end).utf8)
  }

  static let all = [
    CatastrophicPattern("(a+)+$", "a", end: "!"),
    CatastrophicPattern("(a|aa)+$", "a", end: "!"),
    CatastrophicPattern("(a|a?)+$", "a", end: "!", matches: true),
    CatastrophicPattern("(.*a){12}", "ba", start: "", end: "!", matches: true),
    CatastrophicPattern("(.*a){12}\\n", "ba", end: "!"),
    CatastrophicPattern("(x+x+)+y", "x", end: "!"),
    CatastrophicPattern("^(([a-z])+.)+[A-Z]([a-z])+$", "a", end: "!"),
    CatastrophicPattern(#"^(\w+\s?)*$"#, "word ", end: "!"),
    CatastrophicPattern("(a*)*b", "a", end: "!"),
    CatastrophicPattern("^([a-zA-Z]+)*$", "aZ", end: "!"),
    CatastrophicPattern(
      #"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$"#,
      "a", end: "!"),
    CatastrophicPattern(#"(?:(?:a|b)*a(?:a|b){12})c"#, "ab", end: "!"),
    CatastrophicPattern("(.{0,40}a){20}b", "a", end: "!"),
  ]
}

@Suite struct `Fuel of patterns` {
  @Test(arguments: CatastrophicPattern.all)
  func `grows no faster than the text`(one: CatastrophicPattern) throws {
    let pattern = try Pattern(one.pattern)
    let matches = [1_000, 10_000, 100_000].map { Match(pattern, one.text(bytes: $0)) }
    #expect(matches.map(\.answer) == [one.matches, one.matches, one.matches])
    for (less, more) in zip(matches, matches.dropFirst()) {
      #expect(Double(more.fuel) <= 11 * Double(less.fuel), "\(less.fuel), \(more.fuel)")
    }
    let bound = pattern.fuelBound(textBytes: 100_000)
    #expect(matches[2].fuel <= bound)
  }

  @Test(arguments: [
    "^[A-Z]{2}[0-9]+$", "o.d", "(ver|ld)", #"\bx\b"#, "[a-z]+[0-9]", #"^\d{4}$"#, "S?E+",
    #"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$"#, "^p-[0-9]+$", #"\p{Lu}\p{Ll}+ "#,
  ])
  func `of an ordinary pattern is some hundreds of units a kilobyte`(text: String) throws {
    let pattern = try Pattern(text)
    let sample = Array(String(repeating: "the quick brown fox. ", count: 49).utf8)
    #expect(sample.count > 1_000)
    #expect(Match(pattern, sample).fuel < 1_000)
    #expect(Match(pattern, Array("Gold".utf8)).fuel < 32)
  }

  @Test func `of plain text finds it wherever it lies, for one price in every slicing`() throws {
    let part = String(repeating: "ab", count: 700) + "c"
    let pattern = try Pattern(part)
    for place in [0, 1, 2_798, 4_095, 4_096, 4_097, 8_190, 9_000] {
      let text = Array((String(repeating: "ab", count: place).prefix(place) + part + "abab").utf8)
      let match = Match(pattern, text)
      #expect(match.answer && match == Match(pattern, text, slice: 1), "\(place)")
      #expect(match.fuel <= pattern.fuelBound(textBytes: text.count))
      #expect(!Match(pattern, Array(text.dropLast(5))).answer)
    }
  }

  @Test func `of plain text is less than of anything else`() throws {
    let sample = Array(String(repeating: "the quick brown fox. ", count: 49).utf8)
    #expect(Match(try Pattern("foy"), sample).fuel < 200)
    for text in ["^the", #"fox\. $"#, "^$", #"\^the"#] {
      #expect(Match(try Pattern(text), sample).fuel < 200)
    }
  }

  @Test(arguments: [
    "a{0,1000}b", "(?:a?b?){500}", "(a|b)*a(a|b){1000}c", #"(?:\b|a){200}b"#, "x?.{1000}y",
    "(.{0,40}a){20}b", "^$|a{9}", "[^]{0,1023}b",
    #"\b(?:a?b?){500}z"#, #"z|(?:\B|$)(?:a?b?){500}^z"#, "aaaaaaaaaaaaaaaa", "日日日日日日日日", "",
  ])
  func `keeps within the bound of any pattern of so many states`(text: String) throws {
    let pattern = try Pattern(text)
    for count in [0, 1, 100, 3_000] {
      for letter in ["a", "b", "é", "😀", "-"] {
        let sample = Array(String(repeating: letter, count: count).utf8)
        let bound = pattern.fuelBound(textBytes: sample.count)
        #expect(Match(pattern, sample).fuel <= bound)
        #expect(
          bound
            <= PatternMatcher.fuelBound(
              stateCount: Limits.patternStates, textBytes: sample.count))
      }
    }
  }

  @Test func `is paid for states that come in only when the next scalar is known`() throws {
    let text = Array(String(repeating: "a-", count: 500).utf8)
    #expect(Match(try Pattern(#"\b(?:a?b?){500}z"#), text).fuel > 100_000)
    #expect(Match(try Pattern(#"\bz"#), text).fuel < 1_000)
    // At the end, which is never far in an empty text.
    #expect(Match(try Pattern("z|$(?:a?b?){500}z"), []).fuel > 100)
  }

  @Test func `does not overflow its bound`() {
    #expect(PatternMatcher.fuelBound(stateCount: .max, textBytes: .max) > 0)
    #expect(PatternFuel.readingBound(bytes: .max) > 0)
  }

  @Test func `is used a slice at a time, in the middle of the text`() throws {
    // Whoever is out of fuel owes one step at most; of plain text, one stretch.
    for (pattern, count, debt) in [("a{0,200}b", 2_000, 64), ("aab", 100_000, 1_024)] {
      let pattern = try Pattern(pattern)
      let text = [UInt8](repeating: UInt8(ascii: "a"), count: count)
      var matcher = PatternMatcher()
      matcher.start(pattern)
      var slices = 0
      var fuel = 1_024
      while matcher.run(pattern, over: text.span, fuel: &fuel) == nil {
        #expect(fuel <= 0 && fuel > -debt)
        fuel += 1_024
        slices += 1
      }
      #expect(slices > 10)
    }
  }
}

@Suite struct `A pattern made at run time` {
  private let context = Context(
    .object([
      .init(name: "t", value: .text("maria.borg@example.com")),
      .init(name: "p", value: .text("^[a-z.]+@[a-z]+[.]com$")),
      .init(name: "l", value: .list((0..<20).map { .number(Double($0)) })),
      .init(name: "long", value: .text("[" + String(repeating: "az", count: 20_000))),
      .init(name: "longer", value: .text(String(repeating: "a", count: 70_000))),
    ]))

  @Test func `costs the same when the machine has it still`() {
    let once = Run("t ~= p", in: context)
    let twice = Run("t ~= p and t ~= p", in: context)
    #expect(once.outcome == .value(.logical(true)) && twice.outcome == once.outcome)
    // One `and`, and one `finish` that both have.
    #expect(twice.fuelUsed == 2 * once.fuelUsed)
    #expect(twice.fuelUsed <= twice.fuelBound)
  }

  @Test func `costs what it takes to read it, and to find that it is none`() {
    let plain = Run("t ~= \"borg\" + \"\"", in: context)
    #expect(plain.fuelUsed < 20)
    #expect(Run("t ~= p", in: context).fuelUsed > 200)
    let wrong = Run("t ~= long", in: context)
    #expect(wrong.fuelUsed > 100_000 && wrong.fuelUsed <= wrong.fuelBound)
    guard case .notEvaluated(let error) = wrong.outcome else {
      Issue.record("\(wrong.outcome)")
      return
    }
    #expect(error.code == .invalidPattern)
    #expect(error.message.hasSuffix("(at byte 0 of the pattern made here)"))
  }

  @Test func `is no longer than a text made at run time`() {
    guard case .notEvaluated(let error) = Run("t ~= longer", in: context).outcome else {
      Issue.record("a pattern of 70,000 bytes is read")
      return
    }
    #expect(error.code == .patternTooLarge)
  }
}
