internal import DecisionEngine
internal import Filtrex
internal import Hashes
internal import JSON
internal import SmartFlowMessages
internal import Storage

/// Where the trees of replayed decisions come from: files, found by their digests, a tree store, or a daemon.
struct ReplayTrees {
  /// Where published trees are.
  enum Place {
    case nowhere
    /// A store's file, which nobody may have open for writing.
    case file(String)
    case daemon(AdminOptions)
  }

  private let place: Place
  private var given: [String: [UInt8]] = [:]
  /// Whether one decision is replayed, so that a tree that is given is meant for it.
  private let isForOne: Bool
  private var compiled: [String: Tree] = [:]

  /// Compiled trees that are kept; a decision's neighbours are mostly by the same few.
  private static let keptTrees = 64

  /// Reads the files.
  init(files: [String], place: Place, isForOne: Bool) throws(Failure) {
    self.place = place
    self.isForOne = isForOne
    for path in files {
      let input = try TreeInput(path: path)
      var bytes: [UInt8] = []
      JSONWriter.appendCanonical(input.value, to: &bytes)
      given[Self.digest(of: bytes)] = bytes
    }
  }

  /// The tree that a decision was made by, with all that is part of it.
  ///
  /// - Throws: ``ReplayObstacle`` where it is not to be had; ``Failure`` where the store or the daemon is not.
  mutating func tree(of decision: RecordedDecision) async throws -> Tree {
    let key = decision.treeDigest + (decision.subTreesDigest ?? "") + "\(decision.subTrees)"
    if let tree = compiled[key] { return tree }
    let name = decision.published.map { "\($0)" } ?? "the tree"
    let json = try await json(of: decision)
    let subTrees = try await subTrees(of: decision)
    let tree = try Self.compile(json, subTrees, name)
    let found = Hexadecimal.text(tree.digest.span)
    guard found == decision.treeDigest else {
      throw ReplayObstacle.treeDiffers(tree: name, found: found, recorded: decision.treeDigest)
    }
    if compiled.count >= Self.keptTrees { compiled = [:] }
    compiled[key] = tree
    return tree
  }

  private func json(of decision: RecordedDecision) async throws -> [UInt8] {
    if let json = given[decision.treeDigest] { return json }
    if isForOne, given.count == 1, let digest = given.keys.first {
      throw ReplayObstacle.treeDiffers(
        tree: "the file", found: digest, recorded: decision.treeDigest)
    }
    guard let published = decision.published else {
      throw ReplayObstacle.treeNotGiven(digest: decision.treeDigest)
    }
    return try await json(of: published)
  }

  private func subTrees(
    of decision: RecordedDecision
  ) async throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    var lines = ""
    for version in decision.subTrees {
      let json = try await json(of: version)
      found[version.treeID] = json
      lines += "\(version) \(Self.digest(of: json))\n"
    }
    let digest = decision.subTrees.isEmpty ? nil : Self.digest(of: Array(lines.utf8))
    guard digest == decision.subTreesDigest else {
      throw ReplayObstacle.subTreesDiffer(
        versions: decision.subTrees.map { "`\($0)`" }.joined(separator: ", "))
    }
    return found
  }

  private func json(
    of version: RecordedDecision.TreeVersion
  ) async throws -> [UInt8] {
    switch place {
    case .nowhere: throw ReplayObstacle.noTreeStore(tree: "\(version)")
    case .file(let path): return try read(version, path)
    case .daemon(let options):
      do {
        return try await TreesShow.version(
          TreeName(treeID: version.treeID, version: version.version), options
        ).treeJSON
      } catch let failure as Failure where failure.code == .badData {
        throw ReplayObstacle.unknownVersion(tree: "\(version)", reason: failure.description)
      }
    }
  }

  /// Reads a version, and lets go of the store at once: a daemon that starts meanwhile would else be refused it.
  private func read(
    _ version: RecordedDecision.TreeVersion, _ path: String
  ) throws -> [UInt8] {
    let store: TreeStore
    do throws(StoreFailure) {
      store = try TreeStore(reading: path)
    } catch {
      switch error {
      case .inUse:
        throw Failure(
          .unavailable,
          "the tree store `\(path)` belongs to a daemon that runs; ask that one with --endpoint, or give a copy that was made while it was stopped"
        )
      case .corrupt, .newer: throw Failure(.badData, "\(error)")
      case .refused: throw Failure(.noInput, "\(error)")
      }
    }
    do throws(MissingVersion) {
      return try store.json(of: version.treeID, version.version)
    } catch {
      throw ReplayObstacle.unknownVersion(tree: "\(version)", reason: "\(error)")
    }
  }

  private static func compile(
    _ json: [UInt8], _ subTrees: [String: [UInt8]], _ name: String
  ) throws(ReplayObstacle) -> Tree {
    var preparation = TreePreparation(json: json)
    var missing: String?
    do throws(JSONError) {
      while missing == nil, try preparation.step() {
        guard let treeID = preparation.wantedTree else { continue }
        if let json = subTrees[treeID] {
          preparation.supply(.json(json))
        } else {
          missing = treeID
        }
      }
    } catch {
      throw .treeUnsound(tree: name, reason: "\(error)")
    }
    if let missing { throw .subTreeNotRecorded(treeID: missing) }
    guard let compilation = preparation.compilation, let tree = compilation.tree else {
      let first = preparation.compilation?.diagnostics.first { $0.severity == .error }
      throw .treeUnsound(tree: name, reason: first?.message ?? "it has errors")
    }
    return tree
  }

  private static func digest(of bytes: [UInt8]) -> String {
    // Safe: bytes of any content are bytes.
    let digest = unsafe SHA256.digest(of: bytes.span.bytes)
    return Hexadecimal.text(digest.span)
  }
}

extension TreeName {
  /// A version by its number.
  init(treeID: String, version: UInt64) {
    self.treeID = treeID
    self.version = version
  }
}
