internal import CProtobufC
internal import CSmartFlowProto

/// A call to say what is wrong with a tree, as it lies in the arena that decoded it.
@safe public struct ValidateTreeRequest: ~Copyable, ~Escapable {
  private let message: UnsafeRawPointer

  /// Checks and unpacks a request.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message, and can not be used for another one before this one has ended.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  @_lifetime(&arena)
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    // Safe: the pointer lives as long as the arena is borrowed.
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_validate_tree_request())
    unsafe self.message = unsafe message
  }

  private var content: Smartflow__Worker__ValidateTreeRequest {
    // Safe: unpacked as this type.
    unsafe message.load(as: Smartflow__Worker__ValidateTreeRequest.self)
  }

  /// The tree to look at; never a reference.
  public var tree: TreeSource {
    @_lifetime(copy self) get {
      // Safe: the case says which member is set; all of it lives in the arena.
      let source =
        switch unsafe content.tree_case {
        case SMARTFLOW__WORKER__VALIDATE_TREE_REQUEST__TREE_TREE_JSON:
          unsafe TreeSource.json(content.tree_json.span)
        case SMARTFLOW__WORKER__VALIDATE_TREE_REQUEST__TREE_TREE_NODE:
          unsafe TreeSource.node(content.tree_node.span)
        default: TreeSource.none
        }
      return unsafe _overrideLifetime(source, copying: self)
    }
  }

  /// JSON Schema of the context; empty when none was given.
  public var contextSchema: RawSpan {
    @_lifetime(copy self) get {
      // Safe: as in `tree`.
      unsafe _overrideLifetime(content.context_schema.span, copying: self)
    }
  }
}
