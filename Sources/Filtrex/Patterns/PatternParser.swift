/// Reads the text of a pattern: JavaScript's, with the `u` flag.
///
/// Where that flag makes an error of what means something without it (`a{`, `]`, `\-`, `\07`), the older meaning
/// holds, since filtrex reads patterns without the flag.
///
/// Recursive, and no deeper than ``Limits/patternNesting``.
///
/// - Source: ECMA-262, 22.2.1 and B.1.2.
struct PatternParser {
  let bytes: [UInt8]
  var position = 0
  var syntax = PatternSyntax()
  /// All groups of the text that a number could refer to, those further on included.
  let groupCount: Int
  /// Whether `\k` refers to a group, or is a letter.
  let hasNamedGroups: Bool
  /// Ranges that classes have named so far, those of properties included.
  var rangesRead = 0
  /// Properties that were named so far.
  var properties: [String: ScalarSet] = [:]
  private var depth = 0
  private var groupNames = GroupNames()

  private init(_ text: Span<UInt8>) {
    var bytes: [UInt8] = []
    bytes.append(copying: text.raw)
    self.bytes = bytes
    (groupCount, hasNamedGroups) = Self.countGroups(bytes)
  }

  /// The syntax of `text`, and its root.
  static func parse(
    _ text: Span<UInt8>
  ) throws(PatternError) -> (PatternSyntax, root: PatternSyntax.NodeID) {
    var parser = PatternParser(text)
    let root = try parser.disjunction()
    guard parser.atEnd else {
      throw parser.error(.unopenedGroup, from: parser.position, to: parser.position + 1)
    }
    // One state more is where the pattern has matched.
    guard parser.syntax[root].stateCount < Limits.patternStates else {
      throw parser.error(.tooManyStates, from: 0)
    }
    return (parser.syntax, root)
  }

  // MARK: - Bytes and scalars

  var atEnd: Bool { position >= bytes.count }

  func byte(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  func isAt(_ text: StaticString) -> Bool {
    guard position + text.utf8CodeUnitCount <= bytes.count else { return false }
    // Safe: the offset is below the count of a static text.
    return (0..<text.utf8CodeUnitCount).allSatisfy {
      unsafe bytes[position + $0] == text.utf8Start[$0]
    }
  }

  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard let byte = byte(), UInt32(byte) == sign.value else { return false }
    position += 1
    return true
  }

  /// Takes the next scalar; there is one.
  mutating func takeScalar() -> UInt32 {
    let (scalar, length) = UTF8Text.scalar(at: position, in: bytes.span)
    position += length
    return scalar
  }

  func text(from start: Int) -> String {
    String(decoding: bytes[start..<position], as: UTF8.self)
  }

  func error(_ reason: PatternError.Reason, from start: Int, to end: Int? = nil) -> PatternError {
    PatternError(range: start..<(end ?? max(position, start)), reason: reason)
  }

  // MARK: - Disjunctions and terms

  private mutating func disjunction() throws(PatternError) -> PatternSyntax.NodeID {
    let start = position
    var branches: [PatternSyntax.NodeID] = []
    var names = groupNames.open()
    repeat {
      branches.append(try alternative())
      groupNames.nextBranch(&names)
    } while take("|")
    groupNames.close(names)
    if branches.count == 1 { return branches[0] }
    do throws(ScalarSetTable.Full) {
      return try syntax.choice(branches[...])
    } catch {
      throw self.error(.tooManyRanges, from: start)
    }
  }

  private mutating func alternative() throws(PatternError) -> PatternSyntax.NodeID {
    var terms: [PatternSyntax.NodeID] = []
    while let byte = byte(), byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      terms.append(try term())
    }
    return syntax.sequence(terms[...])
  }

  private mutating func term() throws(PatternError) -> PatternSyntax.NodeID {
    let start = position
    guard syntax.isSmall else { throw error(.tooManyStates, from: 0) }
    if let place = takePlace() {
      let sign = text(from: start)
      let behind = position
      if try quantifier() != nil {
        throw error(.repeatedPlace(sign, quantifier: text(from: behind)), from: start)
      }
      return syntax.place(place)
    }
    if try quantifier() != nil {
      throw error(.nothingToRepeat(text(from: start)), from: start)
    }
    let atom = try atom()
    guard let (least, most) = try quantifier() else { return atom }
    let repetition = syntax.repetition(of: atom, least: least, most: most)
    guard syntax[repetition].stateCount < Limits.patternStates else {
      throw error(.tooManyStates, from: start)
    }
    return repetition
  }

  private mutating func takePlace() -> PatternPlaces? {
    if take("^") { return .start }
    if take("$") { return .end }
    if isAt(#"\b"#) {
      position += 2
      return .wordBoundary
    }
    if isAt(#"\B"#) {
      position += 2
      return .otherThanWordBoundary
    }
    return nil
  }

  private mutating func atom() throws(PatternError) -> PatternSyntax.NodeID {
    let start = position
    switch byte() {
    case UInt8(ascii: "("): return try group()
    case UInt8(ascii: "["): return try node(of: try characterClass(), from: start)
    case UInt8(ascii: "."):
      position += 1
      return try node(of: .withinLine, from: start)
    case UInt8(ascii: "\\"):
      switch try escape(inClass: false) {
      case .scalar(let scalar): return try node(of: scalar, from: start)
      case .set(let set): return try node(of: set, from: start)
      }
    default: return try node(of: takeScalar(), from: start)
    }
  }

  private mutating func node(
    of scalar: UInt32, from start: Int
  ) throws(PatternError) -> PatternSyntax.NodeID {
    do throws(ScalarSetTable.Full) {
      return try syntax.scalar(scalar)
    } catch {
      throw self.error(.tooManyRanges, from: start)
    }
  }

  private mutating func node(
    of set: ScalarSet, from start: Int
  ) throws(PatternError) -> PatternSyntax.NodeID {
    do throws(ScalarSetTable.Full) {
      return try syntax.scalar(of: set)
    } catch {
      throw self.error(.tooManyRanges, from: start)
    }
  }

  // MARK: - Quantifiers

  /// Takes a quantifier, a lazy one too: which match is found first does not matter here.
  private mutating func quantifier() throws(PatternError) -> (least: Int, most: Int?)? {
    let start = position
    let counts: (Int, Int?)
    if take("*") {
      counts = (0, nil)
    } else if take("+") {
      counts = (1, nil)
    } else if take("?") {
      counts = (0, 1)
    } else if let braced = takeBraced() {
      counts = braced
      if let most = braced.most, most < braced.least {
        throw error(.repeatedBackwards(text(from: start)), from: start)
      }
    } else {
      return nil
    }
    _ = take("?")
    return counts
  }

  /// `{n}`, `{n,}` or `{n,m}`; any other brace is a sign like others.
  private mutating func takeBraced() -> (least: Int, most: Int?)? {
    let start = position
    if take("{"), let least = takeNumber() {
      if take("}") { return (least, least) }
      if take(",") {
        if take("}") { return (least, nil) }
        if let most = takeNumber(), take("}") { return (least, most) }
      }
    }
    position = start
    return nil
  }

  /// A number of any length; beyond all limits one is like another.
  private mutating func takeNumber() -> Int? {
    var number: Int?
    while let digit = byte(), digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") {
      number = min((number ?? 0) * 10 + Int(digit - UInt8(ascii: "0")), 1 << 32)
      position += 1
    }
    return number
  }

  // MARK: - Groups

  private mutating func group() throws(PatternError) -> PatternSyntax.NodeID {
    let start = position
    position += 1
    guard depth < Limits.patternNesting else { throw error(.nestedTooDeep, from: start) }
    try groupOpening(from: start)
    depth += 1
    let content = try disjunction()
    depth -= 1
    guard take(")") else { throw error(.unclosedGroup, from: start, to: start + 1) }
    return content
  }

  private mutating func groupOpening(from start: Int) throws(PatternError) {
    guard take("?") else { return }
    if take(":") { return }
    if take("=") || take("!") { throw error(.lookAhead(text(from: start)), from: start) }
    if take("<") {
      if take("=") || take("!") { throw error(.lookBehind(text(from: start)), from: start) }
      let name = try groupName(from: start)
      guard groupNames.insert(name) else {
        throw error(.groupNameTwice(String(String.UnicodeScalarView(name))), from: start)
      }
      return
    }
    var flags = 0
    while let byte = byte(flags), "ims-".utf8.contains(byte) { flags += 1 }
    if flags > 0, byte(flags) == UInt8(ascii: ":") || byte(flags) == UInt8(ascii: ")") {
      position += flags + 1
      throw error(.modifiers(text(from: start)), from: start)
    }
    if !atEnd { _ = takeScalar() }
    throw error(.unknownGroup(text(from: start)), from: start)
  }

  /// The name behind `(?<`, with its `>`.
  private mutating func groupName(from start: Int) throws(PatternError) -> [Unicode.Scalar] {
    var name: [Unicode.Scalar] = []
    while !atEnd, !take(">") {
      let value: UInt32?
      if isAt(#"\u"#) {
        position += 2
        value = takeCodePoint()
      } else {
        value = takeScalar()
      }
      guard let scalar = value.flatMap(Unicode.Scalar.init), GroupNames.allows(scalar, after: name)
      else { throw error(.badGroupName, from: start) }
      name.append(scalar)
    }
    guard !name.isEmpty, bytes[position - 1] == UInt8(ascii: ">") else {
      throw error(.badGroupName, from: start)
    }
    return name
  }

  /// Groups that capture, and whether one of them has a name; the text may be malformed.
  private static func countGroups(_ bytes: [UInt8]) -> (Int, hasNames: Bool) {
    var count = 0
    var hasNames = false
    var isInClass = false
    var index = 0
    func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }
    while let sign = byte(index) {
      index += 1
      switch sign {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "["): isInClass = true
      case UInt8(ascii: "]"): isInClass = false
      case UInt8(ascii: "(") where !isInClass:
        guard byte(index) == UInt8(ascii: "?") else {
          count += 1
          continue
        }
        let isName =
          byte(index + 1) == UInt8(ascii: "<") && byte(index + 2) != UInt8(ascii: "=")
          && byte(index + 2) != UInt8(ascii: "!")
        if isName {
          count += 1
          hasNames = true
        }
      default: break
      }
    }
    return (count, hasNames)
  }
}
