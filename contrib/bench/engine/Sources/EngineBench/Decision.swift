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
  private var parts: [Int: ActionPart] = [:]
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
    ExecutionWriter.appendHead(
      executionID: Self.identifier, tree: Self.reference, treeDigest: tree.digest, to: &output)
    for action in execution.actions {
      ExecutionWriter.append(
        part(of: action), status: .accepted, actionID: Self.identifier, to: &output)
    }
    ExecutionWriter.appendTail(
      status: .completed, elapsedNanoseconds: 1500, fuelUsed: UInt64(execution.fuelUsed),
      to: &output)
    ExecutionWriter.endResponse(mark, in: &output)
  }

  /// What is the same of the action in every execution, written once: the sample's parameters are constant.
  private mutating func part(of action: PlannedAction) -> ActionPart {
    if let part = parts[action.place] { return part }
    let part = ActionPart(
      type: action.type, path: action.path, nodeID: action.nodeID ?? "", using: &writer
    ) { writer in
      writer.beginObject()
      for (key, value) in action.parameters ?? [:] {
        writer.key(key.utf8Span.span.bytes)
        if case .string(let text) = value { writer.text(text.utf8Span.span.bytes) }
      }
      writer.endObject()
    }
    parts[action.place] = part
    return part
  }

  private static let identifier: [16 of UInt8] = [
    1, 0x89, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0,
  ]
  private static let reference = TreeReferenceMessage(treeID: "winback", version: 1)
}

/// The decoding of a request, and of its context into the engine's own form.
final class RequestDecoding {
  /// Whether the context is read off the wire, as the worker does it, or by way of protobuf-c's messages.
  private let isInPlace: Bool
  private let payload: [UInt8]
  private var context = Context()
  private var arena = MessageArena.forRequests
  private var contextArena = MessageArena.forRequests

  init(isInPlace: Bool) {
    self.isInPlace = isInPlace
    var payload: [UInt8] = []
    Requests.published.append(to: &payload)
    self.payload = payload
  }

  func decode() throws(Failure) {
    context.removeAll()
    do throws(MessageError) {
      try Self.decode(
        payload, into: &context, &arena, &contextArena, isInPlace: isInPlace)
    } catch {
      throw Failure(message: "the request is none: \(error)")
    }
    guard context.violation == nil else { throw Failure(message: "the context is none") }
  }

  private static func decode(
    _ payload: [UInt8], into context: inout Context, _ arena: inout MessageArena,
    _ contextArena: inout MessageArena, isInPlace: Bool
  ) throws(MessageError) {
    let request = try ExecuteTreeRequest(decoding: payload.span.bytes, in: &arena)
    try fill(&context, from: request.context, &contextArena, isInPlace: isInPlace)
  }

  /// In an arena of its own, since the request may lie in the other.
  private static func fill(
    _ context: inout Context, from source: borrowing ContextSource, _ arena: inout MessageArena,
    isInPlace: Bool
  ) throws(MessageError) {
    switch source {
    case .structure(let bytes) where isInPlace: _ = PlainStruct.visit(bytes, into: &context)
    case .structure(let bytes): try ValueView(decoding: bytes, in: &arena).visit(into: &context)
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
