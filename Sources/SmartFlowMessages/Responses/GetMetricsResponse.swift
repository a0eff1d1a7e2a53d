/// The answer to ``GetMetricsRequest``.
public struct GetMetricsResponse: ResponseMessage {
  /// What HTTP calls the format.
  public var contentType: String
  /// UTF-8.
  public var text: [UInt8]

  /// Makes an answer.
  public init(contentType: String, text: [UInt8]) {
    self.contentType = contentType
    self.text = text
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.text(1, contentType, to: &output)
    Wire.bytes(2, text, to: &output)
  }
}
