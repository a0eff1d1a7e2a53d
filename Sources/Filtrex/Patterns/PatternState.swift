/// One state of a pattern's automaton, eight bytes.
struct PatternState: BitwiseCopyable, Sendable {
  enum Kind: UInt8 {
    /// No state, but a bit of a set of states: what lies before the place.
    case mark
    /// Takes a scalar of a set, and goes on at `next`.
    case scalar
    /// Goes on at `next` and at `other`.
    case split
    /// Goes on at `next` where the place is one of `places`.
    case place
    /// The pattern has matched.
    case match
  }

  var kind: Kind
  var places: PatternPlaces = []
  var set: UInt16 = 0
  var next: UInt16 = 0
  var other: UInt16 = 0

  init(_ kind: Kind, places: PatternPlaces = [], set: Int = 0, next: Int = 0, other: Int = 0) {
    self.kind = kind
    self.places = places
    self.set = UInt16(set)
    self.next = UInt16(next)
    self.other = UInt16(other)
  }

  /// The bit that says that the scalar before the place is one of a word.
  static let wordBefore = 0
  /// The bit that says that nothing is before the place.
  static let atStart = 1
  /// The state where a match begins.
  static let first = 2
}
