/// A request as a client makes it.
public protocol RequestMessage: Sendable {
  /// What answers it.
  associatedtype Response: ResponseMessage
  /// The method that takes it.
  static var method: Method { get }
  /// Appends the message's bytes.
  func append(to output: inout [UInt8])
}

/// A response as a client reads it, and as a server may write it.
public protocol ResponseMessage: Equatable, Sendable {
  /// Checks and reads a response.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message while it is read.
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError)
  /// Appends the message's bytes.
  func append(to output: inout [UInt8])
}

extension ResponseMessage {
  /// Checks and reads a response, in an arena of its own.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan) throws(MessageError) {
    var arena = MessageArena()
    try self.init(decoding: bytes, in: &arena)
  }
}
