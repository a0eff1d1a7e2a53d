import SmartFlowMessages

/// A tree source that can be kept and compared, in the words of the client's messages.
enum CapturedTree: Equatable {
  case none
  case json([UInt8])
  case reference(String, UInt64)
  case node(StructValue?)

  init(_ source: consuming TreeSource) throws(MessageError) {
    switch consume source {
    case .none: self = .none
    case .json(let bytes): self = .json(bytes.array)
    case .reference(let treeID, let version): self = .reference(treeID, version)
    case .node(let bytes):
      var builder = StructValueBuilder()
      try NodeReading.read(bytes, into: &builder)
      self = .node(builder.value)
    }
  }
}

enum CapturedContext: Equatable {
  case none
  case json([UInt8])
  case structure(StructValue?)

  init(_ source: consuming ContextSource) throws(MessageError) {
    switch consume source {
    case .none: self = .none
    case .json(let bytes): self = .json(bytes.array)
    case .structure(let bytes):
      var arena = MessageArena()
      let view = try ValueView(decoding: bytes, in: &arena)
      var builder = StructValueBuilder()
      view.visit(into: &builder)
      self = .structure(builder.value)
    }
  }
}

extension RawSpan {
  var array: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}

extension NodeMessage {
  /// The node's JSON form, made independently of the cursor.
  var json: StructValue {
    var members: [String: StructValue] = [:]
    func set(_ key: String, _ node: [NodeMessage]) {
      if let node = node.first { members[key] = node.json }
    }
    if !type.isEmpty { members["type"] = .text(type) }
    if !id.isEmpty { members["id"] = .text(id) }
    if !name.isEmpty { members["name"] = .text(name) }
    if let parameters { members["parameters"] = .object(parameters) }
    set("trueAction", trueAction)
    set("falseAction", falseAction)
    set("defaultAction", defaultAction)
    if !actions.isEmpty { members["actions"] = .list(actions.map(\.json)) }
    if !cases.isEmpty {
      members["cases"] = .list(
        cases.map { branch in
          var entry: [String: StructValue] = [:]
          if !branch.expression.isEmpty { entry["expression"] = .text(branch.expression) }
          if let action = branch.action.first { entry["action"] = action.json }
          return .object(entry)
        })
    }
    if !shares.isEmpty {
      members["shares"] = .list(
        shares.map { branch in
          var entry: [String: StructValue] = ["weight": .number(branch.weight)]
          if let action = branch.action.first { entry["action"] = action.json }
          return .object(entry)
        })
    }
    return .object(members)
  }
}

/// A batch request that can be compared.
struct CapturedBatch: Equatable {
  var tree: CapturedTree
  var options: ExecutionOptions
  var contexts: [CapturedContext] = []
  var playerIDs: [String] = []
  var idempotencyKeys: [String] = []

  init(decoding bytes: [UInt8]) throws(MessageError) {
    var batch = try ExecuteBatchRequest(decoding: bytes.span.bytes)
    while try batch.checkItems(fields: 3) {}
    tree = try CapturedTree(batch.tree)
    options = batch.options
    for index in 0..<batch.itemCount {
      var arena = MessageArena()
      let item = try BatchItem(decoding: batch.item(index), in: &arena)
      try contexts.append(CapturedContext(item.context))
      playerIDs.append(item.playerID)
      idempotencyKeys.append(item.idempotencyKey)
    }
  }
}
