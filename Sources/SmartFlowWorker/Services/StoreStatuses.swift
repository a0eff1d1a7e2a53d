internal import Catalog
internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages
internal import TTRPC

// What callers are told of published trees.
extension RPCStatus {
  /// What every detail of a tree calls it.
  private static let treeType = "smartflow.tree"

  static func noSuchTree(_ treeID: String) -> RPCStatus {
    RPCStatus(
      .notFound, "no tree is published as `\(treeID)`; `smartflow trees list` shows which are",
      [.resourceInfo(type: treeType, name: treeID)])
  }

  static func noSuchVersion(_ treeID: String, _ version: UInt64) -> RPCStatus {
    RPCStatus(
      .notFound,
      "tree `\(treeID)` has no version \(version); `smartflow trees versions \(treeID)` shows which there are",
      [.resourceInfo(type: "smartflow.tree_version", name: "\(treeID)@\(version)")])
  }

  static func noActiveVersion(_ treeID: String) -> RPCStatus {
    RPCStatus(
      .failedPrecondition,
      "no version of tree `\(treeID)` is active; `smartflow trees activate \(treeID)` makes one so",
      [
        .errorInfo(reason: "NO_ACTIVE_VERSION", metadata: ["tree_id": treeID]),
        .resourceInfo(type: treeType, name: treeID),
      ])
  }

  static func retired(_ treeID: String, _ version: UInt64) -> RPCStatus {
    RPCStatus(
      .failedPrecondition, "version \(version) of tree `\(treeID)` is retired; use another",
      [
        .errorInfo(
          reason: "RETIRED", metadata: ["tree_id": treeID, "version": String(version)])
      ])
  }

  static let storeUnavailable = RPCStatus(
    .unavailable, "the store of published trees can't be asked now; try again",
    [.errorInfo(reason: "STORE_UNAVAILABLE"), .retryInfo(delay: .seconds(1))])

  static let catalogChanged = RPCStatus(
    .aborted,
    "published trees change faster than what this one would change can be looked at; try again",
    [.errorInfo(reason: "CATALOG_CHANGED"), .retryInfo(delay: .milliseconds(100))])

  /// A version with which trees that use it would not be sound any more: which, and where.
  static func breaksUsers(_ candidate: Candidate) -> RPCStatus {
    let users = candidate.brokenUsers
    let names = users.prefix(10).map(\.treeID.text).joined(separator: ", ")
    let sentences = users.prefix(3).map { "tree `\($0.treeID)` \($0.summary)" }
    let more = users.count > 3 ? "; and \(users.count - 3) more" : ""
    var metadata = ["tree_id": candidate.treeID.text, "users": names]
    if let first = users.first?.diagnostics.first(where: { $0.severity == .error }) {
      metadata["path"] = first.path.shortened(to: Limits.quotedBytes).description
      metadata["code"] = first.code.rawValue
    }
    return RPCStatus(
      .failedPrecondition,
      "with this version of `\(candidate.treeID)`, trees that use it would not be sound: "
        + sentences.joined(separator: "; ") + more + "; change those first",
      [.errorInfo(reason: "BREAKS_USER", metadata: metadata)])
  }

  /// Why the store has refused something of a tree.
  init(_ refusal: StoreRefusal, of treeID: String) {
    switch refusal {
    case .noSuchTree: self = .noSuchTree(treeID)
    case .noSuchVersion(let version): self = .noSuchVersion(treeID, version)
    case .noActiveVersion: self = .noActiveVersion(treeID)
    case .retired(let version): self = .retired(treeID, version)
    case .noPreviousVersion:
      self.init(
        .failedPrecondition,
        "no other version of tree `\(treeID)` was active before; name the one that is to be",
        [.errorInfo(reason: "NO_PREVIOUS_VERSION", metadata: ["tree_id": treeID])])
    case .stale(let expected, let actual):
      self.init(
        .aborted,
        "tree `\(treeID)` is at version \(actual) and not at \(expected): somebody was faster; look at theirs and try again",
        [
          .errorInfo(
            reason: "STALE_VERSION",
            metadata: [
              "tree_id": treeID, "expected": String(expected), "actual": String(actual),
            ])
        ])
    case .exists(let newest):
      self.init(
        .alreadyExists,
        "a tree is published as `\(treeID)` already, in \(newest) versions; leave out must_be_new to add one",
        [.resourceInfo(type: Self.treeType, name: treeID)])
    case .isActive(let version):
      self.init(
        .failedPrecondition,
        "version \(version) of tree `\(treeID)` is active; activate another first, or retire the tree",
        [
          .errorInfo(
            reason: "ACTIVE", metadata: ["tree_id": treeID, "version": String(version)])
        ])
    case .inUse(let users):
      let names = users.prefix(10).map(\.text).joined(separator: ", ")
      self.init(
        .failedPrecondition, "tree `\(treeID)` is used by \(names); change those first",
        [.errorInfo(reason: "IN_USE", metadata: ["tree_id": treeID, "users": names])])
    case .unchecked(let version):
      self.init(
        .internal, "nobody has looked at what version \(version) of tree `\(treeID)` would change")
    case .changed: self = .catalogChanged
    case .tooManyUsers(let limit):
      self.init(
        .resourceExhausted,
        "tree `\(treeID)` is used by more than \(limit) trees, which is too many to look at; retire some of them, or publish it under another name",
        [
          .errorInfo(
            reason: "TOO_MANY_USERS", metadata: ["tree_id": treeID, "limit": String(limit)])
        ])
    case .full(let limitBytes):
      self.init(
        .resourceExhausted,
        "all published trees together take more than \(limitBytes) bytes; retire versions that nobody runs, and restart the daemon",
        [.errorInfo(reason: "STORE_FULL", metadata: ["limit": String(limitBytes)])])
    case .malformed:
      self.init(.internal, "the store did not understand the worker")
    case .tooLong(let bytes):
      self.init(
        .resourceExhausted,
        "the store's answer of \(bytes) bytes is too long; ask for less at once",
        [.errorInfo(reason: "MESSAGE_TOO_LARGE")])
    case .unavailable(let reason):
      self.init(
        .unavailable, "the store of published trees did not keep it: \(reason)",
        [.errorInfo(reason: "STORE_UNAVAILABLE"), .retryInfo(delay: .seconds(1))])
    }
  }
}
