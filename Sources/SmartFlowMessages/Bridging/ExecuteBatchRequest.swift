internal import CProtobufC
internal import CSmartFlowProto

/// A call to decide for many players with one tree.
///
/// It owns its arena, since a batch is worked off in slices, with other requests between them.
@safe public struct ExecuteBatchRequest: ~Copyable {
  private let arena: MessageArena
  private let message: UnsafeRawPointer

  /// Checks and unpacks a request.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message; ``relinquishArena()`` gives it back.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(
    decoding bytes: RawSpan, in arena: consuming MessageArena = MessageArena()
  ) throws(MessageError) {
    // Safe: the pointer lives as long as the arena, which is kept.
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_execute_batch_request())
    unsafe self.message = unsafe message
    self.arena = arena
  }

  /// Ends the request and gives its arena back, to be used again.
  public consuming func relinquishArena() -> MessageArena { arena }

  private var content: Smartflow__Worker__ExecuteBatchRequest {
    // Safe: unpacked as this type.
    unsafe message.load(as: Smartflow__Worker__ExecuteBatchRequest.self)
  }

  /// The tree to run, the same for all items.
  public var tree: TreeSource {
    @_lifetime(borrow self) get {
      // Safe: the case says which member is set; all of it lives in the arena.
      let source =
        switch unsafe content.tree_case {
        case SMARTFLOW__WORKER__EXECUTE_BATCH_REQUEST__TREE_TREE_JSON:
          unsafe TreeSource.json(content.tree_json.span)
        case SMARTFLOW__WORKER__EXECUTE_BATCH_REQUEST__TREE_TREE_REFERENCE:
          unsafe TreeSource(content.tree_reference)
        case SMARTFLOW__WORKER__EXECUTE_BATCH_REQUEST__TREE_TREE_NODE:
          unsafe TreeSource.node(content.tree_node.span)
        default: TreeSource.none
        }
      return unsafe _overrideLifetime(source, borrowing: self)
    }
  }

  /// How the tree is to be executed; the idempotency keys are the items'.
  public var options: ExecutionOptions { unsafe ExecutionOptions(content.options) }

  /// Players to decide for.
  public var itemCount: Int { unsafe content.n_items }

  private func item(_ index: Int) -> Smartflow__V1__BatchItem {
    precondition(index >= 0 && index < itemCount, "no such item")
    // Safe: protobuf-c fills as many elements as it counts; an empty one is all defaults.
    return unsafe content.items[index]?.pointee ?? Smartflow__V1__BatchItem()
  }

  /// What is known of one player.
  @_lifetime(borrow self)
  public func context(of index: Int) -> ContextSource {
    let item = unsafe item(index)
    // Safe: as in `tree`.
    let source =
      switch unsafe item.context_case {
      case SMARTFLOW__V1__BATCH_ITEM__CONTEXT_CONTEXT_STRUCT:
        unsafe ContextSource.structure(
          ValueView(item.context_struct, frames: arena.frames))
      case SMARTFLOW__V1__BATCH_ITEM__CONTEXT_CONTEXT_JSON:
        unsafe ContextSource.json(item.context_json.span)
      default: ContextSource.none
      }
    return unsafe _overrideLifetime(source, borrowing: self)
  }

  /// Whom one decision is about; empty when nobody was named.
  public func playerID(of index: Int) -> String { unsafe Text.string(item(index).player_id) }

  /// The key under which one decision is performed once; empty when there is none.
  public func idempotencyKey(of index: Int) -> String {
    unsafe Text.string(item(index).idempotency_key)
  }
}
