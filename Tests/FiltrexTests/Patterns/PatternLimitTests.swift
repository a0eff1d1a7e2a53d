import Testing

@testable import Filtrex

@Suite struct `Limits of a pattern` {
  private func code(_ pattern: String) -> String {
    do throws(PatternError) {
      _ = try Pattern(pattern)
      return "pattern"
    } catch {
      return error.diagnosticCode.rawValue
    }
  }

  private func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  @Test(arguments: [
    // Where it has matched is a state of its own.
    ("a{2047}b?", "a{2045}b?"), ("(?:a|bc){512}", "(?:a|bc){511}"),
    ("(?:ab?){683}", "(?:ab?){682}"),
    ("a{0,1024}", "a{0,1023}"), ("(?:a{2,3}){512}", "(?:a{2,3}){511}"),
    ("(?:ab){1024}", "(?:ab){1023}"),
    ("(?:a+b){683}", "(?:a+b){682}"), ("a{2047,}", "a{2046,}"),
    ("(?:.{0,3}){512,}", "(?:.{0,3}){341,}"),
  ])
  func `are its states, with repeats written out`(large: String, allowed: String) throws {
    #expect(code(large) == "PATTERN_TOO_LARGE")
    let pattern = try Pattern(allowed)
    #expect(pattern.stateCount <= Limits.patternStates && pattern.stateCount > 1_000)
    if case .states(let automaton) = pattern.form {
      #expect(automaton.states.count == pattern.stateCount + PatternState.first)
    }
  }

  @Test(arguments: [
    "(?:a{1000}){1000}", "((((((a{99}){99}){99}){99}){99}){99}){99}", "a{99999999999999999999}",
    "(?:a{0,99999}){99999}", "(?:(?:abc){1000,}|d){1000,2000}",
  ])
  func `are found before a state is made`(pattern: String) {
    #expect(code(pattern) == "PATTERN_TOO_LARGE")
  }

  @Test(arguments: [
    "(?:){1000000}", "(a*)*", "(?:(?:a*)*)*", "(?:a*){1000000}", "((a+)+)+", "(?:(a?)*){9999}",
    "(?:^){1000000}a", "(?:$|^){2,1000000}", "(?:a{0}){1000000}", "(?:|){1000000}",
    #"(?:\b\b){1000000}"#, "(?:()|(?:))*", "(?:(?:(?:a?)+)+)+",
  ])
  func `are not touched by repeats of nothing`(text: String) throws {
    let pattern = try Pattern(text)
    #expect(pattern.stateCount < 10)
    #expect(pattern.matches("a") == true)
  }

  @Test func `are its bytes`() {
    #expect(code("[" + repeated("a", Limits.patternBytes - 2) + "]") == "pattern")
    #expect(code("[" + repeated("a", Limits.patternBytes - 1) + "]") == "PATTERN_TOO_LARGE")
    #expect(code(repeated("a", 2_047)) == "pattern")
    #expect(code(repeated("a", 2_048)) == "PATTERN_TOO_LARGE")
    #expect(code(repeated("é", 2_047)) == "pattern")
    #expect(code(repeated("é", 2_048)) == "PATTERN_TOO_LARGE")
  }

  @Test(arguments: ["(", "(?:", "(?<a>", "(a|", "((?:a)*"])
  func `are its groups inside one another, in patterns without an end too`(opening: String) {
    let depth = opening.utf8.count { $0 == UInt8(ascii: "(") }
    func nested(_ levels: Int) -> String {
      (0..<levels).map { opening.replacing("<a>", with: "<a\($0)>") }.joined()
    }
    let allowed = Limits.patternNesting - depth + 1
    #expect(code(nested(allowed) + repeated(")", allowed)) == "pattern")
    #expect(code(nested(allowed)) == "INVALID_PATTERN")
    #expect(code(nested(allowed + 1)) == "NESTING_TOO_DEEP")
    #expect(code(nested(5_000)) == "NESTING_TOO_DEEP")
  }

  @Test func `are the ranges of its classes`() {
    func ranges(_ count: Int) -> String {
      (0..<count).map { String(Unicode.Scalar(UInt32(0x4E00 + 2 * $0)) ?? " ") }.joined()
    }
    #expect(code("[\(ranges(Limits.patternRanges))]") == "pattern")
    #expect(code("[\(ranges(Limits.patternRanges))]b+") == "PATTERN_TOO_LARGE")
    #expect(code("[\(ranges(9_000))]") == "PATTERN_TOO_LARGE")
    #expect(code(repeated("[a-z]", 2_000) + "?") == "pattern")
  }

  @Test func `are what its classes read`() {
    #expect(code("[" + repeated(#"\p{L}"#, 50) + "]") == "pattern")
    #expect(code("[" + repeated(#"\p{L}"#, 5_000) + "]") == "PATTERN_TOO_LARGE")
    #expect(code(repeated(#"[\p{L}]"#, 5_000)) == "PATTERN_TOO_LARGE")
    #expect(code(repeated(#"\p{L}"#, 1_500)) == "pattern")
  }

  @Test func `are its terms, where they take no state`() {
    #expect(code(repeated("a{0}", 1_000)) == "pattern")
    #expect(code(repeated("a{0}", 16_000)) == "PATTERN_TOO_LARGE")
    #expect(code(repeated("()", 30_000)) == "PATTERN_TOO_LARGE")
  }
}
