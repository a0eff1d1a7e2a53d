/// One version of a published tree: it never changes but for being active or retired.
public struct PublishedVersion: Equatable, Sendable {
  /// Bytes of a SHA-256.
  public static let digestBytes = 32

  /// Its tree.
  public var treeID: TreeID
  /// 1 for the first, one more for each.
  public var version: UInt64
  /// SHA-256 of the canonical JSON.
  public var digest: [UInt8]
  /// Whether calls that name no version run it.
  public var isActive = false
  /// Whether nobody may run it any more.
  public var isRetired = false
  /// When it was published, in microseconds since 1970.
  public var publishMicroseconds: UInt64
  /// Who published it.
  public var author: Author
  /// What it was labelled with, by key.
  public var labels: [Label] = []
  /// What its author says of it.
  public var comment = ""
  /// The trees that it uses.
  public var subTrees: [TreeID] = []
  /// Bytes of the canonical JSON.
  public var byteCount: UInt64
  /// The canonical JSON; empty where a list leaves it out.
  public var json: [UInt8] = []
  /// The JSON Schema of its contexts; empty where there is none, or a list leaves it out.
  public var contextSchema: [UInt8] = []

  /// Who did something, as the kernel says of the connection.
  public struct Author: Equatable, Sendable {
    /// The user's number.
    public var userID: UInt32
    /// The group's number.
    public var groupID: UInt32
    /// The process.
    public var processID: UInt32
    /// The user's name as the keeper's machine has it; empty where it has none.
    public var name = ""

    /// Makes an author of the numbers.
    public init(userID: UInt32, groupID: UInt32, processID: UInt32, name: String = "") {
      self.userID = userID
      self.groupID = groupID
      self.processID = processID
      self.name = name
    }
  }

  /// A word about a version, for whoever looks for it.
  public struct Label: Equatable, Sendable {
    /// What is said.
    public var key: String
    /// What of it.
    public var value: String

    /// Makes a label.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// Makes a version.
  public init(
    treeID: TreeID, version: UInt64, digest: [UInt8], publishMicroseconds: UInt64, author: Author,
    byteCount: UInt64
  ) {
    self.treeID = treeID
    self.version = version
    self.digest = digest
    self.publishMicroseconds = publishMicroseconds
    self.author = author
    self.byteCount = byteCount
  }
}

extension PublishedVersion.Author {
  func append(to writer: inout LinkWriter) {
    writer.number(UInt64(userID))
    writer.number(UInt64(groupID))
    writer.number(UInt64(processID))
    writer.text(name)
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    self.init(
      userID: try reader.shortNumber(), groupID: try reader.shortNumber(),
      processID: try reader.shortNumber(),
      name: try reader.text(atMost: Limits.labelValueBytes))
  }
}

extension PublishedVersion.Label {
  func append(to writer: inout LinkWriter) {
    writer.text(key)
    writer.text(value)
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    self.init(
      key: try reader.text(atMost: Limits.labelKeyBytes),
      value: try reader.text(atMost: Limits.labelValueBytes))
  }
}

extension PublishedVersion {
  func append(to writer: inout LinkWriter) {
    writer.text(treeID.text)
    writer.number(version)
    writer.data(digest)
    writer.logical(isActive)
    writer.logical(isRetired)
    writer.number(publishMicroseconds)
    author.append(to: &writer)
    writer.list(labels) { $1.append(to: &$0) }
    writer.text(comment)
    writer.list(subTrees) { $0.text($1.text) }
    writer.number(byteCount)
    writer.data(json)
    writer.data(contextSchema)
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    let treeID = try reader.treeID()
    let version = try reader.number()
    let digest = try reader.digest()
    let isActive = try reader.logical()
    let isRetired = try reader.logical()
    let time = try reader.number()
    let author = try Author(&reader)
    let labels = try reader.list(atMost: Limits.labels) { reader throws(LinkReader.Malformed) in
      try Label(&reader)
    }
    let comment = try reader.text(atMost: Limits.commentBytes)
    let subTrees = try reader.list(atMost: Limits.subTrees) {
      reader throws(LinkReader.Malformed) in try reader.treeID()
    }
    self.init(
      treeID: treeID, version: version, digest: digest, publishMicroseconds: time, author: author,
      byteCount: try reader.number())
    self.isActive = isActive
    self.isRetired = isRetired
    self.labels = labels
    self.comment = comment
    self.subTrees = subTrees
    json = try reader.data(atMost: Limits.treeBytes)
    contextSchema = try reader.data(atMost: Limits.treeBytes)
  }
}
