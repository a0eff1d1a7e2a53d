internal import Filtrex
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

  /// The JSON Schema of trees of these actions, draft 2020-12; its members are always in the same order.
  ///
  /// It accepts exactly the trees in which ``compile(_:)`` finds no error of
  /// ``TreeDiagnostic/Code/isShape``, within the limits on nesting, nodes and diagnostics.
  public var schema: JSONValue { TreeSchema(registry: registry).value }

  /// Checks and compiles a tree; finds all mistakes at once, not the first, in the order of their places.
  ///
  /// ``TreePreparation`` does the same in steps.
  public func compile(_ value: JSONValue) -> TreeCompilation {
    var preparation = TreePreparation(value, registry: registry)
    do throws(JSONError) {
      while try preparation.step() {}
    } catch {
      // INVARIANT: what is a value already is not read.
      preconditionFailure("a value that is no JSON: \(error)")
    }
    guard let compilation = preparation.compilation else {
      preconditionFailure("a preparation that ends without a result")
    }
    return compilation
  }

  /// Says what is certain of a sound tree before any player is there, and what its author may have meant otherwise.
  ///
  /// Not part of compiling: whoever only wants to run a tree does not wait for it. ``TreeCheck`` does the same in steps.
  ///
  /// - Parameters:
  ///   - tree: A sound tree.
  ///   - schema: What its contexts are, if that is known.
  /// - Returns: Warnings and notes, in the order of the tree.
  public func check(_ tree: Tree, contextSchema schema: ContextSchema? = nil) -> [TreeDiagnostic] {
    var check = TreeCheck(tree, contextSchema: schema)
    while check.step() {}
    return check.diagnostics
  }
}
