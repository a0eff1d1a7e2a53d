/// A pattern, and a text of any length for it.
struct Subject {
  let pattern: String
  /// Stands as often as it takes, with `end` behind it.
  var repeated = ""
  /// In its place, letters that stand in no order, the same in every run.
  var letters = ""
  var end = ""

  func text(bytes: Int) -> String {
    if letters.isEmpty {
      let count = (bytes - end.utf8.count) / repeated.utf8.count
      return String(repeating: repeated, count: count) + end
    }
    let choices = Array(letters.utf8)
    var state: UInt64 = 1
    let bytes = (0..<bytes).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return choices[Int(state >> 33) % choices.count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Patterns that take a backtracking matcher exponential or polynomial time, with texts that make them do so.
  static let catastrophic: [Subject] = [
    Subject(pattern: "(a+)+$", repeated: "a", end: "!"),
    Subject(pattern: "(a|aa)+$", repeated: "a", end: "!"),
    // The `b` keeps it from matching nothing at the end, which it would find at once.
    Subject(pattern: "b(a|a?)+$", repeated: "a", end: "!"),
    Subject(pattern: "(.*a){12}!", repeated: "ba", end: "?"),
    Subject(pattern: "(x+x+)+y", repeated: "x", end: "!"),
    Subject(pattern: "^(([a-z])+.)+[A-Z]([a-z])+$", repeated: "a", end: "!"),
    Subject(pattern: #"^(\w+\s?)*$"#, repeated: "word ", end: "!"),
    Subject(pattern: "(a*)*b", repeated: "a", end: "!"),
    Subject(pattern: "^([a-zA-Z]+)*$", repeated: "aZ", end: "!"),
    Subject(
      pattern:
        #"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$"#,
      repeated: "a", end: "!"),
    // These need a new set of states for nearly every letter, so that remembering is of no use, or a large one.
    Subject(pattern: "(a|b)*a(a|b){12}c", letters: "ab"),
    Subject(pattern: "a.{1000}c", letters: "abbbbbbbbbbbbbbb"),
    Subject(pattern: "([^b]?){1000}b", letters: "a"),
  ]

  /// Patterns as people write them, with texts in which the match comes last or never.
  static let ordinary: [Subject] = [
    Subject(pattern: "Gold", repeated: "the quick brown fox, ", end: "Gold"),
    Subject(pattern: "o.d", repeated: "the quick brown fix, ", end: "Gold"),
    Subject(pattern: "(ver|ld)", repeated: "the quick brown fox, ", end: "Silver"),
    Subject(pattern: #"\bx\b"#, repeated: "the quick brown fox, ", end: "x"),
    Subject(pattern: #"\d{4}"#, repeated: "the quick brown fox 24, ", end: "2024"),
    Subject(pattern: "[a-z]+[0-9]", repeated: "thequickbrownfox", end: "7"),
    Subject(pattern: #"^[\w ,]+[0-9]$"#, repeated: "the quick brown fox, ", end: "7"),
    Subject(pattern: "[а-я]+!", repeated: "быстрая лиса, ", end: "лиса!"),
    Subject(pattern: #"\p{Lu}\p{Ll}+$"#, repeated: "the quick brown fox, ", end: "Málaga"),
  ]

  /// Conditions on short texts: each with the text.
  static let short: [(pattern: String, text: String)] = [
    ("Gold", "Gold"), ("^G", "Gold"), ("old$", "Gold"), ("o.d", "Gold"), ("(ver|ld)", "Silver"),
    ("^[A-Z]{2}$", "MT"), ("^[A-Z]{2}[0-9]+$", "MT12345"), ("^p-[0-9]+$", "p-1001"),
    (#"\bx\b"#, "a x b"),
    ("^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$", "maria@example.com"),
  ]
}
