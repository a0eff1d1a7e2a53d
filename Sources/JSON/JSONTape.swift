/// A small JSON text as one flat list of what is in it, read in one go.
///
/// For whoever makes something of a text at once, and has no use for values. What is not plain is not read at all, and
/// left to ``JSONReading``, which says what is wrong with it: no mistake is told of here.
package struct JSONTape: Sendable {
  /// What an entry is.
  package enum Kind: UInt8, BitwiseCopyable, Sendable {
    case null
    case `true`
    case `false`
    case number
    /// A text as it stands in the source.
    case text
    /// A text whose escapes were resolved; what RFC 8785 writes for it is an entry of its own behind it.
    case resolvedText
    /// What RFC 8785 writes for the text before, a part of the source.
    case writtenInSource
    /// What RFC 8785 writes for the text before, where the source has it otherwise.
    case written
    case list
    /// The name of each member is an entry, a text, before its value.
    case object
  }

  /// A value or the name of a member.
  struct Entry: BitwiseCopyable, Sendable {
    let kind: Kind
    /// The entry behind all that is in this one.
    var next: Int32
    /// A number's, or where a text begins and how long it is; of a container that is open the one around it.
    var bits: UInt64
  }

  /// The source.
  package let bytes: [UInt8]
  /// Texts whose escapes were resolved, and what is written for them.
  let resolved: [UInt8]
  let entries: [Entry]

  /// Reads a text; `nil` where it is not plain, and also where it is none.
  ///
  /// Plain is JSON of at most ``JSONLimits/plainNesting`` containers inside one another and
  /// ``JSONLimits/plainMembers`` members in each, with numbers of at most 15 digits without exponents, and no surrogates
  /// among its escapes.
  package init?(_ bytes: [UInt8]) {
    var reader = JSONTapeReader(bytes.span)
    guard reader.read() else { return nil }
    self.bytes = bytes
    resolved = reader.resolved
    entries = reader.entries
  }

  /// What the whole is; its place is 0.
  package subscript(place: Int) -> Kind { entries[place].kind }

  /// The place behind a value and all that is in it.
  package func end(of place: Int) -> Int { Int(entries[place].next) }

  /// The number at a place where there is one.
  package func number(at place: Int) -> Double { Double(bitPattern: entries[place].bits) }

  /// Whether a text stands at a place, as a value or a name.
  package func isText(_ place: Int) -> Bool {
    entries[place].kind == .text || entries[place].kind == .resolvedText
  }

  /// The bytes of the text at a place where there is one, its escapes resolved.
  @_lifetime(borrow self)
  package func text(at place: Int) -> Span<UInt8> {
    let range = entries[place].range
    if entries[place].kind == .text { return bytes.span.extracting(range) }
    return resolved.span.extracting(range)
  }

  /// The same as a text of Swift's.
  package func string(at place: Int) -> String { String(units: text(at: place)) }

  /// Where the first value in a list stands, or the first name in an object.
  package func first(in place: Int) -> Int { place + 1 }

  /// Where the value of the member stands whose name is at a place.
  package func value(of name: Int) -> Int { end(of: name) }

  /// A value and all that is in it, as ``JSONValueBuilder`` builds it.
  package func value(at place: Int) -> JSONValue {
    // As deep as the text.
    switch entries[place].kind {
    case .null: return .null
    case .true: return .bool(true)
    case .false: return .bool(false)
    case .number: return .number(number(at: place))
    case .text, .resolvedText, .writtenInSource, .written: return .string(string(at: place))
    case .list:
      var elements: [JSONValue] = []
      var element = first(in: place)
      while element < end(of: place) {
        elements.append(value(at: element))
        element = end(of: element)
      }
      return .array(elements)
    case .object: return .object(object(at: place))
    }
  }

  /// The object at a place where there is one.
  ///
  /// - Returns: The same as ``JSONValueBuilder`` builds.
  package func object(at place: Int) -> JSONObject {
    var members: [JSONObject.Element] = []
    var count = 0
    var member = first(in: place)
    while member < end(of: place) {
      count += 1
      member = end(of: value(of: member))
    }
    members.reserveCapacity(count)
    member = first(in: place)
    while member < end(of: place) {
      members.append((string(at: member), value(at: value(of: member))))
      member = end(of: value(of: member))
    }
    // INVARIANT: no two names are the same; the reader has looked.
    return JSONObject(distinct: members)
  }
}

extension JSONTape.Entry {
  /// A text or a part of one.
  init(_ kind: JSONTape.Kind, _ range: Range<Int>, next: Int) {
    self.init(
      kind: kind, next: Int32(next),
      bits: UInt64(UInt32(range.lowerBound)) << 32 | UInt64(UInt32(range.count)))
  }

  /// Where a text lies.
  var range: Range<Int> {
    let start = Int(bits >> 32)
    return start..<start + Int(UInt32(truncatingIfNeeded: bits))
  }
}

extension Span<UInt8> {
  /// Whether the bytes are those of a word.
  package func says(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    // Safe: the index is below both counts.
    for index in 0..<count where unsafe self[index] != word.utf8Start[index] { return false }
    return true
  }
}
