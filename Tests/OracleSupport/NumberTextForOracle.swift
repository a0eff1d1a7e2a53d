import NumberText

/// Numbers as text, which have their own vectors in their own room.
enum NumberTextForOracle {
  static func text(_ number: Double) -> String { ECMAScriptNumber.text(number) }
}
