/// The signs that a tree is drawn with.
struct Glyphs {
  var branch: String
  var lastBranch: String
  var through: String
  var taken: String
  /// Looked at and passed by: a case that does not hold.
  var passed: String
  var failed: String
  var untaken: String
  var arrow: String
  var ellipsis: String
  var dot: String
  var below: String
  var micro: String

  static let unicode = Glyphs(
    branch: "├─", lastBranch: "└─", through: "│ ", taken: "✓", passed: "✗", failed: "!",
    untaken: "·", arrow: "→", ellipsis: "…", dot: " · ", below: "↓", micro: "µs")

  static let ascii = Glyphs(
    branch: "|-", lastBranch: "`-", through: "| ", taken: "*", passed: "x", failed: "!",
    untaken: ".", arrow: "->", ellipsis: "...", dot: ", ", below: "v", micro: "us")
}
