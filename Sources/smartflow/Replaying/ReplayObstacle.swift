/// Why a decision can't be replayed, with what to do about it.
enum ReplayObstacle: Error, Equatable {
  /// The record is not what a worker writes; the member that is wrong, or nothing for the whole line.
  case malformed(member: String)
  /// It did not end by itself: time, or somebody, has ended it, which no record can bring back.
  case notRepeatable(status: String)

  /// The record holds nothing of the context.
  case contextNotRecorded
  /// The record holds the context's digest only.
  case contextByDigest(String)
  /// The context was larger than what is recorded.
  case contextTooLarge(byteCount: Int, digest: String)
  /// The context holds a number that JSON has not, so that no file can.
  case contextNotJSON
  /// Values of the recorded context are masked.
  case contextMasked([String])
  /// What was given is no context.
  case contextUnfit(String)
  /// The context that was given is another one.
  case contextDiffers(given: String, recorded: String)
  /// The context in the record is not what its own digest says.
  case recordedContextDiffers(found: String, recorded: String)

  /// The tree came with the call, and nobody has given it.
  case treeNotGiven(digest: String)
  /// There is no place to look published trees up in.
  case noTreeStore(tree: String)
  /// The store has no such version.
  case unknownVersion(tree: String, reason: String)
  /// The tree that was given, or found, is another one.
  case treeDiffers(tree: String, found: String, recorded: String)
  /// A tree names another of which the record has no version.
  case subTreeNotRecorded(treeID: String)
  /// The versions of the sub-trees that were found are not those that were run.
  case subTreesDiffer(versions: String)
  /// The tree has errors by this release.
  case treeUnsound(tree: String, reason: String)

  /// How a command ends for it: something is missing, or something is not what it must be.
  var code: Failure.Code {
    switch self {
    case .contextNotRecorded, .contextByDigest, .contextTooLarge, .contextNotJSON, .contextMasked,
      .treeNotGiven, .noTreeStore, .unknownVersion, .notRepeatable, .subTreeNotRecorded:
      .noInput
    case .malformed, .contextUnfit, .contextDiffers, .recordedContextDiffers, .treeDiffers,
      .subTreesDiffer,
      .treeUnsound:
      .badData
    }
  }

  /// For programs.
  var reason: String {
    switch self {
    case .malformed: "MALFORMED_RECORD"
    case .notRepeatable: "NOT_REPEATABLE"
    case .contextNotRecorded: "CONTEXT_NOT_RECORDED"
    case .contextByDigest: "CONTEXT_BY_DIGEST"
    case .contextTooLarge: "CONTEXT_TOO_LARGE"
    case .contextNotJSON: "CONTEXT_NOT_JSON"
    case .contextMasked: "CONTEXT_MASKED"
    case .contextUnfit: "CONTEXT_UNFIT"
    case .contextDiffers, .recordedContextDiffers: "CONTEXT_DIFFERS"
    case .treeNotGiven: "TREE_NOT_GIVEN"
    case .noTreeStore: "NO_TREE_STORE"
    case .unknownVersion: "UNKNOWN_VERSION"
    case .treeDiffers: "TREE_DIFFERS"
    case .subTreeNotRecorded: "SUB_TREE_NOT_RECORDED"
    case .subTreesDiffer: "SUB_TREES_DIFFER"
    case .treeUnsound: "TREE_UNSOUND"
    }
  }
}

extension ReplayObstacle: CustomStringConvertible {
  var description: String {
    switch self {
    case .malformed(let member):
      member.isEmpty
        ? "the line is no JSON; `smartflow audit verify` names its place"
        : "the record's `\(member)` is not what a worker writes; `smartflow audit verify` says whether it was changed"
    case .notRepeatable(let status):
      "it ended with \(status), by a clock or by whoever asked, and not by tree and context alone"
    case .contextNotRecorded:
      "the record holds nothing of the context, since audit-context was off, or the release an earlier one; later decisions can be replayed with audit-context digest or full"
    case .contextByDigest(let digest):
      "the record holds the context's digest only; give the context with --context or --contexts (\(digest.prefix(12))…)"
    case .contextTooLarge(let byteCount, let digest):
      "the context had \(byteCount) bytes, more than a record holds; give it with --context or --contexts (\(digest.prefix(12))…)"
    case .contextNotJSON:
      "the context held a number that JSON has not (NaN or an infinity), so that no file can hold it"
    case .contextMasked(let names):
      "values of the recorded context are masked; give them with --set (\(names.joined(separator: ", "))), or all of it with --context"
    case .contextUnfit(let reason): reason
    case .contextDiffers(let given, let recorded):
      "the context that was given is another one: its digest is \(given.prefix(12))…, and the record says \(recorded.prefix(12))…; give the one that was decided on"
    case .recordedContextDiffers(let found, let recorded):
      "the context in the record is not the one that was decided on: its digest is \(found.prefix(12))…, and the record says \(recorded.prefix(12))…; give that one with --context"
    case .treeNotGiven(let digest):
      "the tree came with the call and is in no store; give its file with --tree (\(digest.prefix(12))…)"
    case .noTreeStore(let tree):
      "nothing says where `\(tree)` is; give --state-directory, the daemon's --endpoint, or the tree's file with --tree"
    case .unknownVersion(let tree, let reason):
      "`\(tree)` is not to be had: \(reason); give the store that it was published in"
    case .treeDiffers(let tree, let found, let recorded):
      "`\(tree)` is another tree than the one that was run: its digest is \(found.prefix(12))…, and the record says \(recorded.prefix(12))…; give the store, or the file, of that one"
    case .subTreeNotRecorded(let treeID):
      "the tree names `\(treeID)`, of which the record has no version"
    case .subTreesDiffer(let versions):
      "the store's \(versions) are not the trees that were run; give the store that they were published in"
    case .treeUnsound(let tree, let reason):
      "this release does not compile `\(tree)`: \(reason); replay it by the release that decided"
    }
  }
}
