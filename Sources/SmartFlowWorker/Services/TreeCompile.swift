internal import Catalog
internal import DecisionEngine
internal import Hashes
internal import JSON
internal import SmartFlowMessages
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// A tree that is not in the cache, on its way there; all calls that need it meanwhile share it.
final class TreeCompile {
  /// How a slice of it ended.
  enum Outcome {
    case paused
    case finished(CachedTree)
    case refused(RPCStatus)
  }

  let form: CachedTree.Form
  let source: [UInt8]
  /// What the tree is found by in the cache: the bytes it came in, or the digest of a published one's.
  let key: [UInt8]
  /// The key's hash in the cache.
  let hash: Int
  private var hasher = SHA256.Hasher()
  private var hashedBytes = 0
  /// The digest of the bytes: what the tree is known by until it has a digest of its own.
  private var digest: [32 of UInt8]?
  /// What makes JSON of a tree that came as messages; nothing once that is made, or where it came as JSON.
  private var node: NodeReading?
  private var builder = JSONValueBuilder()
  /// `nil` until there is JSON.
  private var preparation: TreePreparation?
  /// Where it finds the published trees that it names.
  private(set) var subTrees: SubTreeResolver
  /// The name that it is to be published under, by a call that shares it with nobody; `nil` of all others.
  private let publishedAs: TreeID?
  /// Whether nobody but the call that began it may have it.
  var isPrivate: Bool { publishedAs != nil }
  /// What it has read, in bytes: its source, and the trees that it names.
  private(set) var readBytes: Int
  private let heir: Remains
  private var result: Result<CachedTree, RPCStatus>?

  /// The compilation of a tree that is about to begin; nothing of it is looked at before its first slice.
  ///
  /// One that has the name which it is to be published under is for one call alone.
  init(
    _ source: [UInt8], _ form: CachedTree.Form, key: [UInt8]? = nil, hash: Int = 0,
    publishedAs treeID: TreeID? = nil, subTrees: SubTreeResolver, heir: Remains
  ) {
    self.form = form
    self.source = source
    self.key = key ?? source
    self.hash = hash
    self.subTrees = subTrees
    self.heir = heir
    publishedAs = treeID
    readBytes = source.count
    if form == .node {
      node = NodeReading()
    } else {
      preparation = TreePreparation(json: source, treeID: treeID?.text, heir: heir.take)
    }
  }

  /// Goes over to the newest catalog, if all trees that it has found are the same there.
  ///
  /// - Returns: Whether they are.
  func follow(_ catalog: borrowing CatalogReader) -> Bool { subTrees.follow(catalog) }

  deinit {
    preparation?.abandon()
    let rest = builder.remains()
    if !rest.isEmpty { heir.take(TreeRemains(rest)) }
  }

  /// Goes on until it is done or the clock reaches `end`, for a call that needs it.
  func run(until end: UInt64, for call: Call, in worker: Worker) -> Outcome {
    if let result { return Outcome(result) }
    // Named before the call is shown as being at work, so that what it ends is put down to its tree.
    if let digest { worker.showCompiling(digest, ofBytes: readBytes, for: call) }
    repeat {
      if let result = step(for: call, in: worker) {
        self.result = result
        return Outcome(result)
      }
    } while SystemClock.monotonicNanoseconds < end
    return .paused
  }

  private func step(for call: Call, in worker: Worker) -> Result<CachedTree, RPCStatus>? {
    guard digest != nil else { return hashMore(for: call, in: worker) }
    guard preparation != nil else { return convertMore() }
    do throws(JSONError) {
      if try preparation?.step() == true {
        guard let treeID = preparation?.wantedTree else { return nil }
        return find(treeID, for: call, in: worker)
      }
    } catch {
      return .failure(.invalid("tree", "\(error)"))
    }
    guard let compilation = preparation?.compilation else { return nil }
    let cached = CachedTree(
      form: form, source: key,
      outcome: compilation.tree.map { .tree($0) } ?? .invalid(compilation.diagnostics),
      warnings: compilation.tree == nil ? [] : compilation.diagnostics, subTrees: subTrees)
    guard !isPrivate else { return .success(cached) }
    worker.cache.insert(cached, hash: hash)
    worker.page.setMetric(MetricsLayout.cacheBytes, UInt64(worker.cache.memoryBytes))
    return .success(cached)
  }

  /// Gives the preparation the published tree that it wants; as much as one more in the making needs room.
  private func find(
    _ treeID: String, for call: Call, in worker: Worker
  ) -> Result<CachedTree, RPCStatus>? {
    let found = subTrees.find(treeID, in: worker.catalog)
    if case .json(let json) = found {
      do throws(RPCStatus) {
        try worker.checkRoomForTree(ofBytes: json.count, besides: readBytes)
      } catch {
        return .failure(error)
      }
      readBytes += json.count
      if let digest { worker.showCompiling(digest, ofBytes: readBytes, for: call) }
    }
    preparation?.supply(found)
    return nil
  }

  /// Makes JSON of the messages.
  private func convertMore() -> Result<CachedTree, RPCStatus>? {
    let bytes = source
    do throws(MessageError) {
      // Safe: bytes of any content are bytes.
      let isMore = unsafe try node?.step(
        events: Limits.eventsPerStep, of: bytes.span.bytes, into: &builder)
      guard isMore != true else { return nil }
    } catch {
      return .failure(RPCStatus(error))
    }
    node = nil
    preparation = TreePreparation(
      builder.value ?? .null, treeID: publishedAs?.text, heir: heir.take)
    builder = JSONValueBuilder()
    return nil
  }

  private func hashMore(for call: Call, in worker: Worker) -> Result<CachedTree, RPCStatus>? {
    let end = min(hashedBytes + Limits.hashedBytesPerStep, source.count)
    let bytes = source
    // Safe: bytes of any content are bytes.
    unsafe hasher.update(bytes.span.bytes.extracting(hashedBytes..<end))
    hashedBytes = end
    guard end == source.count else { return nil }
    let digest = hasher.digest()
    self.digest = digest
    return worker.beginCompiling(digest, ofBytes: source.count, for: call).map { .failure($0) }
  }
}

extension TreeCompile.Outcome {
  fileprivate init(_ result: Result<CachedTree, RPCStatus>) {
    switch result {
    case .success(let cached): self = .finished(cached)
    case .failure(let status): self = .refused(status)
    }
  }
}

/// What goes on once its tree is compiled.
protocol TreeUser: QueuedCall {
  /// Takes the tree, or why there is none; answers the call, or lets it wait for its next turn.
  func take(_ tree: Result<CachedTree, RPCStatus>, in worker: Worker)
}

/// A call whose tree is being compiled, a slice in each of its turns.
///
/// A compilation that takes longer than its call may goes on after the call was answered: nobody with a deadline as
/// short would ever find the tree in the cache.
final class CompilingCall: QueuedCall {
  private let call: Call
  private let compile: TreeCompile
  /// What waits for the tree; nothing once it was answered.
  private var user: (any TreeUser)?

  init(_ call: Call, _ compile: TreeCompile, for user: any TreeUser) {
    self.call = call
    self.compile = compile
    self.user = user
  }

  var deadline: UInt64 { user == nil ? .max : call.deadline }
  var isBatch: Bool { user?.isBatch ?? false }

  func runSlice(until end: UInt64, in worker: Worker) -> Bool {
    let tree: Result<CachedTree, RPCStatus>
    switch compile.run(until: end, for: call, in: worker) {
    case .paused:
      // What the connection asks for next is not read before: each holds one tree in the making, not hundreds.
      call.connection.isPreparing = true
      return false
    case .finished(let cached): tree = .success(cached)
    case .refused(let status): tree = .failure(status)
    }
    call.connection.endPreparing()
    user?.take(tree, in: worker)
    return true
  }

  func expire(now: UInt64, in worker: Worker) {
    user?.expire(now: now, in: worker)
    user = nil
    worker.wait(self, of: call.connection)
  }

  func cutShort(in worker: Worker) {
    call.connection.endPreparing()
    user?.cutShort(in: worker)
  }

  func abandon(in worker: Worker) {
    call.connection.endPreparing()
    user?.abandon(in: worker)
  }
}

/// Where a request's tree is.
enum TreeLookup {
  case found(CachedTree)
  case compiling(TreeCompile)
}

/// The trees that are being compiled, as long as a call holds on to them.
struct TreesInTheMaking {
  private struct Entry {
    weak var compile: TreeCompile?
  }

  private var entries: [Entry] = []

  /// Entries that there are, of which some may be done with since the last one came.
  var count: Int { entries.count }

  /// What they have read, in bytes.
  var byteCount: Int { entries.reduce(0) { $0 + ($1.compile?.readBytes ?? 0) } }

  /// The one that is made of the same bytes, and of trees that still are what they were.
  func find(
    _ source: RawSpan, form: CachedTree.Form, hash: Int, in catalog: borrowing CatalogReader
  ) -> TreeCompile? {
    for entry in entries {
      guard let compile = entry.compile, !compile.isPrivate, compile.hash == hash,
        compile.form == form, TreeCache.equal(compile.key, source), compile.follow(catalog)
      else { continue }
      return compile
    }
    return nil
  }

  /// Adds one, and forgets those that are done with.
  ///
  /// Here, since not all that is added is looked for: of trees that are published, no call ever was, and each made the
  /// next one dearer.
  mutating func add(_ compile: TreeCompile) {
    entries.removeAll { $0.compile == nil }
    entries.append(Entry(compile: compile))
  }
}
