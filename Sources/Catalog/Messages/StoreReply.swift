/// What the store answers, in the bytes that the keeper lays on a worker's desk.
public enum StoreReply: Equatable, Sendable {
  /// The tree stands as this version; not new when the newest one was the same already.
  case published(PublishedVersion, isNew: Bool)
  /// The version that was asked for, whole.
  case version(PublishedVersion)
  /// A page of trees, and whether there are more.
  case trees([TreeSummary], hasMore: Bool)
  /// A page of versions, and whether there are more.
  case versions([PublishedVersion], hasMore: Bool)
  /// Calls run this version, and ran that one before; 0 when there was none.
  case activated(PublishedVersion, previous: UInt64)
  /// Nobody runs it any more.
  case retired
  /// The trees that use the one that was asked for, as they are in that generation of the catalog.
  case users([TreeID], generation: UInt64)
  /// It was refused, and nothing has changed.
  case refused(StoreRefusal)
  /// What the daemon is configured to be, and who said so.
  case configuration([ConfiguredValue])

  /// The bytes.
  public var bytes: [UInt8] {
    var writer = LinkWriter()
    switch self {
    case .published(let version, let isNew):
      writer.number(1)
      version.append(to: &writer)
      writer.logical(isNew)
    case .version(let version):
      writer.number(2)
      version.append(to: &writer)
    case .trees(let trees, let hasMore):
      writer.number(3)
      writer.list(trees) { $1.append(to: &$0) }
      writer.logical(hasMore)
    case .versions(let versions, let hasMore):
      writer.number(4)
      writer.list(versions) { $1.append(to: &$0) }
      writer.logical(hasMore)
    case .activated(let version, let previous):
      writer.number(5)
      version.append(to: &writer)
      writer.number(previous)
    case .retired: writer.number(6)
    case .refused(let refusal):
      writer.number(7)
      refusal.append(to: &writer)
    case .configuration(let values):
      writer.number(20)
      writer.list(values) { $1.append(to: &$0) }
    case .users(let users, let generation):
      writer.number(8)
      writer.list(users) { $0.text($1.text) }
      writer.number(generation)
    }
    return writer.bytes
  }

  /// Reads bytes, or gives `nil` when they are no reply.
  public init?(parsing bytes: [UInt8]) {
    guard let reply = LinkReader.whole(bytes, Self.init) else { return nil }
    self = reply
  }

  private init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    switch try reader.number() {
    case 1: self = .published(try PublishedVersion(&reader), isNew: try reader.logical())
    case 2: self = .version(try PublishedVersion(&reader))
    case 3:
      let trees = try reader.list(atMost: Limits.pageEntries) {
        reader throws(LinkReader.Malformed) in try TreeSummary(&reader)
      }
      self = .trees(trees, hasMore: try reader.logical())
    case 4:
      let versions = try reader.list(atMost: Limits.pageEntries) {
        reader throws(LinkReader.Malformed) in try PublishedVersion(&reader)
      }
      self = .versions(versions, hasMore: try reader.logical())
    case 5: self = .activated(try PublishedVersion(&reader), previous: try reader.number())
    case 6: self = .retired
    case 7: self = .refused(try StoreRefusal(&reader))
    case 20:
      self = .configuration(
        try reader.list(atMost: Limits.configuredValues) { reader throws(LinkReader.Malformed) in
          try ConfiguredValue(&reader)
        })
    case 8:
      let users = try reader.list(atMost: Limits.users) { reader throws(LinkReader.Malformed) in
        try reader.treeID()
      }
      self = .users(users, generation: try reader.number())
    default: throw LinkReader.Malformed()
    }
  }
}
