public import Filtrex
internal import JSON

/// A tree that was found sound, compiled: an immutable value that any number of executions share.
public final class Tree: Sendable {
  /// RFC 8785 over the tree as it was given.
  public let canonicalJSON: [UInt8]
  /// SHA-256 of ``canonicalJSON``; the tree's name.
  public let digest: [32 of UInt8]
  /// Every property of the context that the tree reads.
  public var properties: [String] { table.names }
  /// No execution of the tree uses more fuel, in units.
  public let fuelBound: Int
  /// How many nodes it has.
  public var nodeCount: Int { nodes.count }

  /// The published trees that are part of it, each once, in the order in which they were come to.
  public let subTrees: [SubTreeUse]
  /// Whether nobody could say what some of ``subTrees`` are: a node that names one fails when it is come to.
  public let isUnresolved: Bool

  let nodes: [Node]
  let programs: [SharedProgram]
  /// Where each program's text stands.
  ///
  /// Not as a text: 20,000 of them below one name of a megabyte would take 20 GB.
  let programPaths: [JSONPointer]
  let actions: [ActionNode]
  let table: PropertyTable
  /// The members of a context that can make a difference.
  public let needs: PropertyNeeds
  /// About how much memory the programs and their places take.
  private let programBytes: Int
  /// Bytes of JSON of its sub-trees.
  private let subTreeBytes: Int
  private let heir: (@Sendable (TreeRemains) -> Void)?

  init(
    canonicalJSON: [UInt8], digest: [32 of UInt8], fuelBound: Int, nodes: [Node],
    programs: [SharedProgram], programPaths: [JSONPointer], programBytes: Int,
    actions: [ActionNode],
    table: PropertyTable, subTrees: SubTrees, heir: (@Sendable (TreeRemains) -> Void)?
  ) {
    self.canonicalJSON = canonicalJSON
    self.digest = digest
    self.fuelBound = fuelBound
    self.nodes = nodes
    self.programs = programs
    self.programPaths = programPaths
    self.programBytes = programBytes
    self.actions = actions
    self.table = table
    needs = PropertyNeeds(table)
    self.subTrees = subTrees.uses
    isUnresolved = subTrees.isUnresolved
    subTreeBytes = subTrees.byteCount
    self.heir = heir
  }

  deinit {
    if let heir, programs.count + nodes.count > TreeLimits.piecesGivenBackAtOnce {
      heir(TreeRemains(of: self))
    }
  }

  /// Every expression of the tree with the text that holds it, as an RFC 6901 pointer.
  public var expressions: [(path: String, program: Program)] {
    zip(programPaths, programs).map { (path: $0.description, program: $1.program) }
  }

  /// About how much memory the compiled tree takes, in bytes; for caches with a bound.
  public var memoryBytes: Int {
    canonicalJSON.count * 3 + subTreeBytes * 2 + nodes.count * 256 + actions.count * 512
      + programBytes
  }
}

/// One node: what it is called, and what it does with which others.
///
/// Immutable, and shared by what was decided on, as ``ActionNode`` is: a step of an execution counts one reference.
final class Node: Sendable {
  /// What a node does; numbers are places in the tree's arrays.
  enum Kind: Sendable {
    case condition(program: Int, whenTrue: Int?, whenFalse: Int?)
    case sequence(children: [Int], stopsOnFailure: Bool)
    case choice(cases: [(program: Int, node: Int)], otherwise: Int?)
    case split(key: Int?, salt: String, shares: [(upTo: Double, node: Int)])
    case action(Int)
    /// A published tree of which nobody could say what it is.
    case unresolved(treeID: String)
  }

  /// Where it stands among the tree's nodes.
  let place: Int
  /// The type as the tree spells it.
  let type: String
  /// RFC 6901 pointer to the node.
  let path: String
  let id: String?
  let kind: Kind

  init(at place: Int, type: String, path: String, id: String?, kind: Kind) {
    self.place = place
    self.type = type
    self.path = path
    self.id = id
    self.kind = kind
  }
}

/// What an action's node runs.
final class ActionNode: Sendable {
  let definition: ActionDefinition
  let parameters: ParameterTemplate
  /// The parameters, where they are the same in every execution.
  let constant: RenderedParameters?
  /// The templates' expressions, in the order in which rendering wants their values.
  let expressions: [TemplateExpression]

  init(
    definition: ActionDefinition, parameters: ParameterTemplate, expressions: [TemplateExpression]
  ) {
    self.definition = definition
    self.parameters = parameters
    self.expressions = expressions
    constant =
      if case .constant(.object(let object)) = parameters {
        RenderedParameters(object)
      } else {
        nil
      }
  }
}

/// Parameters of an action, which all that tell of it share.
final class RenderedParameters: Sendable {
  let object: JSONObject

  init(_ object: JSONObject) { self.object = object }
}

/// An expression's program, which executions share: each would else count references to all its parts.
final class SharedProgram: Sendable {
  let program: Program

  init(_ program: Program) { self.program = program }

  /// Here, where the program is lent as it lies: passed on from elsewhere, all of it would be copied first.
  func start(_ machine: inout Machine) { machine.start(program) }
}

/// One expression of an action's templates.
struct TemplateExpression: Sendable {
  /// Its place among the tree's programs.
  let program: Int
  /// Whether its value keeps its type rather than becoming part of a text.
  let keepsType: Bool
  /// Bytes of the text around expressions, where this is the first of a text; `nil` of the others.
  let textBegins: Int?
}
