internal import CProtobufC
internal import CSmartFlowProto

/// A call to decide for many players with one tree.
///
/// It owns its arena, since a batch is worked off in slices, with other requests between them. Its items are messages
/// that ``checkItems(fields:)`` checks and ``BatchItem`` reads, one at a time.
@safe public struct ExecuteBatchRequest: ~Copyable {
  private let arena: MessageArena
  private let message: UnsafeRawPointer
  private var checkedItems = 0
  /// How far the check of the item after them has come; `nil` before it has begun.
  private var itemProgress: WireCheck.Progress?

  /// Checks and unpacks a request, all but its items.
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

  /// One player's part of the request: a `BatchItem` message, not looked into yet.
  @_lifetime(borrow self)
  public func item(_ index: Int) -> RawSpan {
    precondition(index >= 0 && index < itemCount, "no such item")
    // Safe: protobuf-c fills as many elements as it counts; they lie in the arena.
    return unsafe _overrideLifetime(content.items[index].span, borrowing: self)
  }

  /// Bytes that it takes, nearly all of them its items'.
  public var byteCount: Int { arena.usedBytes }

  /// Whether ``checkItems(fields:)`` has come to their end.
  public var areItemsChecked: Bool { checkedItems == itemCount }

  /// Checks the items, about so many of their fields at a time; a long text counts for as many as it has kilobytes.
  ///
  /// - Returns: Whether there are more to check.
  /// - Throws: ``MessageError`` when an item is not such a message; its place begins at the request.
  public mutating func checkItems(fields: Int) throws(MessageError) -> Bool {
    var left = fields
    while !areItemsChecked {
      guard left > 0 else { return true }
      let isMore = try checkItem(fields: &left)
      if isMore { return true }
      itemProgress = nil
      checkedItems += 1
      // The check of an empty item takes its time too.
      left -= 1
    }
    return false
  }

  /// - Returns: Whether there is more of the item to check.
  private mutating func checkItem(fields left: inout Int) throws(MessageError) -> Bool {
    // Safe: the bytes are read before they end; the frames are the arena's, and nobody visits what it holds.
    let bytes = unsafe UnsafeRawBufferPointer(
      start: content.items[checkedItems].data, count: content.items[checkedItems].len)
    var check = unsafe WireCheck(
      bytes, frames: arena.frames, limitBytes: arena.limitBytes, inside: .item,
      after: itemProgress ?? WireCheck.Progress())
    if itemProgress == nil { try unsafe check.begin(smartflow_descriptor_batch_item_content()) }
    let isMore = try check.step(fields: &left)
    itemProgress = check.progress
    return isMore
  }
}
