/// A message of a tree that is too large to be unpacked at once, and that is read field by field.
struct OpenMessage: Sendable {
  /// What it is; of the lists inside a node, the node.
  enum Kind {
    case node, nodes, cases, `case`, shares, share, structure, entry, value, list
  }

  let kind: Kind
  let range: Range<Int>
  /// The next field that is to be looked at.
  var at: Int
  /// Where the content of the last field of each number stands, once all fields were looked at.
  private(set) var contents: [Range<Int>?]
  /// The last field that was looked at whose number the type knows.
  private(set) var last: WireField?
  /// What is to be given next, once all fields were looked at.
  var next = 0

  init(_ kind: Kind, _ range: Range<Int>) {
    self.kind = kind
    self.range = range
    at = range.lowerBound
    contents = [Range<Int>?](repeating: nil, count: Self.greatestNumber(kind) + 1)
  }

  /// The greatest number of a field that is looked for; 0 where fields are given as they come.
  private static func greatestNumber(_ kind: Kind) -> Int {
    switch kind {
    case .node: 10
    case .value: 6
    case .case, .share, .entry: 2
    case .nodes, .cases, .shares, .structure, .list: 0
    }
  }

  /// Whether there are fields left to look at.
  var hasFields: Bool { at < range.upperBound }

  /// The next field.
  mutating func takeField(of bytes: Span<UInt8>) -> WireField {
    let field = WireField(at: at, of: bytes)
    at = field.range.upperBound
    return field
  }

  /// Looks at one field more.
  ///
  /// - Returns: Whether there was one.
  mutating func locate(in bytes: Span<UInt8>) -> Bool {
    guard hasFields else { return false }
    let field = takeField(of: bytes)
    if field.number < contents.count {
      contents[field.number] = field.content
      last = field
    }
    return true
  }

  /// The content of a text or message; `nil` where there is none.
  func content(_ number: Int) -> Range<Int>? { contents[number] }

  /// The content of a text that says something; in proto3 an empty one is an absent one.
  func text(_ number: Int) -> Range<Int>? {
    contents[number].flatMap { $0.isEmpty ? nil : $0 }
  }
}
