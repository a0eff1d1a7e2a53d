/// Why the store does not do what it was asked.
public enum StoreRefusal: Error, Equatable, Sendable {
  /// There is no such tree.
  case noSuchTree
  /// The tree has no such version.
  case noSuchVersion(UInt64)
  /// No version of the tree is active.
  case noActiveVersion
  /// There was no other version active before this one.
  case noPreviousVersion
  /// Somebody else was faster: this is how it stands.
  case stale(expected: UInt64, actual: UInt64)
  /// There is a tree of this name, and there was to be none.
  case exists(newest: UInt64)
  /// Nobody may run this version any more.
  case retired(UInt64)
  /// Calls run this version; another has to be active first.
  case isActive(UInt64)
  /// Other trees use it.
  case inUse(by: [TreeID])
  /// This version is made active only by who has looked at the trees that it uses, and at those that use it.
  case unchecked(version: UInt64)
  /// The catalog has changed since those were looked at.
  case changed(generation: UInt64)
  /// More trees use it than are looked at.
  case tooManyUsers(limit: UInt64)
  /// All published trees together take as much as they may.
  case full(limitBytes: UInt64)
  /// What was asked makes no sense; a worker that asks so is at fault.
  case malformed
  /// The answer is longer than a desk.
  case tooLong(bytes: UInt64)
  /// The disk or the database did not do its part; the text is SQLite's, for people.
  case unavailable(String)

  func append(to writer: inout LinkWriter) {
    switch self {
    case .noSuchTree: writer.number(1)
    case .noSuchVersion(let version):
      writer.number(2)
      writer.number(version)
    case .noActiveVersion: writer.number(3)
    case .noPreviousVersion: writer.number(4)
    case .stale(let expected, let actual):
      writer.number(5)
      writer.number(expected)
      writer.number(actual)
    case .exists(let newest):
      writer.number(6)
      writer.number(newest)
    case .retired(let version):
      writer.number(7)
      writer.number(version)
    case .isActive(let version):
      writer.number(8)
      writer.number(version)
    case .inUse(let users):
      writer.number(9)
      writer.list(users) { $0.text($1.text) }
    case .full(let limitBytes):
      writer.number(10)
      writer.number(limitBytes)
    case .malformed: writer.number(11)
    case .tooLong(let bytes):
      writer.number(12)
      writer.number(bytes)
    case .unavailable(let reason):
      writer.number(13)
      writer.text(String(reason.prefix(200)))
    case .unchecked(let version):
      writer.number(14)
      writer.number(version)
    case .changed(let generation):
      writer.number(15)
      writer.number(generation)
    case .tooManyUsers(let limit):
      writer.number(16)
      writer.number(limit)
    }
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    switch try reader.number() {
    case 1: self = .noSuchTree
    case 2: self = .noSuchVersion(try reader.number())
    case 3: self = .noActiveVersion
    case 4: self = .noPreviousVersion
    case 5: self = .stale(expected: try reader.number(), actual: try reader.number())
    case 6: self = .exists(newest: try reader.number())
    case 7: self = .retired(try reader.number())
    case 8: self = .isActive(try reader.number())
    case 9:
      self = .inUse(
        by: try reader.list(atMost: Limits.subTrees) {
          reader throws(LinkReader.Malformed) in try reader.treeID()
        })
    case 10: self = .full(limitBytes: try reader.number())
    case 11: self = .malformed
    case 12: self = .tooLong(bytes: try reader.number())
    case 13: self = .unavailable(try reader.text(atMost: Limits.commentBytes))
    case 14: self = .unchecked(version: try reader.number())
    case 15: self = .changed(generation: try reader.number())
    case 16: self = .tooManyUsers(limit: try reader.number())
    default: throw LinkReader.Malformed()
    }
  }
}
