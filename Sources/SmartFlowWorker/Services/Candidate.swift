internal import Catalog
internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages

/// A version that is to be kept, or to be active, looked at together with the trees that it uses and those that use it.
///
/// All of them are looked at as they are in one snapshot of the catalog, which the keeper is told: it refuses where the
/// catalog is another by then, and the worker looks again.
final class Candidate {
  /// A tree that would not be sound with it any more.
  struct BrokenUser {
    var treeID: TreeID
    var diagnostics: [TreeDiagnostic]
  }

  let treeID: TreeID
  /// The canonical JSON.
  let json: [UInt8]
  let contextSchema: [UInt8]
  /// Its latest compilation, which says by which catalog that was.
  private(set) var compile: TreeCompile
  /// Whether ``brokenUsers`` are all there are.
  private(set) var coversUsers = false
  private(set) var brokenUsers: [BrokenUser] = []
  /// What is to be said of users that are sound with it.
  private(set) var userWarnings: [TreeDiagnostic] = []
  private var attempts = 0

  init(_ treeID: TreeID, json: [UInt8], contextSchema: [UInt8], _ compile: TreeCompile) {
    self.treeID = treeID
    self.json = json
    self.contextSchema = contextSchema
    self.compile = compile
  }

  /// What the keeper is told of it.
  ///
  /// - Parameter usesOthers: Whether it uses other trees.
  /// - Returns: What was looked at.
  func grounds(usesOthers: Bool) -> Grounds {
    guard usesOthers || coversUsers else { return Grounds() }
    return Grounds(generation: compile.subTrees.state.generation, coversUsers: coversUsers)
  }

  /// What is to be said of its users where that is no refusal.
  var userDiagnostics: [TreeDiagnostic] {
    brokenUsers.map { user in
      TreeDiagnostic(
        severity: .warning, code: .breaksUser, path: .init(),
        message: "active, it would break tree `\(user.treeID)`: \(user.summary)")
    } + userWarnings
  }

  /// Begins to look at it anew, by the newest catalog.
  ///
  /// - Returns: Whether it may be tried once more.
  func startOver(_ compile: TreeCompile? = nil) -> Bool {
    attempts += 1
    if let compile { self.compile = compile }
    coversUsers = false
    brokenUsers = []
    userWarnings = []
    return attempts < Limits.publishAttempts
  }

  /// Takes what was found of a user.
  func take(_ warnings: [TreeDiagnostic], of user: TreeID) {
    // Only what is said of what it uses: the rest was said when it was published itself.
    for warning in warnings
    where warning.severity == .warning && warning.path.components.contains("subTree") {
      guard userWarnings.count < Limits.userDiagnostics else { return }
      userWarnings.append(
        TreeDiagnostic(
          severity: .warning, code: warning.code, path: .init(),
          message: "in tree `\(user)` at `\(warning.path)`: \(warning.message)"))
    }
  }

  /// Takes a user that is not sound with it.
  func take(broken user: BrokenUser) { brokenUsers.append(user) }

  /// All users were looked at.
  func finishUsers() { coversUsers = true }
}

extension Candidate.BrokenUser {
  /// The first of its mistakes, with its place.
  var summary: String {
    guard let first = diagnostics.first(where: { $0.severity == .error }) else { return "" }
    let place = first.path.shortened(to: Limits.quotedBytes).description
    return "at `\(place.isEmpty ? "/" : place)`, \(first.message.shortened(to: Limits.quotedBytes))"
  }
}

extension Worker {
  /// The compilation of a version as it would be under its name, by the newest catalog.
  func compile(
    _ source: [UInt8], _ form: CachedTree.Form, as treeID: TreeID
  ) throws(RPCStatus) -> TreeCompile {
    try checkRoomForTree(ofBytes: source.count)
    let compile = TreeCompile(
      source, form, publishedAs: treeID, subTrees: SubTreeResolver(in: catalog.state),
      heir: remains)
    treesInTheMaking.add(compile)
    return compile
  }

  /// Looks at a version in its connection's next turns.
  func look(
    at compile: TreeCompile, contextSchema: [UInt8], for call: Call,
    then completion: @escaping ValidationCall.Completion
  ) {
    let schema = contextSchema.isEmpty ? nil : SchemaReading(contextSchema)
    let validation = ValidationCall(call, schema, then: completion)
    wait(CompilingCall(call, compile, for: validation), of: call.connection)
    if !call.connection.isClosed { queue.add(call.connection.slot) }
  }

  /// Looks at a candidate anew, as it is in the newest catalog, so many times.
  ///
  /// - Parameters:
  ///   - candidate: The version.
  ///   - call: Whom it is for; answered where it is not sound any more, or the catalog changes too often.
  ///   - completion: Takes what there is to say of it; `nil` where that is the same.
  func lookAgain(
    at candidate: Candidate, _ call: Call,
    then completion: @escaping (Worker, Call, [TreeDiagnostic]?) -> Void
  ) {
    if candidate.compile.follow(catalog) {
      guard candidate.startOver() else { return answer(call, failure: .catalogChanged) }
      return completion(self, call, nil)
    }
    do throws(RPCStatus) {
      let compile = try compile(candidate.json, .published, as: candidate.treeID)
      guard candidate.startOver(compile) else { return answer(call, failure: .catalogChanged) }
      look(at: compile, contextSchema: candidate.contextSchema, for: call) {
        worker, call, tree, diagnostics in
        guard tree != nil else { return worker.answer(call, failure: .invalidTree(diagnostics)) }
        completion(worker, call, diagnostics)
      }
    } catch {
      answer(call, failure: error)
    }
  }

  /// Looks at all trees that use a candidate, as they would be with it.
  ///
  /// - Parameters:
  ///   - candidate: The version, which is sound.
  ///   - call: Whom it is for; answered where they can't be looked at.
  ///   - completion: Takes whether the catalog is still the one that the candidate was looked at by.
  func lookAtUsers(
    of candidate: Candidate, for call: Call,
    then completion: @escaping (Worker, Call, _ isCurrent: Bool) -> Void
  ) {
    ask(.users(candidate.treeID), for: call) { worker, call, reply in
      guard case .users(let users, let generation) = reply else {
        return worker.answer(call, refused: reply, of: candidate.treeID)
      }
      guard candidate.compile.follow(worker.catalog),
        candidate.compile.subTrees.state.generation == generation
      else { return completion(worker, call, false) }
      worker.lookAtNext(of: users[...], candidate, call, completion)
    }
  }

  private func lookAtNext(
    of users: ArraySlice<TreeID>, _ candidate: Candidate, _ call: Call,
    _ completion: @escaping (Worker, Call, Bool) -> Void
  ) {
    guard let user = users.first else {
      candidate.finishUsers()
      return completion(self, call, true)
    }
    ask(.get(user, version: 0), for: call) { worker, call, reply in
      guard case .version(let version) = reply else { return completion(worker, call, false) }
      worker.look(at: version, of: candidate, call) { worker, call in
        worker.lookAtNext(of: users.dropFirst(), candidate, call, completion)
      }
    }
  }

  private func look(
    at user: PublishedVersion, of candidate: Candidate, _ call: Call,
    _ completion: @escaping (Worker, Call) -> Void
  ) {
    let state = candidate.compile.subTrees.state
    func compile(with instead: SubTreeResolver.Candidate?) -> TreeCompile {
      let compile = TreeCompile(
        user.json, .published, publishedAs: user.treeID,
        subTrees: SubTreeResolver(in: state, candidate: instead), heir: remains)
      treesInTheMaking.add(compile)
      return compile
    }
    let instead = SubTreeResolver.Candidate(treeID: candidate.treeID.text, json: candidate.json)
    look(at: compile(with: instead), contextSchema: user.contextSchema, for: call) {
      worker, call, tree, diagnostics in
      guard tree == nil else {
        candidate.take(diagnostics, of: user.treeID)
        return completion(worker, call)
      }
      // One that is broken as it is, say by a release that has an action no more, keeps nobody from anything.
      worker.look(at: compile(with: nil), contextSchema: [], for: call) { worker, call, tree, _ in
        if tree != nil {
          candidate.take(
            broken: Candidate.BrokenUser(treeID: user.treeID, diagnostics: diagnostics))
        }
        completion(worker, call)
      }
    }
  }
}

extension Tree {
  /// The trees that its own nodes name.
  var directSubTrees: [TreeID] {
    // INVARIANT: the engine and the catalog take the same names; a test holds the two together.
    subTrees.filter(\.isDirect).compactMap { TreeID($0.treeID) }
  }
}
