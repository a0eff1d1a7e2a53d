import Filtrex
import FuzzSupport
import SmartFlowMessages

/// Requests: every part of them is looked at, and they are written and read as the same.
enum Requests {
  static func executeTree(_ bytes: RawSpan, _ arena: inout MessageArena) throws(MessageError) {
    let message = try captureTree(bytes, &arena)
    let again = rewritten(message) { bytes throws(MessageError) in
      try captureTree(bytes, &arena)
    }
    require(again == message, "written again it is \(again), not \(message)")
  }

  static func executeBatch(_ bytes: RawSpan) throws(MessageError) {
    let message = try captureBatch(bytes)
    let again = rewritten(message) { bytes throws(MessageError) in try captureBatch(bytes) }
    require(again == message, "written again it is \(again), not \(message)")
  }

  static func validateTree(_ bytes: RawSpan, _ arena: inout MessageArena) throws(MessageError) {
    let message = try captureValidation(bytes, &arena)
    let again = rewritten(message) { bytes throws(MessageError) in
      try captureValidation(bytes, &arena)
    }
    require(again == message, "written again it is \(again), not \(message)")
  }

  static func healthCheck(_ bytes: RawSpan, _ arena: inout MessageArena) throws(MessageError) {
    let message = try HealthCheckRequest(decoding: bytes, in: &arena)
    let again = rewritten(message) { bytes throws(MessageError) in
      try HealthCheckRequest(decoding: bytes, in: &arena)
    }
    require(again == message, "written again it is \(again), not \(message)")
  }

  private static func rewritten<Request: RequestMessage>(
    _ message: Request, _ read: (RawSpan) throws(MessageError) -> Request
  ) -> Request {
    var written: [UInt8] = []
    message.append(to: &written)
    return written.withExactBytes { bytes in
      do throws(MessageError) {
        return try read(bytes)
      } catch {
        broken("a request that was written does not parse: \(error)")
      }
    }
  }

  // MARK: Messages of what was read

  private static func captureTree(
    _ bytes: RawSpan, _ arena: inout MessageArena
  ) throws(MessageError) -> ExecuteTreeRequestMessage {
    let request = try ExecuteTreeRequest(decoding: bytes, in: &arena)
    return ExecuteTreeRequestMessage(
      tree: try tree(request.tree), context: try context(request.context),
      playerID: request.playerID, options: request.options)
  }

  private static func captureBatch(
    _ bytes: RawSpan
  ) throws(MessageError) -> ExecuteBatchRequestMessage {
    var request = try ExecuteBatchRequest(decoding: bytes)
    while try request.checkItems(fields: 3) {}
    var message = ExecuteBatchRequestMessage(
      tree: try tree(request.tree), items: [], options: request.options)
    for index in 0..<request.itemCount {
      var arena = MessageArena()
      let item = try BatchItem(decoding: request.item(index), in: &arena)
      message.items.append(
        ExecuteBatchRequestMessage.Item(
          context: try context(item.context), playerID: item.playerID,
          idempotencyKey: item.idempotencyKey))
    }
    return message
  }

  private static func captureValidation(
    _ bytes: RawSpan, _ arena: inout MessageArena
  ) throws(MessageError) -> ValidateTreeRequestMessage {
    let request = try ValidateTreeRequest(decoding: bytes, in: &arena)
    let tree: ValidateTreeRequestMessage.Tree? =
      switch try self.tree(request.tree) {
      case nil: nil
      case .json(let json)?: .json(json)
      case .node(let node)?: .node(node)
      case .reference?: broken("a tree to validate is a reference")
      }
    return ValidateTreeRequestMessage(tree: tree, contextSchema: request.contextSchema.array)
  }

  private static func tree(
    _ source: consuming TreeSource
  ) throws(MessageError) -> TreeMessage? {
    switch consume source {
    case .none: return nil
    case .json(let json): return .json(json.array)
    case .reference(let treeID, let version):
      return .reference(TreeReferenceMessage(treeID: treeID, version: version))
    case .node(let bytes):
      var sink = StrictSink(allowsNUL: false)
      try NodeReading.read(bytes, into: &sink)
      require(sink.isWhole, "a node is not one value")
      // Again in steps, as a worker reads it.
      var reading = NodeReading()
      var builder = StructValueBuilder()
      while try reading.step(events: 3, of: bytes, into: &builder) {}
      guard case .object(let members)? = builder.value else { broken("a node is no object") }
      return .node(NodeMessage(json: members))
    }
  }

  private static func context(
    _ source: consuming ContextSource
  ) throws(MessageError) -> ContextMessage? {
    switch consume source {
    case .none: return nil
    case .json(let json): return .json(json.array)
    case .structure(let bytes):
      var arena = MessageArena()
      let view = try ValueView(decoding: bytes, in: &arena)
      var builder = StructValueBuilder()
      view.visit(into: &builder)
      guard case .object(let members)? = builder.value else { broken("a struct is no object") }
      try check(bytes, against: members)
      return .structure(members)
    }
  }
}

extension Requests {
  /// Holds what is read at once against what is read in steps, and what becomes a worker's context.
  private static func check(
    _ bytes: RawSpan, against members: [String: StructValue]
  ) throws(MessageError) {
    var sink = StrictSink(allowsNUL: false)
    var reading = NodeReading(.context)
    while try reading.step(events: 3, of: bytes, into: &sink) {}
    require(sink.isWhole, "a struct is not one value")
    reading = NodeReading(.context)
    var builder = StructValueBuilder()
    while try reading.step(events: 5, of: bytes, into: &builder) {}
    require(builder.value == .object(members), "a struct in steps is another")
    reading = NodeReading(.context)
    var context = Context()
    while try reading.step(events: 64, of: bytes, into: &context) {}
    if context.violation == nil {
      require(sink.depth <= Limits.contextNesting, "\(sink.depth) nested in a context")
      require(sink.values <= Limits.contextValues + 1, "\(sink.values) values in a context")
      guard case .object = context.value else { broken("a context is no object") }
    }
  }
}

extension NodeMessage {
  /// The message whose JSON form is an object of these members: the way back from a visit.
  init(json members: [String: StructValue]) {
    self.init(type: "")
    for (key, value) in members {
      switch (key, value) {
      case ("type", .text(let text)): type = text
      case ("id", .text(let text)): id = text
      case ("name", .text(let text)): name = text
      case ("parameters", .object(let object)): parameters = object
      case ("trueAction", .object(let object)): trueAction = [NodeMessage(json: object)]
      case ("falseAction", .object(let object)): falseAction = [NodeMessage(json: object)]
      case ("defaultAction", .object(let object)): defaultAction = [NodeMessage(json: object)]
      case ("actions", .list(let nodes)): actions = nodes.map { NodeMessage(json: $0.members) }
      case ("cases", .list(let branches)):
        cases = branches.map { branch in
          var text = ""
          if case .text(let expression)? = branch.members["expression"] { text = expression }
          return Case(expression: text, action: Self.action(of: branch))
        }
      case ("shares", .list(let branches)):
        shares = branches.map { branch in
          guard case .number(let weight)? = branch.members["weight"] else {
            broken("a share without a weight")
          }
          return Share(weight: weight, action: Self.action(of: branch))
        }
      case (let key, let value): broken("a node has `\(key)`: \(value)")
      }
    }
  }

  private static func action(of branch: StructValue) -> NodeMessage? {
    branch.members["action"].map { NodeMessage(json: $0.members) }
  }
}

extension StructValue {
  fileprivate var members: [String: StructValue] {
    guard case .object(let members) = self else { broken("\(self) is no object") }
    return members
  }
}
