/// A published tree as a list shows it.
public struct TreeSummaryMessage: Equatable, Sendable {
  /// Its name.
  public var treeID: String
  /// 0 when none is active.
  public var activeVersion: UInt64
  /// The version that was published last.
  public var newestVersion: UInt64
  /// Whether it was retired as a whole.
  public var isRetired: Bool
  /// When anything of it changed last.
  public var updateTime: Timestamp?

  /// Makes a line.
  public init(
    treeID: String, activeVersion: UInt64, newestVersion: UInt64, isRetired: Bool,
    updateTime: Timestamp? = nil
  ) {
    self.treeID = treeID
    self.activeVersion = activeVersion
    self.newestVersion = newestVersion
    self.isRetired = isRetired
    self.updateTime = updateTime
  }

  func append(to output: inout [UInt8]) {
    Wire.text(1, treeID, to: &output)
    Wire.integer(2, activeVersion, to: &output)
    Wire.integer(3, newestVersion, to: &output)
    Wire.logical(4, isRetired, to: &output)
    Wire.timestamp(5, updateTime, to: &output)
  }
}
