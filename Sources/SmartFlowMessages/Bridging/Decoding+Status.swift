internal import CProtobufC
internal import CSmartFlowProto

// Safe, in all of this file: as in `Decoding+Execution.swift`.

extension RPCStatus {
  /// Checks and reads a status.
  ///
  /// - Parameter bytes: The message's bytes.
  /// - Throws: ``MessageError`` when they are not a status, or a detail of a known type is not one.
  public init(decoding bytes: RawSpan) throws(MessageError) {
    var arena = MessageArena()
    let message = unsafe try arena.unpack(bytes, as: smartflow_descriptor_status())
    unsafe try self.init(message.load(as: Google__Rpc__Status.self))
  }

  @unsafe init(_ message: Google__Rpc__Status) throws(MessageError) {
    unsafe self.init(code: message.code, message: Text.string(message.message))
    guard unsafe message.n_details > 0 else { return }
    // A detail is a message in a message's bytes, so it is unpacked beside the one that holds it.
    var arena = MessageArena()
    for index in unsafe 0..<message.n_details {
      guard let detail = unsafe message.details[index]?.pointee else { continue }
      unsafe try details.append(StatusDetail(detail, in: &arena))
    }
  }
}

extension StatusDetail {
  @unsafe init(
    _ any: Google__Protobuf__Any, in arena: inout MessageArena
  ) throws(MessageError) {
    let typeURL = unsafe Text.string(any.type_url)
    let bytes = unsafe any.value.span
    // What counts is the name after the last slash, whatever host is before it.
    switch typeURL.split(separator: "/").last {
    case "google.rpc.ErrorInfo":
      let message = unsafe try arena.unpack(bytes, as: smartflow_descriptor_error_info())
      unsafe self.init(message.load(as: Google__Rpc__ErrorInfo.self))
    case "google.rpc.BadRequest":
      let message = unsafe try arena.unpack(bytes, as: smartflow_descriptor_bad_request())
      unsafe self.init(message.load(as: Google__Rpc__BadRequest.self))
    case "google.rpc.ResourceInfo":
      let message = unsafe try arena.unpack(
        bytes, as: smartflow_descriptor_resource_info()
      ).load(as: Google__Rpc__ResourceInfo.self)
      self = unsafe .resourceInfo(
        type: Text.string(message.resource_type), name: Text.string(message.resource_name),
        owner: Text.string(message.owner), description: Text.string(message.description))
    case "google.rpc.RetryInfo":
      let message = unsafe try arena.unpack(
        bytes, as: smartflow_descriptor_retry_info()
      ).load(as: Google__Rpc__RetryInfo.self)
      self = unsafe .retryInfo(delay: Duration(message.retry_delay) ?? .zero)
    default:
      self = unsafe .other(typeURL: typeURL, value: any.value.array)
    }
  }

  private init(_ message: Google__Rpc__ErrorInfo) {
    var metadata: [String: String] = [:]
    for index in unsafe 0..<message.n_metadata {
      guard let entry = unsafe message.metadata[index]?.pointee else { continue }
      unsafe metadata[Text.string(entry.key)] = unsafe Text.string(entry.value)
    }
    self = unsafe .errorInfo(
      reason: Text.string(message.reason), domain: Text.string(message.domain), metadata: metadata)
  }

  private init(_ message: Google__Rpc__BadRequest) {
    var violations: [FieldViolation] = []
    for index in unsafe 0..<message.n_field_violations {
      guard let violation = unsafe message.field_violations[index]?.pointee else { continue }
      unsafe violations.append(
        FieldViolation(
          field: Text.string(violation.field), description: Text.string(violation.description)))
    }
    self = .badRequest(violations)
  }
}
