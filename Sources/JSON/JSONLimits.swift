/// What one text may ask of a parser.
public struct JSONLimits: Sendable, Equatable {
  /// The text's length, in bytes.
  public var byteCount: Int
  /// Lists and objects inside one another.
  public var nesting: Int
  /// Values of any kind, keys not counted.
  public var values: Int
  /// The length of a key, in bytes.
  public var nameBytes: Int

  /// Limits for texts of programs of one's own: 64 MiB, 512 nested, ten million values.
  public static let standard = JSONLimits(byteCount: 64 << 20, nesting: 512, values: 10_000_000)

  /// Lists and objects inside one another in a ``JSONTape``, whose readers recurse by it.
  package static let plainNesting = 32
  /// Members of each object in a ``JSONTape``: a name is compared with all before it.
  package static let plainMembers = 16

  /// Makes limits.
  public init(byteCount: Int, nesting: Int, values: Int, nameBytes: Int = .max) {
    self.byteCount = byteCount
    self.nesting = nesting
    self.values = values
    self.nameBytes = nameBytes
  }
}
