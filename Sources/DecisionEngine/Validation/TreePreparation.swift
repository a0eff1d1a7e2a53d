internal import Filtrex
internal import Hashes
public import JSON

/// A tree on its way from JSON to what executions share, which can be set aside between any two steps.
///
/// ``Engine/compile(_:)`` takes all of them at once; whoever has others to serve takes them one by one, each about as long
/// as the compilation of one expression.
public struct TreePreparation: Sendable {
  private enum Stage {
    /// A small one that came as JSON, all at once; what is not plain begins anew with reading.
    case plain
    case reading
    case compiling
    case readingSubTree
    case ordering
    case writing
    case hashing
    case done
  }

  private let registry: ActionRegistry
  private let treeID: String?
  private var stage: Stage
  /// The JSON of one that may be plain.
  private var json: [UInt8] = []
  private var reading: JSONReading?
  private var value: JSONValue
  private var compiler: TreeCompiler?
  /// A sub-tree's JSON on its way to the compiler.
  private var subTree: (reading: JSONReading, byteCount: Int)?
  private var order: DocumentOrder?
  private var diagnostics: [TreeDiagnostic] = []
  private var writing: CanonicalWriting?
  private var canonical: [UInt8] = []
  private var hasher = SHA256.Hasher()
  private var hashedBytes = 0
  /// What came of the tree, once all steps are taken.
  public private(set) var compilation: TreeCompilation?

  /// Whether it is more than what is given back at once.
  private let isLarge: Bool
  private let heir: (@Sendable (TreeRemains) -> Void)?

  /// The preparation of a tree that came as JSON.
  ///
  /// - Parameters:
  ///   - json: The tree's text.
  ///   - registry: The actions that it may use.
  ///   - treeID: The name that it is to be published under, so that it may not be part of itself; `nil` for none.
  ///   - heir: Who takes what is left of a large tree when nobody uses it any more; without one, it is given back at once.
  public init(
    json: [UInt8], registry: ActionRegistry = .standard, treeID: String? = nil,
    heir: (@Sendable (TreeRemains) -> Void)? = nil
  ) {
    self.registry = registry
    self.treeID = treeID
    self.heir = heir
    isLarge = json.count > TreeLimits.bytesGivenBackAtOnce
    value = .null
    if json.count <= TreeLimits.plainBytes {
      stage = .plain
      self.json = json
    } else {
      stage = .reading
      reading = JSONReading(json, limits: TreeLimits.json)
    }
  }

  /// The preparation of a tree that came in another form.
  ///
  /// - Parameters:
  ///   - value: What its JSON would be.
  ///   - registry: The actions that it may use.
  ///   - treeID: As of one that came as JSON.
  ///   - heir: As of one that came as JSON.
  public init(
    _ value: JSONValue, registry: ActionRegistry = .standard, treeID: String? = nil,
    heir: (@Sendable (TreeRemains) -> Void)? = nil
  ) {
    self.registry = registry
    self.treeID = treeID
    self.heir = heir
    isLarge = true
    stage = .compiling
    self.value = value
    compiler = TreeCompiler(value, registry: registry, treeID: treeID)
  }

  /// The published tree that the next step needs, by its name; `nil` while it needs none.
  ///
  /// Whoever has it gives it to ``supply(_:)``. To go on without is to say that it can't be told: its nodes are then
  /// noted as unresolved, and fail when they are come to.
  public var wantedTree: String? {
    // While one is read, it is on its way already.
    stage == .compiling ? compiler?.subTrees.wanted : nil
  }

  /// Takes the tree that was wanted, or why there is none; nothing while none is wanted.
  public mutating func supply(_ supply: SubTreeSupply) {
    guard wantedTree != nil else { return }
    switch supply {
    case .json(let bytes):
      subTree = (JSONReading(bytes, limits: TreeLimits.json), bytes.count)
      stage = .readingSubTree
    case .unknown: compiler?.subTrees.take(.unknown)
    case .inactive: compiler?.subTrees.take(.inactive)
    }
  }

  /// Goes one step further.
  ///
  /// - Returns: Whether there is more to do.
  /// - Throws: ``JSONError`` when the tree is no JSON.
  public mutating func step() throws(JSONError) -> Bool {
    switch stage {
    case .plain: compileAtOnce()
    case .reading: try read()
    case .compiling: compile()
    case .readingSubTree: try readSubTree()
    case .ordering: putInOrder()
    case .writing: write()
    case .hashing: hash()
    case .done: break
    }
    return compilation == nil
  }

  private mutating func compileAtOnce() {
    if let tree = PlainTree.compile(json, registry: registry, heir: heir) {
      compilation = TreeCompilation(tree: tree, diagnostics: [])
      stage = .done
    } else {
      reading = JSONReading(json, limits: TreeLimits.json)
      stage = .reading
    }
    json = []
  }

  private mutating func read() throws(JSONError) {
    do throws(JSONError) {
      guard try reading?.step(events: TreeLimits.valuesPerStep) != true else { return }
    } catch {
      abandon()
      throw error
    }
    value = reading?.value ?? .null
    reading = nil
    compiler = TreeCompiler(value, registry: registry, treeID: treeID)
    stage = .compiling
  }

  private mutating func readSubTree() throws(JSONError) {
    do throws(JSONError) {
      guard try subTree?.reading.step(events: TreeLimits.valuesPerStep) != true else { return }
    } catch {
      abandon()
      throw error
    }
    if let subTree {
      compiler?.subTrees.take(
        .value(subTree.reading.value ?? .null, byteCount: subTree.byteCount))
    }
    subTree = nil
    stage = .compiling
  }

  private mutating func compile() {
    guard compiler?.step() != true, let compiler else { return }
    order = DocumentOrder(compiler.diagnostics, in: value)
    stage = .ordering
  }

  private mutating func putInOrder() {
    guard order?.step() != true else { return }
    diagnostics = order?.sorted ?? []
    order = nil
    guard compiler?.root != nil, !diagnostics.contains(where: { $0.severity == .error }) else {
      return finish(nil)
    }
    writing = CanonicalWriting(value)
    stage = .writing
  }

  private mutating func write() {
    guard writing?.step(values: TreeLimits.valuesPerStep) != true else { return }
    canonical = writing?.bytes ?? []
    writing = nil
    // A tree that came as JSON was measured by its parser; one that came in another form is measured here.
    let byteCount = canonical.count + (compiler?.subTrees.byteCount ?? 0)
    guard byteCount <= TreeLimits.json.byteCount else {
      let what = byteCount == canonical.count ? "the tree takes" : "the tree and its sub-trees take"
      let tooLarge = TreeDiagnostic(
        code: .treeTooLarge, path: JSONPointer(),
        message:
          "\(what) \(byteCount) bytes of JSON, over the limit of \(TreeLimits.json.byteCount); split the tree"
      )
      diagnostics.insert(tooLarge, at: 0)
      return finish(nil)
    }
    stage = .hashing
  }

  private mutating func hash() {
    let end = min(hashedBytes + TreeLimits.bytesPerStep, canonical.count)
    let bytes = canonical
    // Safe: bytes of any content are bytes.
    unsafe hasher.update(bytes.span.bytes.extracting(hashedBytes..<end))
    hashedBytes = end
    guard end == canonical.count, let compiler, let root = compiler.root else { return }
    finish(
      Tree(
        canonicalJSON: canonical, digest: hasher.digest(), fuelBound: root.fuelBound,
        nodes: compiler.nodes, programs: compiler.programs, programPaths: compiler.programPaths,
        programBytes: compiler.programBytes, actions: compiler.actions, table: compiler.table,
        subTrees: compiler.subTrees, heir: heir))
  }

  private mutating func finish(_ tree: Tree?) {
    compilation = TreeCompilation(tree: tree, diagnostics: diagnostics)
    stage = .done
    giveUp(keepingTree: tree != nil)
  }

  /// Ends the preparation wherever it stands, and leaves what came of it to the heir.
  ///
  /// Whoever drops one before its last step gives all of it back at once.
  public mutating func abandon() {
    stage = .done
    giveUp(keepingTree: false)
  }

  private mutating func giveUp(keepingTree: Bool) {
    order = nil
    writing = nil
    if let heir, isLarge || subTree != nil || compiler?.subTrees.isEmpty == false {
      var remains = TreeRemains(
        of: value, keepingTree ? nil : compiler,
        reading?.remains() ?? subTree?.reading.remains())
      if let compiler { remains.add(compiler) }
      heir(remains)
    }
    value = .null
    reading = nil
    subTree = nil
    compiler = nil
  }
}
