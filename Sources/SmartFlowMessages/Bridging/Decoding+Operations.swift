internal import CProtobufC
internal import CSmartFlowProto

// Safe, in all of this file: as in `Decoding+Execution.swift`.

extension GetMetricsRequest {
  /// Checks and reads a request.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message while it is read.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_get_metrics_request()
    ).load(as: Smartflow__V1__GetMetricsRequest.self)
    unsafe self.init(format: Format(rawValue: Int32(bitPattern: message.format.rawValue)))
  }
}

extension GetMetricsResponse {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_get_metrics_response()
    ).load(as: Smartflow__V1__GetMetricsResponse.self)
    unsafe self.init(contentType: Text.string(message.content_type), text: message.text.array)
  }
}

extension SetLogLevelRequest {
  /// Checks and reads a request.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message while it is read.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_set_log_level_request()
    ).load(as: Smartflow__V1__SetLogLevelRequest.self)
    unsafe self.init(
      level: LogLevelMessage(rawValue: Int32(bitPattern: message.level.rawValue)),
      duration: Duration(message.duration))
  }
}

extension SetLogLevelResponse {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_set_log_level_response()
    ).load(as: Smartflow__V1__SetLogLevelResponse.self)
    unsafe self.init(
      level: LogLevelMessage(wire: message.level),
      previous: LogLevelMessage(wire: message.previous),
      remaining: Duration(message.remaining), usual: LogLevelMessage(wire: message.usual))
  }
}

extension LogLevelMessage {
  init(wire level: Smartflow__V1__LogLevel) {
    self = Self(rawValue: Int32(bitPattern: level.rawValue)) ?? .unspecified
  }
}

extension DrainRequest {
  /// Checks a request, which may hold nothing but fields of later versions.
  ///
  /// - Parameters:
  ///   - bytes: The envelope's payload.
  ///   - arena: Holds the message while it is read.
  /// - Throws: ``MessageError`` when the bytes are not such a request.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    _ = unsafe try arena.unpack(bytes, as: smartflow_descriptor_drain_request())
    self.init()
  }
}

extension DrainResponse {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_drain_response()
    ).load(as: Smartflow__V1__DrainResponse.self)
    unsafe self.init(grace: Duration(message.grace), keeperPID: message.keeper_pid)
  }
}
