internal import JSON

/// The published trees that a tree names, as far as its compiler has come.
struct SubTrees: Sendable {
  /// What a name stands for.
  enum Source {
    case value(JSONValue, byteCount: Int)
    case unknown
    case inactive
    /// Nobody could say.
    case unresolved
  }

  /// The name that stands for the whole tree.
  let rootID: String?
  /// The tree that the compiler can't go on without.
  private(set) var wanted: String?
  /// Each of them once.
  private(set) var uses: [SubTreeUse] = []
  /// Bytes of JSON of all places of all of them, as if they were written out there.
  private(set) var byteCount = 0
  private var places: [String: Int] = [:]
  private var sources: [String: Source] = [:]
  /// Places of all of them.
  private(set) var expansions = 0

  init(rootID: String?) { self.rootID = rootID }

  var isEmpty: Bool { uses.isEmpty }
  var isUnresolved: Bool {
    sources.values.contains { if case .unresolved = $0 { true } else { false } }
  }
  /// What was read of them.
  var values: [JSONValue] {
    sources.values.compactMap { if case .value(let value, _) = $0 { value } else { nil } }
  }

  /// Takes down that a node names a tree.
  ///
  /// - Returns: Whether there may be so many.
  mutating func note(_ treeID: String, at path: JSONPointer, isDirect: Bool) -> Bool {
    if let place = places[treeID] {
      if isDirect { uses[place].isDirect = true }
      return true
    }
    guard uses.count < TreeLimits.subTrees else { return false }
    places[treeID] = uses.count
    uses.append(SubTreeUse(treeID: treeID, path: path, isDirect: isDirect))
    return true
  }

  /// What a name stands for; `nil` when it is not known yet, and wanted from now on.
  mutating func source(of treeID: String) -> Source? {
    if let source = sources[treeID] { return source }
    wanted = treeID
    return nil
  }

  /// Takes what was wanted.
  mutating func take(_ source: Source) {
    guard let treeID = wanted.take() else { return }
    sources[treeID] = source
  }

  /// Goes on without what was wanted, if it was not supplied.
  mutating func giveUpWanted() { take(.unresolved) }

  /// Takes down one more place of a tree.
  ///
  /// - Returns: Its number, or `nil` when all of them together take more bytes than they may.
  mutating func expand(byteCount: Int) -> Int? {
    self.byteCount += byteCount
    guard self.byteCount <= TreeLimits.json.byteCount else { return nil }
    expansions += 1
    return expansions
  }
}
