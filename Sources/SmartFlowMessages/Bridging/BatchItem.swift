internal import CProtobufC
internal import CSmartFlowProto

/// One player of a batch, as it lies in the arena that decoded it.
@safe public struct BatchItem: ~Copyable, ~Escapable {
  private let message: UnsafeRawPointer

  /// Checks and unpacks an item.
  ///
  /// - Parameters:
  ///   - bytes: One `BatchItem` message.
  ///   - arena: Holds it, and can not be used for another one before this one has ended.
  /// - Throws: ``MessageError`` when the bytes are not such a message; its place begins at the request.
  @_lifetime(&arena)
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    // Safe: the pointer lives as long as the arena is borrowed.
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_batch_item(), inside: .item)
    unsafe self.message = unsafe message
  }

  private var content: Smartflow__Worker__BatchItem {
    // Safe: unpacked as this type.
    unsafe message.load(as: Smartflow__Worker__BatchItem.self)
  }

  /// What is known of the player.
  public var context: ContextSource {
    @_lifetime(copy self) get {
      // Safe: the case says which member is set; all of it lives in the arena.
      let source =
        switch unsafe content.context_case {
        case SMARTFLOW__WORKER__BATCH_ITEM__CONTEXT_CONTEXT_STRUCT:
          unsafe ContextSource.structure(content.context_struct.span)
        case SMARTFLOW__WORKER__BATCH_ITEM__CONTEXT_CONTEXT_JSON:
          unsafe ContextSource.json(content.context_json.span)
        default: ContextSource.none
        }
      return unsafe _overrideLifetime(source, copying: self)
    }
  }

  /// Whom the decision is about; empty when nobody was named.
  public var playerID: String { unsafe Text.string(content.player_id) }

  /// The key under which the decision is performed once; empty when there is none.
  public var idempotencyKey: String { unsafe Text.string(content.idempotency_key) }
}
