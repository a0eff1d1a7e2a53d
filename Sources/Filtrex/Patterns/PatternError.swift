/// Why a text is no pattern, and where in it.
struct PatternError: Error, Equatable {
  /// The place, in bytes of the pattern's UTF-8.
  var range: Range<Int>
  var reason: Reason

  enum Reason: Equatable {
    case unclosedGroup
    case unopenedGroup
    case unclosedClass
    case backslashAtEnd
    /// A quantifier stands where there is nothing to repeat.
    case nothingToRepeat(String)
    /// A quantifier stands behind `^`, `$`, `\b` or `\B`.
    case repeatedPlace(String, quantifier: String)
    case repeatedBackwards(String)
    case rangeBackwards(String)
    /// `(?` and something that begins no group.
    case unknownGroup(String)
    case badGroupName
    case groupNameTwice(String)
    case beyondLastScalar(String)
    case badProperty(String)
    case unknownProperty(String)
    case badNamedReference
    case backReference(String)
    case lookAhead(String)
    case lookBehind(String)
    case modifiers(String)
    case tooLong(bytes: Int)
    case tooManyStates
    case tooManyRanges
    case tooManyRangesRead
    case nestedTooDeep
  }
}

extension PatternError {
  /// The code for an expression that holds the pattern.
  var diagnosticCode: Diagnostic.Code {
    switch reason {
    case .nestedTooDeep: .nestingTooDeep
    case _ where isTooLarge: .patternTooLarge
    default: .invalidPattern
    }
  }

  /// The code for an evaluation that made the pattern.
  var evaluationCode: EvaluationError.Code {
    switch reason {
    case .nestedTooDeep: .nestingTooDeep
    case _ where isTooLarge: .patternTooLarge
    default: .invalidPattern
    }
  }

  private var isTooLarge: Bool {
    switch reason {
    case .tooLong, .tooManyStates, .tooManyRanges, .tooManyRangesRead: true
    default: false
    }
  }
}

extension PatternError: CustomStringConvertible {
  /// One sentence with the remedy.
  var description: String {
    switch reason {
    case .unclosedGroup:
      #"the group that begins here has no end: close it with `)`, or write `\(` for the sign itself"#
    case .unopenedGroup:
      #"`)` closes no group: leave it out, or write `\)` for the sign itself"#
    case .unclosedClass:
      #"the class that begins here has no end: close it with `]`, or write `\[` for the sign itself"#
    case .backslashAtEnd:
      #"a backslash at the end escapes nothing: write `\\` for the sign itself"#
    case .nothingToRepeat(let quantifier):
      "`\(quantifier)` has nothing before it to repeat: leave it out, or write `\\\(quantifier)` for the sign itself"
    case .repeatedPlace(let place, let quantifier):
      "`\(place)` matches a place, which can not be repeated: leave out the `\(quantifier)` behind it"
    case .repeatedBackwards(let quantifier):
      "`\(quantifier)` has its greater number first: write the smaller one first"
    case .rangeBackwards(let range):
      "the range `\(range)` runs backwards: write its lower end first"
    case .unknownGroup(let opening):
      "`\(opening)` begins no group: write `(…)`, `(?:…)` or `(?<name>…)`"
    case .badGroupName:
      "a group's name is letters, digits, `_` and `$`, no digit first, and ends with `>`: name it so, or write `(?:…)`"
    case .groupNameTwice(let name):
      "there is a group `\(name)` before this one: give each its own name"
    case .beyondLastScalar(let escape):
      "`\(escape)` is beyond the last code point: write `\\u{10FFFF}` at most"
    case .badProperty(let escape):
      "`\(escape)` names no property: write as in `\\p{Lu}` or `\\p{Script=Greek}`, or `\\\\` for a backslash"
    case .unknownProperty(let name):
      "there is no Unicode property `\(name)`: write one as in `\\p{Lu}`, `\\p{Alphabetic}` or `\\p{Script=Greek}`"
    case .badNamedReference:
      #"`\k` names a group as in `\k<name>`, which no pattern can do here: leave it out"#
    case .backReference(let escape):
      "`\(escape)` repeats what a group has matched, which can not be done in linear time: write out what may stand there"
    case .lookAhead(let opening):
      "`\(opening)` looks ahead, which patterns do not, so that all run in linear time: test two patterns, joined with \(Self.joint(opening))"
    case .lookBehind(let opening):
      "`\(opening)` looks behind, which patterns do not, so that all run in linear time: test two patterns, joined with \(Self.joint(opening))"
    case .modifiers(let opening):
      "`\(opening)` changes what the signs of a pattern mean, which patterns do not: write `[Gg]old` for both cases, `[^]` for every character"
    case .tooLong(let bytes):
      "the pattern has \(bytes) bytes, \(Limits.patternBytes) are allowed: test several patterns"
    case .tooManyStates:
      "the pattern has more than \(Limits.patternStates) states with its repeats written out: repeat less often, or test several patterns"
    case .tooManyRanges:
      "the classes of the pattern have more than \(Limits.patternRanges) ranges together: name fewer characters, or test several patterns"
    case .tooManyRangesRead:
      "the classes of the pattern name more than \(Limits.patternRangesRead) ranges, repeated ones included: name large properties in fewer classes"
    case .nestedTooDeep:
      "groups are nested more than \(Limits.patternNesting) deep: leave out those that group nothing"
    }
  }

  private static func joint(_ opening: String) -> String {
    opening.hasSuffix("!") ? "`and not`" : "`and`"
  }
}
