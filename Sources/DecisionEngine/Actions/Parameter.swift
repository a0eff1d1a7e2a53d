/// One parameter of an action, as its type declares it.
public struct Parameter: Sendable {
  /// What a parameter's value must be.
  ///
  /// A tree may give a template instead: for a text or a choice any text with `{{ expression }}` in it, for
  /// the others, and for a list as a whole, a text that is one expression and nothing else.
  public indirect enum Kind: Sendable {
    /// A text of so many Unicode scalars, in a format where there is one.
    case text(length: ClosedRange<Int>, format: TextFormat? = nil)
    /// A number within bounds; a whole one where `isWhole`.
    case number(Bounds = Bounds(), isWhole: Bool = false)
    /// True or false.
    case logical
    /// One of the given texts.
    case choice([String])
    /// So many values of one kind, in order.
    case list(of: Kind, count: ClosedRange<Int>)
  }

  /// What a number may be.
  public struct Bounds: Sendable {
    /// The number must be greater.
    public var greaterThan: Double?
    /// The number must not be less.
    public var atLeast: Double?
    /// The number must not be greater.
    public var atMost: Double?

    /// Makes bounds; none that is not named holds.
    public init(greaterThan: Double? = nil, atLeast: Double? = nil, atMost: Double? = nil) {
      self.greaterThan = greaterThan
      self.atLeast = atLeast
      self.atMost = atMost
    }
  }

  /// The parameter's name.
  public var name: String
  /// What its value must be.
  public var kind: Kind
  /// Whether the action needs it.
  public var isRequired: Bool
  /// One sentence for people.
  public var summary: String

  /// Declares a parameter.
  public init(_ name: String, _ kind: Kind, isRequired: Bool = false, summary: String) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.summary = summary
  }
}
