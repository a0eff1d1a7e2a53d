/// One version of a published tree.
public struct TreeVersionMessage: Equatable, Sendable {
  /// Its tree's name.
  public var treeID: String
  /// 1 for the first, one more for each.
  public var version: UInt64
  /// SHA-256 of the canonical JSON.
  public var treeDigest: [UInt8]
  /// Whether calls that name no version run it.
  public var isActive = false
  /// Whether nobody may run it any more.
  public var isRetired = false
  /// When it was published.
  public var publishTime: Timestamp?
  /// Who published it.
  public var author: AuthorMessage?
  /// What it was labelled with.
  public var labels: [String: String] = [:]
  /// What its author says of it.
  public var comment = ""
  /// Length of the canonical JSON.
  public var treeBytes: UInt64 = 0
  /// The canonical JSON, where one version was asked for.
  public var treeJSON: [UInt8] = []
  /// The JSON Schema of its contexts, where one version was asked for, and has one.
  public var contextSchema: [UInt8] = []
  /// The published trees that its SubTree nodes name.
  public var subTrees: [String] = []

  /// Makes a version.
  public init(treeID: String, version: UInt64, treeDigest: [UInt8]) {
    self.treeID = treeID
    self.version = version
    self.treeDigest = treeDigest
  }

  func append(to output: inout [UInt8]) {
    Wire.text(1, treeID, to: &output)
    Wire.integer(2, version, to: &output)
    Wire.bytes(3, treeDigest, to: &output)
    Wire.logical(4, isActive, to: &output)
    Wire.logical(5, isRetired, to: &output)
    Wire.timestamp(6, publishTime, to: &output)
    if let author { Wire.message(7, to: &output) { author.append(to: &$0) } }
    Wire.labels(8, labels, to: &output)
    Wire.text(9, comment, to: &output)
    Wire.integer(10, treeBytes, to: &output)
    Wire.bytes(11, treeJSON, to: &output)
    Wire.bytes(12, contextSchema, to: &output)
    for treeID in subTrees { Wire.presentText(13, treeID, to: &output) }
  }
}

/// Who published something, as the kernel says of the connection.
public struct AuthorMessage: Equatable, Sendable {
  /// The user's number.
  public var uid: UInt32
  /// The group's number.
  public var gid: UInt32
  /// The process.
  public var pid: UInt32
  /// The user's name on the server's machine; empty when it has none.
  public var name: String

  /// Makes an author.
  public init(uid: UInt32, gid: UInt32, pid: UInt32, name: String) {
    self.uid = uid
    self.gid = gid
    self.pid = pid
    self.name = name
  }

  func append(to output: inout [UInt8]) {
    Wire.integer(1, UInt64(uid), to: &output)
    Wire.integer(2, UInt64(gid), to: &output)
    Wire.integer(3, UInt64(pid), to: &output)
    Wire.text(4, name, to: &output)
  }
}
