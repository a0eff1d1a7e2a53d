import CProtobufC
import CSmartFlowProto
import FuzzSupport

/// The envelope as protobuf-c unpacks it.
struct ReferenceRequest {
  private var service: [UInt8]
  private var method: [UInt8]
  private var payload: [UInt8]
  private var timeoutNanoseconds: Int64

  /// Unpacks the bytes, or gives `nil` where protobuf-c does not.
  init?(_ bytes: RawSpan) {
    // Safe: the message is protobuf-c's own copy, and freed after the last look at it.
    let message = unsafe bytes.withUnsafeBytes { buffer in
      unsafe ttrpc__request__unpack(
        nil, buffer.count, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    guard let message = unsafe message else { return nil }
    defer { unsafe ttrpc__request__free_unpacked(message, nil) }
    service = unsafe Self.text(message.pointee.service)
    method = unsafe Self.text(message.pointee.method)
    payload = []
    if let data = unsafe message.pointee.payload.data {
      payload = unsafe Array(UnsafeBufferPointer(start: data, count: message.pointee.payload.len))
    }
    timeoutNanoseconds = unsafe message.pointee.timeout_nano
  }

  /// Holds what our own reader read against it.
  func check(_ service: [UInt8], _ method: [UInt8], _ payload: [UInt8], _ timeout: Int64) {
    require(service == self.service, "protobuf-c reads another service")
    require(method == self.method, "protobuf-c reads another method")
    require(payload == self.payload, "protobuf-c reads another payload")
    require(timeout == timeoutNanoseconds, "protobuf-c reads another timeout")
  }

  private static func text(_ text: UnsafePointer<CChar>?) -> [UInt8] {
    // Safe: protobuf-c ends every text with a NUL.
    guard let text = unsafe text else { return [] }
    return unsafe Array(String(cString: text).utf8)
  }
}
