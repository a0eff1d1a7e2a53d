/// Why bytes are not a message of the protocol.
///
/// `field` is the path of field names from the message's root, with dots between:
/// `"tree_node.true_action.type"`; it is empty for the message itself.
public enum MessageError: Error, Equatable, Sendable {
  /// The bytes break the wire format.
  case malformed(field: String, Malformation)
  /// Messages are nested deeper than ``MessageLimits/depth``.
  case tooDeep(field: String, limit: Int)
  /// A text is not UTF-8.
  case invalidUTF8(field: String)
  /// A text holds U+0000, which no text of ours may.
  case containsNUL(field: String)
  /// A message field that holds one message stands there twice.
  ///
  /// Protobuf would merge the two. protobuf-c 1.4 loses the first one's numbers and truth values,
  /// and with them a `dry_run`; and merging lists takes memory that grows with the square of the
  /// input.
  case repeatedMessage(field: String)
  /// A `google.protobuf.Value` says nothing: no kind is set.
  case valueWithoutKind(field: String)
  /// A number is NaN or infinite, which JSON has no word for.
  case numberNotFinite(field: String)
  /// A request has too many fields to be read in one piece.
  case tooManyFields(limit: Int)
  /// A name is too long for one.
  case textTooLong(field: String, limit: Int)
  /// Unpacking would take more memory than the arena may give.
  case outOfMemory(limit: Int)
}

/// How bytes break the wire format.
public enum Malformation: Error, Equatable, Sendable {
  /// The message ends inside a field.
  case truncated
  /// A varint has more bits than its kind may have.
  case varintOverflow
  /// A field has the number 0, or one past 2²⁹ - 1.
  case fieldNumber
  /// A group, which protobuf gave up, or a wire type that never was.
  case wireType(UInt8)
  /// A field came with a wire type that is not its own.
  case wrongWireType(UInt8)
  /// A list of packed numbers ends inside a number.
  case packedLength
  /// protobuf-c refused what our own check let pass.
  case refused
}

extension MessageError: CustomStringConvertible {
  /// One sentence with the place and the remedy.
  public var description: String {
    switch self {
    case .malformed(let field, let malformation):
      "\(place(field)) does not parse: \(malformation)"
    case .tooDeep(let field, let limit):
      "\(place(field)) is nested more than \(limit) messages deep; flatten it"
    case .invalidUTF8(let field):
      "\(place(field)) is not UTF-8; send text as UTF-8 and other data as bytes"
    case .containsNUL(let field):
      "\(place(field)) holds U+0000; leave it out"
    case .repeatedMessage(let field):
      "\(place(field)) is given twice; merge the two before sending"
    case .valueWithoutKind(let field):
      "\(place(field)) is a value without a kind; set one, `null_value` for nothing"
    case .numberNotFinite(let field):
      "\(place(field)) is not a finite number; JSON has no NaN and no infinity"
    case .tooManyFields(let limit):
      "the message has more than \(limit) fields; send several messages"
    case .textTooLong(let field, let limit):
      "\(place(field)) has more than \(limit) bytes; shorten it"
    case .outOfMemory(let limit):
      "the message would take more than \(limit) bytes of memory; send fewer elements"
    }
  }

  /// The path of the field that is to blame; empty for the message itself.
  public var field: String {
    switch self {
    case .malformed(let field, _), .tooDeep(let field, _), .invalidUTF8(let field),
      .containsNUL(let field), .repeatedMessage(let field), .valueWithoutKind(let field),
      .numberNotFinite(let field), .textTooLong(let field, _):
      field
    case .tooManyFields, .outOfMemory: ""
    }
  }

  private func place(_ field: String) -> String { field.isEmpty ? "the message" : "`\(field)`" }
}

extension Malformation: CustomStringConvertible {
  /// What is wrong, as half a sentence.
  public var description: String {
    switch self {
    case .truncated: "it ends inside a field"
    case .varintOverflow: "a varint is too long"
    case .fieldNumber: "a field number is out of range"
    case .wireType(let type): "wire type \(type) is not supported"
    case .wrongWireType(let type): "wire type \(type) is not the field's"
    case .packedLength: "a packed list ends inside a number"
    case .refused: "it is not what its type says"
    }
  }
}
