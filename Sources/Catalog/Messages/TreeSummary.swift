/// A published tree as a list shows it.
public struct TreeSummary: Equatable, Sendable {
  /// Its name.
  public var treeID: TreeID
  /// The version that calls run; 0 while there is none.
  public var activeVersion: UInt64
  /// The version that was published last.
  public var newestVersion: UInt64
  /// Whether the tree as a whole was retired.
  public var isRetired: Bool
  /// When anything of it changed last, in microseconds since 1970.
  public var updateMicroseconds: UInt64

  /// Makes a line.
  public init(
    treeID: TreeID, activeVersion: UInt64, newestVersion: UInt64, isRetired: Bool,
    updateMicroseconds: UInt64
  ) {
    self.treeID = treeID
    self.activeVersion = activeVersion
    self.newestVersion = newestVersion
    self.isRetired = isRetired
    self.updateMicroseconds = updateMicroseconds
  }

  func append(to writer: inout LinkWriter) {
    writer.text(treeID.text)
    writer.number(activeVersion)
    writer.number(newestVersion)
    writer.logical(isRetired)
    writer.number(updateMicroseconds)
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    self.init(
      treeID: try reader.treeID(), activeVersion: try reader.number(),
      newestVersion: try reader.number(), isRetired: try reader.logical(),
      updateMicroseconds: try reader.number())
  }
}
