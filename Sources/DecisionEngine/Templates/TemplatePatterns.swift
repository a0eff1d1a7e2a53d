/// The same as ``TemplateText`` says, as patterns of ECMA-262, for JSON Schema.
///
/// They need no look-around, so that engines in linear time take them, and no step of theirs can be
/// taken in two ways, so that those that backtrack take them fast.
enum TemplatePatterns {
  /// Whether a text is a template: it holds `{{`.
  static let isTemplate = #"\{\{"#

  /// A template that is closed, without U+0000 outside of its expressions.
  static let text = "^\(literal)(?:\(expression)\(literal))+\\{?$"

  /// A template that is one expression and nothing else.
  static let oneExpression = "^\(expression)$"

  /// Text up to `{{`: a brace alone is text like any other.
  private static let literal = #"(?:\{?[^{\u0000])*"#

  /// `{{`, then anything but `}}`, which may stand in the expression's own texts and names, then `}}`.
  private static let expression =
    #"\{\{(?:\}?(?:[^"'}]|"# + quoted("\"") + "|" + quoted("'") + #"))*\}\}"#

  private static func quoted(_ quote: String) -> String {
    #"\#(quote)(?:\\[\s\S]|[^\#(quote)\\])*\#(quote)"#
  }
}
