internal import CProtobufC
internal import CSmartFlowProto

/// A call to publish a tree, as it lies in the arena that decoded it.
@safe public struct PublishTreeRequest: ~Copyable, ~Escapable {
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
      bytes, as: smartflow_descriptor_publish_tree_request())
    unsafe self.message = unsafe message
  }

  private var content: Smartflow__Worker__PublishTreeRequest {
    // Safe: unpacked as this type.
    unsafe message.load(as: Smartflow__Worker__PublishTreeRequest.self)
  }

  /// The tree; never a reference.
  public var tree: TreeSource {
    @_lifetime(copy self) get {
      // Safe: the case says which member is set; all of it lives in the arena.
      let source =
        switch unsafe content.tree_case {
        case SMARTFLOW__WORKER__PUBLISH_TREE_REQUEST__TREE_TREE_JSON:
          unsafe TreeSource.json(content.tree_json.span)
        case SMARTFLOW__WORKER__PUBLISH_TREE_REQUEST__TREE_TREE_NODE:
          unsafe TreeSource.node(content.tree_node.span)
        default: TreeSource.none
        }
      return unsafe _overrideLifetime(source, copying: self)
    }
  }

  /// JSON Schema of the contexts; empty when none was given.
  public var contextSchema: RawSpan {
    @_lifetime(copy self) get {
      // Safe: as in `tree`.
      unsafe _overrideLifetime(content.context_schema.span, copying: self)
    }
  }

  /// All but the tree and the schema, copied.
  public var rest: PublishTreeRequestMessage {
    // Safe, all of it: texts and labels live in the arena and are copied; counts are protobuf-c's own.
    let content = unsafe content
    var rest = PublishTreeRequestMessage(treeID: unsafe Text.string(content.tree_id), tree: nil)
    rest.expectedVersion = unsafe content.expected_version
    rest.mustBeNew = unsafe content.must_be_new != 0
    rest.activates = unsafe content.activate != 0
    for index in unsafe 0..<content.n_labels {
      guard let label = unsafe content.labels[index]?.pointee else { continue }
      unsafe rest.labels[Text.string(label.key)] = unsafe Text.string(label.value)
    }
    rest.comment = unsafe Text.string(content.comment)
    rest.validateOnly = unsafe content.validate_only != 0
    return rest
  }
}
