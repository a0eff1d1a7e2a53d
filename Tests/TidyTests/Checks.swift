/// Looks at one source text; each check is a function, so that it can be seen to fail.
enum Checks {
  /// The modules that a text imports.
  static func imports(in source: String) -> [String] {
    source.split(separator: "\n").compactMap { line in
      var words = line.split(separator: " ")[...]
      while let word = words.first, word.hasPrefix("@") || modifiers.contains(String(word)) {
        words = words.dropFirst()
      }
      guard words.first == "import" else { return nil }
      words = words.dropFirst()
      if let word = words.first, kinds.contains(String(word)) { words = words.dropFirst() }
      return words.first.map { String($0.prefix { $0 != "." }) }
    }
  }

  /// Words that promise unfinished work, or end the process on somebody's data.
  static func forbiddenWords(in source: String) -> [String] {
    forbidden.filter { source.contains($0) }
  }

  /// Whether a text says `unsafe` in its code, comments and attributes on types apart.
  static func isUnsafe(_ source: String) -> Bool {
    source.split(separator: "\n").contains { line in
      let code = line.prefix(upTo: line.firstRange(of: "//")?.lowerBound ?? line.endIndex)
      return code.split { !$0.isLetter && $0 != "_" }.contains("unsafe")
    }
  }

  private static let modifiers: Set<String> = [
    "internal", "public", "private", "package", "fileprivate",
  ]
  private static let kinds: Set<String> = [
    "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
  ]
  // Joined at run time, so that this file does not hold what it looks for.
  private static let forbidden = [
    "fatal" + "Error(", "try" + "!", "as" + "! ", "TO" + "DO", "FIX" + "ME", "XX" + "X",
  ]
}
