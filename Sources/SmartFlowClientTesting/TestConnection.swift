internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket

/// One client of a test server; belongs to the loop's thread.
final class TestConnection {
  /// What a client has sent.
  enum Event {
    case call(UInt32, RequestEnvelope, [UInt8])
    case refused(UInt32, RPCStatus)
  }

  let descriptor: Descriptor
  let number: Int
  var watched: Interest = .read
  private var state = ServerConnection()
  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var sent = 0
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  init(_ descriptor: consuming Descriptor, number: Int) {
    self.descriptor = descriptor
    self.number = number
  }

  var hasUnsent: Bool { sent < output.count }

  /// Reads what is there.
  ///
  /// - Returns: Whether the connection goes on.
  func fill() -> Bool {
    switch descriptor.read(into: &buffer) {
    case .bytes(let count):
      input += buffer[..<count]
      return true
    case .wouldBlock: return true
    case .closed, .failed: return false
    }
  }

  /// The next call, or what is wrong with it; `nil` where more bytes are needed.
  func nextEvent() -> Event? {
    var consumed = 0
    let bytes = input
    defer { input.removeFirst(consumed) }
    // Safe: bytes of any content are bytes.
    switch unsafe state.next(in: bytes.span.bytes, consumed: &consumed) {
    case .needsBytes: return nil
    case .refusal(let streamID, let refusal): return .refused(streamID, RPCStatus(refusal))
    case .request(let streamID, let data):
      let frame = Array(bytes[data])
      do throws(MessageError) {
        return .call(streamID, unsafe try RequestEnvelope(decoding: frame.span.bytes), frame)
      } catch {
        state.finish(streamID: streamID)
        return .refused(streamID, .invalid(error.field, "\(error)"))
      }
    }
  }

  func answer(_ streamID: UInt32, _ message: any ResponseMessage) {
    state.finish(streamID: streamID)
    frame(streamID) { output in
      ResponseEnvelope.append(to: &output) { message.append(to: &$0) }
    }
  }

  /// Answers a call that was taken, or a frame that was not.
  func answer(_ streamID: UInt32, failure status: RPCStatus, wasTaken: Bool = true) {
    if wasTaken { state.finish(streamID: streamID) }
    frame(streamID) { ResponseEnvelope.append(status, to: &$0) }
  }

  private func frame(_ streamID: UInt32, _ body: (inout [UInt8]) -> Void) {
    let start = FrameWriter.beginFrame(in: &output)
    body(&output)
    FrameWriter.endFrame(startingAt: start, type: .response, streamID: streamID, in: &output)
  }

  /// Sends what can be sent.
  ///
  /// - Returns: Whether the connection goes on.
  func send() -> Bool {
    while sent < output.count {
      switch descriptor.send(output, from: sent) {
      case .bytes(let count): sent += count
      case .wouldBlock: return output.count - sent <= Limits.unreadBytes
      case .closed, .failed: return false
      }
    }
    output.removeAll(keepingCapacity: true)
    sent = 0
    return true
  }
}
