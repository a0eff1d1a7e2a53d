internal import JSON

/// A field of a node or of one of its branches, or a parameter of a node, as the format declares it.
///
/// The compiler checks trees against it, and the JSON Schema is made of it: what is said here is said once.
struct NodeField: Sendable {
  /// What a field's value must be.
  indirect enum Kind: Sendable {
    /// The name of a node or an action.
    case type
    /// Parameters, which the type declares.
    case parameters
    /// A name for the node, unique in the tree.
    case identifier
    /// Any text.
    case text
    /// Any object.
    case object
    /// An expression.
    case expression
    /// The name of a published tree.
    case treeID
    /// One of the given texts.
    case choice([String])
    /// A share's part of the players.
    case weight
    /// One node.
    case node
    /// Nodes in order, 1 to ``TreeLimits/children``.
    case nodes
    /// Objects of the given fields in order, 1 to ``TreeLimits/children``.
    case branches(NodeFields)
  }

  let name: String
  let kind: Kind
  let isRequired: Bool
  /// One sentence for people.
  let summary: String

  init(_ name: String, _ kind: Kind, isRequired: Bool = false, _ summary: String) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.summary = summary
  }
}

/// The fields of one object.
struct NodeFields: Sendable {
  let fields: [NodeField]
  /// Their names, made once: every object of every tree is held against them.
  let names: [String]

  init(_ fields: [NodeField]) {
    self.fields = fields
    names = fields.map(\.name)
  }
}

extension NodeField {
  /// The fewest and the most characters of an `id` and of an action's name.
  static let nameLength = 1...64

  /// Whether a text may be an `id`: 1 to 64 of A-Z, a-z, 0-9, _ and -.
  static func isIdentifier(_ text: String) -> Bool {
    nameLength.contains(text.utf8.count) && text.utf8.allSatisfy(isOfIdentifier)
  }

  /// The same as a pattern of ECMA-262, for JSON Schema.
  static let identifierPattern =
    "^[A-Za-z0-9_-]{\(nameLength.lowerBound),\(nameLength.upperBound)}$"

  /// Whether a text may name an action: as an `id`, with dots for those who want to name the owner.
  static func isTypeName(_ text: String) -> Bool {
    nameLength.contains(text.utf8.count)
      && text.utf8.allSatisfy { isOfIdentifier($0) || $0 == UInt8(ascii: ".") }
  }

  /// The fewest and the most characters of a published tree's ID.
  static let treeIDLength = 1...128

  /// What a published tree's ID must be, for people.
  static let treeIDRule =
    "\(treeIDLength.lowerBound) to \(treeIDLength.upperBound) letters (A-Z, a-z), digits, `.`, `_` and `-`, the first a letter or digit"

  /// Whether a text may be a published tree's ID.
  static func isTreeID(_ text: String) -> Bool {
    guard treeIDLength.contains(text.utf8.count), let first = text.utf8.first,
      ![UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(first)
    else { return false }
    return text.utf8.allSatisfy { isOfIdentifier($0) || $0 == UInt8(ascii: ".") }
  }

  /// The same as a pattern of ECMA-262, for JSON Schema.
  static let treeIDPattern =
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,\(treeIDLength.upperBound - 1)}$"

  private static func isOfIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension Sequence<String> {
  /// Whether a name is among these, byte for byte: Swift would take a composed and a decomposed `é` for one.
  func holds(_ name: String) -> Bool {
    // Their lengths nearly always tell them apart, and cost less to ask for.
    contains { $0.utf8.count == name.utf8.count && $0.utf8.span.hasSameBytes(as: name.utf8.span) }
  }
}
