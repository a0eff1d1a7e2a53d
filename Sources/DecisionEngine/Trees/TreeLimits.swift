public import JSON

/// What one tree and one context may ask.
public enum TreeLimits {
  /// A tree's JSON form: 1 MiB; nested as deep as 64 nodes and their parameters can be; names of 64 KiB, each of which is
  /// compared and written in one piece.
  public static let json = JSONLimits(
    byteCount: 1 << 20, nesting: 256, values: 1_000_000, nameBytes: 64 << 10)
  /// A context's JSON form: 256 KiB, 32 nested.
  ///
  /// One value more than there may be is read (10,000, and the object itself), so that it is the context
  /// that says how many its limit is, as for contexts in other forms.
  public static let context = JSONLimits(byteCount: 256 << 10, nesting: 32, values: 10_002)
  /// A context schema's JSON form: as long as the context may be.
  public static let contextSchema = JSONLimits(byteCount: 256 << 10, nesting: 64, values: 50_000)
  /// Schemas of a context schema inside one another, those that `$ref` leads to counted; as many are held at once.
  static let schemaNesting = 128
  /// Properties that are looked at while the objects of an `allOf` are put together, in one context schema: a context has
  /// no more values.
  static let schemaProperties = 10_000
  /// Unknown names of one object that are told of: each is compared with all that may have been meant.
  static let unknownNames = 32
  /// Nodes inside one another; a person does not follow more, and the compiler recurses by it.
  public static let nesting = 64
  /// Nodes of a tree.
  public static let nodes = 10_000
  /// Children of a `Sequence`, cases of a `Switch`, shares of a `Split`.
  public static let children = 100
  /// Actions that one execution can reach.
  public static let actionsOnPath = 1_000
  /// Memory that the patterns of a tree take between them.
  ///
  /// Enough for an ordinary one at every node; a counted repeat makes kilobytes of a few letters.
  public static let patternBytes = 16 << 20
  /// Expressions in all of a tree's conditions and templates.
  ///
  /// A program takes a kilobyte and more, and a tree within its other limits could hold 200,000.
  public static let expressions = 20_000
  /// Different trees that `SubTree` nodes name, those of the trees that they name included.
  ///
  /// After every change of any published tree each of them is looked up, which takes some 100 ns.
  public static let subTrees = 1_000
  /// The greatest weight of a share: a hundred of them still add up exactly.
  public static let weight = 1e12
  /// Bytes of a player's ID, which a split hashes.
  public static let playerIDBytes = 1_024
  /// Errors of one tree or context schema, and as many warnings; past them somebody is not listening.
  public static let diagnostics = 1_000
  /// Bytes of a text that a template makes.
  public static let renderedTextBytes = 64 << 10
  /// About how many bytes a value takes that stands for a whole parameter; all of a context takes fewer.
  public static let renderedValueBytes = 1 << 20
  /// Bytes of JSON up to which a tree is compiled at once, where there is nothing to say of it.
  ///
  /// Measured: some 30 µs a kilobyte, so that all of it takes a part of a slice, and less than the longest expression.
  static let plainBytes = 4 << 10
  /// Expressions of such a tree, some 3 µs each: one of five bytes could else hold four hundred.
  static let plainExpressions = 32
  /// Values of JSON that are read, or written, in one step of a ``TreePreparation``: some 20 µs.
  static let valuesPerStep = 64
  /// Nodes and expressions of a tree that is given back at once when nobody uses it any more: some 20 µs.
  static let piecesGivenBackAtOnce = 128
  /// Bytes of JSON whose values are given back at once: some 20 µs.
  static let bytesGivenBackAtOnce = 2 << 10
  /// Bytes that are hashed in one step: some 20 µs.
  static let bytesPerStep = 8 << 10
}
