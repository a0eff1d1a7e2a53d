/// What a worker asks of the store of published trees, in the bytes that it lays on its desk.
public enum StoreRequest: Equatable, Sendable {
  /// Keep a tree that the worker has found sound.
  case publish(Publication)
  /// One version, whole; 0 is the active one.
  case get(TreeID, version: UInt64)
  /// Trees by name.
  case list(TreeListing)
  /// A tree's versions, the newest first, below `before` where that is not 0.
  case versions(TreeID, before: UInt64, count: UInt64)
  /// Let calls run a version.
  case activate(Activation)
  /// Let nobody run a version any more; 0 retires the tree as a whole.
  case retire(TreeID, version: UInt64)
  /// The trees whose active versions use a tree, be it by way of others.
  case users(TreeID)

  /// The bytes.
  public var bytes: [UInt8] {
    var writer = LinkWriter()
    switch self {
    case .publish(let publication):
      writer.number(1)
      publication.append(to: &writer)
    case .get(let treeID, let version):
      writer.number(2)
      writer.text(treeID.text)
      writer.number(version)
    case .list(let listing):
      writer.number(3)
      listing.append(to: &writer)
    case .versions(let treeID, let before, let count):
      writer.number(4)
      writer.text(treeID.text)
      writer.number(before)
      writer.number(count)
    case .activate(let activation):
      writer.number(5)
      activation.append(to: &writer)
    case .retire(let treeID, let version):
      writer.number(6)
      writer.text(treeID.text)
      writer.number(version)
    case .users(let treeID):
      writer.number(7)
      writer.text(treeID.text)
    }
    return writer.bytes
  }

  /// Reads bytes that may be anything, or gives `nil` when they are no request.
  public init?(parsing bytes: [UInt8]) {
    guard let request = LinkReader.whole(bytes, Self.init) else { return nil }
    self = request
  }

  private init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    switch try reader.number() {
    case 1: self = .publish(try Publication(&reader))
    case 2: self = .get(try reader.treeID(), version: try reader.number())
    case 3: self = .list(try TreeListing(&reader))
    case 4:
      self = .versions(
        try reader.treeID(), before: try reader.number(), count: try reader.number())
    case 5: self = .activate(try Activation(&reader))
    case 6: self = .retire(try reader.treeID(), version: try reader.number())
    case 7: self = .users(try reader.treeID())
    default: throw LinkReader.Malformed()
    }
  }
}

/// A tree that is to be published.
public struct Publication: Equatable, Sendable {
  /// What it is published as.
  public var treeID: TreeID
  /// SHA-256 of the canonical JSON.
  public var digest: [UInt8]
  /// The canonical JSON.
  public var json: [UInt8]
  /// The JSON Schema of its contexts; empty where there is none.
  public var contextSchema: [UInt8] = []
  /// The newest version that its author knows of; 0 when they do not care.
  public var expectedVersion: UInt64 = 0
  /// Whether there must be no tree of this name yet.
  public var mustBeNew = false
  /// Whether calls are to run it from now on.
  public var activates = false
  /// Who publishes it.
  public var author: PublishedVersion.Author
  /// What it is labelled with.
  public var labels: [PublishedVersion.Label] = []
  /// What its author says of it.
  public var comment = ""
  /// The trees that it uses.
  public var subTrees: [TreeID] = []
  /// What was looked at to find it sound.
  public var grounds = Grounds()

  /// Makes a publication.
  public init(treeID: TreeID, digest: [UInt8], json: [UInt8], author: PublishedVersion.Author) {
    self.treeID = treeID
    self.digest = digest
    self.json = json
    self.author = author
  }

  func append(to writer: inout LinkWriter) {
    writer.text(treeID.text)
    writer.data(digest)
    writer.data(json)
    writer.data(contextSchema)
    writer.number(expectedVersion)
    writer.logical(mustBeNew)
    writer.logical(activates)
    author.append(to: &writer)
    writer.list(labels) { $1.append(to: &$0) }
    writer.text(comment)
    writer.list(subTrees) { $0.text($1.text) }
    grounds.append(to: &writer)
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    let treeID = try reader.treeID()
    let digest = try reader.digest()
    let json = try reader.data(atMost: Limits.treeBytes)
    let contextSchema = try reader.data(atMost: Limits.treeBytes)
    let expectedVersion = try reader.number()
    let mustBeNew = try reader.logical()
    let activates = try reader.logical()
    self.init(
      treeID: treeID, digest: digest, json: json, author: try PublishedVersion.Author(&reader))
    self.contextSchema = contextSchema
    self.expectedVersion = expectedVersion
    self.mustBeNew = mustBeNew
    self.activates = activates
    labels = try reader.list(atMost: Limits.labels) { reader throws(LinkReader.Malformed) in
      try PublishedVersion.Label(&reader)
    }
    comment = try reader.text(atMost: Limits.commentBytes)
    subTrees = try reader.list(atMost: Limits.subTrees) {
      reader throws(LinkReader.Malformed) in try reader.treeID()
    }
    grounds = try Grounds(&reader)
  }
}

/// What a worker has looked at to find a version sound: what has changed since may have made it unsound.
public struct Grounds: Equatable, Sendable {
  /// The catalog's generation that the trees were of which the version uses; 0 where it uses none, or none was looked at.
  public var generation: UInt64 = 0
  /// Whether the trees that use this one were found sound with it, all of them as they are in that generation.
  public var coversUsers = false

  /// Nothing was looked at.
  public init() {}

  /// The trees of a generation were looked at.
  public init(generation: UInt64, coversUsers: Bool) {
    self.generation = generation
    self.coversUsers = coversUsers
  }

  func append(to writer: inout LinkWriter) {
    writer.number(generation)
    writer.logical(coversUsers)
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    self.init(generation: try reader.number(), coversUsers: try reader.logical())
  }
}

/// Which trees a list is to have.
public struct TreeListing: Equatable, Sendable {
  /// How their names begin.
  public var prefix = ""
  /// The name behind which the list begins, in the order of bytes.
  public var after = ""
  /// Entries at most.
  public var count: UInt64
  /// Whether trees that were retired are among them.
  public var includesRetired = false

  /// Makes a listing of all.
  public init(count: UInt64) { self.count = count }

  func append(to writer: inout LinkWriter) {
    writer.text(prefix)
    writer.text(after)
    writer.number(count)
    writer.logical(includesRetired)
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    let prefix = try reader.text(atMost: Limits.treeIDBytes)
    let after = try reader.text(atMost: Limits.treeIDBytes)
    self.init(count: try reader.number())
    self.prefix = prefix
    self.after = after
    includesRetired = try reader.logical()
  }
}

/// Which version calls are to run.
public struct Activation: Equatable, Sendable {
  /// The tree.
  public var treeID: TreeID
  /// The version; 0 is the one that was active before the one that is.
  public var version: UInt64
  /// The active version that the caller knows of; 0 when they do not care.
  public var expectedActive: UInt64 = 0
  /// Who does it.
  public var author: PublishedVersion.Author
  /// What was looked at to find the version sound.
  public var grounds = Grounds()

  /// Makes an activation.
  public init(treeID: TreeID, version: UInt64, author: PublishedVersion.Author) {
    self.treeID = treeID
    self.version = version
    self.author = author
  }

  func append(to writer: inout LinkWriter) {
    writer.text(treeID.text)
    writer.number(version)
    writer.number(expectedActive)
    author.append(to: &writer)
    grounds.append(to: &writer)
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    let treeID = try reader.treeID()
    let version = try reader.number()
    let expectedActive = try reader.number()
    self.init(
      treeID: treeID, version: version, author: try PublishedVersion.Author(&reader))
    self.expectedActive = expectedActive
    grounds = try Grounds(&reader)
  }
}
