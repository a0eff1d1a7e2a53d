import DecisionEngine
import Filtrex
import JSON
import SmartFlowMessages
import SmartFlowWorker

/// What a worker does for one call between its socket's two ends, piece by piece.
struct Decision {
  private var execution = Execution()
  private var writer = StructWriter()
  private let tree: Tree
  private(set) var output: [UInt8] = []

  /// - Parameter json: The tree.
  /// - Throws: ``Failure`` when the tree is not sound.
  init(_ json: [UInt8] = TreeText.sample) throws(Failure) {
    tree = try Self.compile(json)
    output.reserveCapacity(4096)
    try Self.fill(&execution.context, json: Player.json)
  }

  /// A tree that nobody has seen, from its JSON to what runs.
  static func compile(_ json: [UInt8]) throws(Failure) -> Tree {
    var preparation = TreePreparation(json: json)
    do throws(JSONError) {
      while try preparation.step() {}
    } catch {
      throw Failure(message: "the tree is no JSON: \(error)")
    }
    guard let tree = preparation.compilation?.tree else {
      throw Failure(message: "the tree is not sound")
    }
    return tree
  }

  /// A context that came as JSON.
  static func fill(_ context: inout Context, json: [UInt8]) throws(Failure) {
    context.removeAll()
    do throws(JSONError) {
      // Unsafe in name only: bytes of any content are bytes.
      try JSONParser.parse(json.span.bytes, limits: TreeLimits.context, into: &context)
    } catch {
      throw Failure(message: "the context is no JSON: \(error)")
    }
    guard context.violation == nil else { throw Failure(message: "the context is none") }
  }

  /// A decoded context to an encoded answer.
  mutating func decide() throws(Failure) {
    execution.start(tree, inputs: ExecutionInputs(playerID: "p-1001", now: 1_790_000_000))
    var fuel = 1024
    guard execution.run(tree, fuel: &fuel) == .finished else {
      throw Failure(message: "the tree is not decided within its fuel")
    }
    write()
  }

  /// A decoded context to a decision, which no one is told of.
  mutating func run() throws(Failure) {
    execution.start(tree, inputs: ExecutionInputs(playerID: "p-1001", now: 1_790_000_000))
    var fuel = 1_000_000
    guard execution.run(tree, fuel: &fuel) == .finished else {
      throw Failure(message: "the tree is not decided within its fuel")
    }
  }

  /// As the worker's `ExecutionResult` does it.
  private mutating func write() {
    output.removeAll(keepingCapacity: true)
    let mark = ExecutionWriter.beginResponse(in: &output)
    let digest = tree.digest
    ExecutionWriter.appendHead(
      executionID: Self.identifier, tree: Self.reference, treeDigest: digest.span.bytes,
      to: &output)
    for action in execution.actions {
      let message = ActionResultMessage(
        type: action.type, path: action.path, status: .accepted, actionID: Self.identifier,
        nodeID: action.nodeID ?? "")
      if let parameters = action.parameters {
        ExecutionWriter.append(message, using: &writer, to: &output) { writer in
          writer.beginObject()
          for (key, value) in parameters {
            writer.key(key.utf8Span.span.bytes)
            if case .string(let text) = value { writer.text(text.utf8Span.span.bytes) }
          }
          writer.endObject()
        }
      }
    }
    ExecutionWriter.appendTail(
      status: .completed, elapsed: .nanoseconds(1500), fuelUsed: UInt64(execution.fuelUsed),
      to: &output)
    ExecutionWriter.endResponse(mark, in: &output)
  }

  private static let identifier = "01890000-0000-7000-8000-000000000000"
  private static let reference = TreeReferenceMessage(treeID: "winback", version: 1)
}

/// The decoding of a request by protobuf-c, and of its context into the engine's own form.
final class RequestDecoding {
  private let payload: [UInt8]
  private var context = Context()
  private var arena = MessageArena.forRequests
  private var contextArena = MessageArena.forRequests

  init() {
    var payload: [UInt8] = []
    Requests.published.append(to: &payload)
    self.payload = payload
  }

  func decode() throws(Failure) {
    context.removeAll()
    do throws(MessageError) {
      try Self.decode(payload, into: &context, &arena, &contextArena)
    } catch {
      throw Failure(message: "the request is none: \(error)")
    }
    guard context.violation == nil else { throw Failure(message: "the context is none") }
  }

  /// As the worker does it: the context in an arena of its own, since the request lies in the other.
  private static func decode(
    _ payload: [UInt8], into context: inout Context, _ arena: inout MessageArena,
    _ contextArena: inout MessageArena
  ) throws(MessageError) {
    let request = try ExecuteTreeRequest(decoding: payload.span.bytes, in: &arena)
    try fill(&context, from: request.context, &contextArena)
  }

  private static func fill(
    _ context: inout Context, from source: borrowing ContextSource, _ arena: inout MessageArena
  ) throws(MessageError) {
    switch source {
    case .structure(let bytes):
      try ValueView(decoding: bytes, in: &arena).visit(into: &context)
    case .json: break
    case .none: break
    }
  }
}

/// What is asked.
enum Requests {
  static let published = ExecuteTreeRequestMessage(
    tree: .reference(TreeReferenceMessage(treeID: "winback")), context: .structure(Player.message),
    playerID: "p-1001", options: ExecutionOptions(dryRun: true))

  static func inline(_ number: Int = 0) -> ExecuteTreeRequestMessage {
    ExecuteTreeRequestMessage(
      tree: .json(TreeText.json(number)), context: .structure(Player.message), playerID: "p-1001",
      options: ExecutionOptions(dryRun: true))
  }
}
