internal import Catalog
internal import DecisionEngine
internal import SmartFlowMessages
internal import WorkerLink

/// Finds the published trees that a tree names, all of them in one snapshot of the catalog: no tree is made of half an
/// update.
struct SubTreeResolver {
  /// What a name stood for.
  private enum Meaning: Equatable {
    case unknown
    case inactive
    case active(version: UInt64, digest: Digest)
  }

  /// A version that is to stand for a name instead of the one that is active.
  struct Candidate {
    var treeID: String
    var json: [UInt8]
  }

  /// The snapshot.
  private(set) var state: CatalogState
  private var names: [(treeID: String, meaning: Meaning)] = []
  private var collector = SubTreeVersions.Collector()
  private let candidate: Candidate?

  init(in state: CatalogState, candidate: Candidate? = nil) {
    self.state = state
    self.candidate = candidate
  }

  /// Finds one, and notes what was found.
  mutating func find(_ treeID: String, in catalog: borrowing CatalogReader) -> SubTreeSupply {
    if let candidate, candidate.treeID == treeID { return .json(candidate.json) }
    let (meaning, entry) = Self.meaning(of: treeID, in: state, catalog)
    names.append((treeID, meaning))
    if case .active(let version, let digest) = meaning { collector.add(treeID, version, digest) }
    guard let entry else { return meaning == .unknown ? .unknown : .inactive }
    return .json(catalog.withJSON(of: entry) { [UInt8](copying: $0) })
  }

  /// Goes over to the newest snapshot, if all names stand for the same there.
  ///
  /// - Returns: Whether they do.
  mutating func follow(_ catalog: borrowing CatalogReader) -> Bool {
    // Nearly always this is all.
    guard state.generation != catalog.state.generation else { return true }
    for (treeID, meaning) in names {
      guard Self.meaning(of: treeID, in: catalog.state, catalog).0 == meaning else { return false }
    }
    state = catalog.state
    return true
  }

  /// Whether none was looked for.
  var isEmpty: Bool { names.isEmpty }

  /// The versions that it has found.
  var versions: SubTreeVersions { collector.versions }

  /// About how much memory it takes.
  var memoryBytes: Int {
    collector.byteCount + names.reduce(0) { $0 + 128 + $1.treeID.utf8.count }
  }

  private static func meaning(
    of treeID: String, in state: CatalogState, _ catalog: borrowing CatalogReader
  ) -> (Meaning, CatalogEntry?) {
    guard let entry = catalog.find(treeID.utf8.span, version: 0, in: state) else {
      // Versions count from one, and what was published is never forgotten.
      let isThere = catalog.find(treeID.utf8.span, version: 1, in: state) != nil
      return (isThere ? .inactive : .unknown, nil)
    }
    guard entry.version != 0, !entry.isRetired else { return (.inactive, nil) }
    return (.active(version: entry.version, digest: entry.digest), entry)
  }
}
