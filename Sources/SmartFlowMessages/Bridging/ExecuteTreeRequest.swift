internal import CProtobufC
internal import CSmartFlowProto

/// A call to decide for one player, in place where it is plain, else as it lies in the arena that decoded it.
@safe public struct ExecuteTreeRequest: ~Copyable, ~Escapable {
  private let plain: PlainRequest?
  /// The message, where it is not plain.
  private let message: UnsafeRawPointer?

  /// Checks and unpacks a request.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message, and can not be used for another one before this one has ended.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  @_lifetime(copy bytes, &arena)
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    try self.init(decoding: bytes, in: &arena, takingPlain: true)
  }

  /// As ``init(decoding:in:)``; a plain request is unpacked too where it is not to be taken in place.
  @_lifetime(copy bytes, &arena)
  init(
    decoding bytes: RawSpan, in arena: inout MessageArena, takingPlain: Bool
  ) throws(MessageError) {
    plain = takingPlain ? PlainRequest(bytes) : nil
    guard plain == nil else {
      arena.reset()
      unsafe message = nil
      return
    }
    // Safe: the pointer lives as long as the arena is borrowed.
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_execute_tree_request())
    unsafe self.message = unsafe message
  }

  private var content: Smartflow__Worker__ExecuteTreeRequest {
    // INVARIANT: what is not plain was unpacked.
    guard let message = unsafe message else {
      preconditionFailure("a plain request was not unpacked")
    }
    // Safe: unpacked as this type.
    return unsafe message.load(as: Smartflow__Worker__ExecuteTreeRequest.self)
  }

  /// The tree to run.
  public var tree: TreeSource {
    @_lifetime(copy self) get {
      if let plain { return plain.tree }
      // Safe: the case says which member is set; all of it lives in the arena.
      let source =
        switch unsafe content.tree_case {
        case SMARTFLOW__WORKER__EXECUTE_TREE_REQUEST__TREE_TREE_JSON:
          unsafe TreeSource.json(content.tree_json.span)
        case SMARTFLOW__WORKER__EXECUTE_TREE_REQUEST__TREE_TREE_REFERENCE:
          unsafe TreeSource(content.tree_reference)
        case SMARTFLOW__WORKER__EXECUTE_TREE_REQUEST__TREE_TREE_NODE:
          unsafe TreeSource.node(content.tree_node.span)
        default: TreeSource.none
        }
      return unsafe _overrideLifetime(source, copying: self)
    }
  }

  /// What is known of the player.
  public var context: ContextSource {
    @_lifetime(copy self) get {
      if let plain { return plain.context }
      // Safe: as in `tree`.
      let source =
        switch unsafe content.context_case {
        case SMARTFLOW__WORKER__EXECUTE_TREE_REQUEST__CONTEXT_CONTEXT_STRUCT:
          unsafe ContextSource.structure(content.context_struct.span)
        case SMARTFLOW__WORKER__EXECUTE_TREE_REQUEST__CONTEXT_CONTEXT_JSON:
          unsafe ContextSource.json(content.context_json.span)
        default: ContextSource.none
        }
      return unsafe _overrideLifetime(source, copying: self)
    }
  }

  /// Whom the decision is about; empty when nobody was named.
  public var playerID: String {
    if let plain { return plain.playerID }
    return unsafe Text.string(content.player_id)
  }

  /// How the tree is to be executed.
  public var options: ExecutionOptions {
    if let plain { return plain.options }
    return unsafe ExecutionOptions(content.options)
  }
}
