/// A call as a client puts it into a frame.
public enum RequestEnvelopeMessage {
  /// Appends `ttrpc.Request` with the request in place.
  ///
  /// - Parameters:
  ///   - request: The message.
  ///   - timeoutNanoseconds: How long the caller waits; 0 leaves it to the server.
  ///   - metadata: Keys and values, in order.
  ///   - output: Where the bytes go.
  public static func append<Request: RequestMessage>(
    _ request: Request, timeoutNanoseconds: Int64 = 0,
    metadata: [(key: String, value: String)] = [], to output: inout [UInt8]
  ) {
    append(
      service: Request.method.service, method: Request.method.name,
      timeoutNanoseconds: timeoutNanoseconds, metadata: metadata, to: &output
    ) { request.append(to: &$0) }
  }

  /// Appends `ttrpc.Request` for any method, with the payload that `body` appends.
  public static func append(
    service: String, method: String, timeoutNanoseconds: Int64 = 0,
    metadata: [(key: String, value: String)] = [], to output: inout [UInt8],
    payload body: (inout [UInt8]) -> Void
  ) {
    Wire.text(1, service, to: &output)
    Wire.text(2, method, to: &output)
    let start = output.count
    let mark = Wire.begin(3, reserving: 2, in: &output)
    body(&output)
    if output.count == mark.start {
      output.removeSubrange(start...)
    } else {
      Wire.end(mark, in: &output)
    }
    Wire.integer(4, signed: timeoutNanoseconds, to: &output)
    for (key, value) in metadata {
      Wire.message(5, to: &output) { output in
        Wire.text(1, key, to: &output)
        Wire.text(2, value, to: &output)
      }
    }
  }
}
