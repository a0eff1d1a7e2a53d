internal import Filtrex
internal import Hashes
public import JSON

/// The door of the engine: JSON in, a compiled tree and all there is to say of it out.
///
/// ```swift
/// let compilation = Engine().compile(json)
/// guard let tree = compilation.tree else { return show(compilation.diagnostics) }
/// var execution = Execution()
/// try JSONParser.parse(bytes, limits: TreeLimits.context, into: &execution.context)
/// execution.start(tree, inputs: ExecutionInputs(playerID: "maria", now: 1_790_000_000))
/// ```
public struct Engine: Sendable {
  /// The actions that trees may use.
  public let registry: ActionRegistry

  /// An engine for trees of the given actions.
  public init(registry: ActionRegistry = .standard) { self.registry = registry }

  /// Checks and compiles a tree; finds all mistakes at once, not the first.
  public func compile(_ value: JSONValue) -> TreeCompilation {
    var compiler = TreeCompiler(registry: registry)
    let root = compiler.compile(value)
    let hasErrors = compiler.diagnostics.contains { $0.severity == .error }
    guard let root, !hasErrors else {
      return TreeCompilation(tree: nil, diagnostics: compiler.diagnostics)
    }
    var canonical: [UInt8] = []
    JSONWriter.appendCanonical(value, to: &canonical)
    // Safe: bytes of any content are bytes.
    let digest = unsafe SHA256.digest(of: canonical.span.bytes)
    let tree = Tree(
      canonicalJSON: canonical, digest: digest, fuelBound: root.fuelBound,
      nodes: compiler.nodes, programs: compiler.programs, programPaths: compiler.programPaths,
      actions: compiler.actions, table: compiler.table)
    return TreeCompilation(tree: tree, diagnostics: compiler.diagnostics)
  }
}
