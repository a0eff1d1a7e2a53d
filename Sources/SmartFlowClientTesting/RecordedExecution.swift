internal import JSON
public import SmartFlowMessages

/// An execution that a test server was asked for.
public struct RecordedExecution: Equatable, Sendable {
  /// The tree; `nil` where none was named.
  public var tree: RecordedTree?
  /// What was said of the player; `nil` where nothing was.
  public var context: RecordedContext?
  /// Whom the decision is about.
  public var playerID: String
  /// How it is to be executed.
  public var options: ExecutionOptions
}

/// A tree as it came.
public enum RecordedTree: Equatable, Sendable {
  /// JSON, or a tree of messages in its JSON form.
  case json([UInt8])
  /// A published tree.
  case published(TreeReferenceMessage)

  init?(_ source: borrowing TreeSource) throws(MessageError) {
    switch source {
    case .none: return nil
    case .json(let bytes): self = .json([UInt8](copying: bytes))
    case .reference(let treeID, let version):
      self = .published(TreeReferenceMessage(treeID: treeID, version: version))
    case .node(let bytes):
      var builder = StructValueBuilder()
      try NodeReading.read(bytes, into: &builder)
      self = .json((builder.value ?? .null).json)
    }
  }
}

/// A context as it came.
public struct RecordedContext: Equatable, Sendable {
  /// JSON; of a `Struct` its JSON form.
  public var json: [UInt8]

  /// The properties; `nil` when the JSON is none, or no object.
  public var properties: [String: StructValue]? {
    var sink = StructValueSink()
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      unsafe try JSONParser.parse(json.span.bytes, limits: .standard, into: &sink)
    } catch {
      return nil
    }
    guard case .object(let members)? = sink.builder.value else { return nil }
    return members
  }

  init?(_ source: borrowing ContextSource) throws(MessageError) {
    switch source {
    case .none: return nil
    case .json(let bytes): json = [UInt8](copying: bytes)
    case .structure(let bytes):
      var arena = MessageArena()
      var builder = StructValueBuilder()
      try ValueView(decoding: bytes, in: &arena).visit(into: &builder)
      json = (builder.value ?? .null).json
    }
  }
}
