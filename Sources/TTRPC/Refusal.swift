/// Why a frame is answered without anybody having read its data.
public enum Refusal: Equatable, Sendable {
  /// A client's streams have odd numbers.
  case evenStreamID
  /// A client's streams have increasing numbers.
  case streamIDNotIncreasing(last: UInt32)
  /// The message is longer than the protocol allows; its bytes are thrown away as they arrive.
  case messageTooLarge(dataByteCount: UInt32, limit: UInt32)
  /// Too many calls of this connection wait for their answers.
  case tooManyStreams(limit: Int)
  /// The client wants to send more on the stream; no method takes more.
  case streamingUnsupported
  /// Data came for a stream that nobody opened.
  case streamNotOpen

  /// The code of the answer.
  public var code: StatusCode {
    switch self {
    case .evenStreamID, .streamIDNotIncreasing, .streamNotOpen: .invalidArgument
    case .messageTooLarge, .tooManyStreams: .resourceExhausted
    case .streamingUnsupported: .unimplemented
    }
  }

  /// The reason for programs, where the protocol names one.
  public var reason: String? {
    switch self {
    case .messageTooLarge: "MESSAGE_TOO_LARGE"
    case .tooManyStreams: "TOO_MANY_STREAMS"
    case .evenStreamID, .streamIDNotIncreasing, .streamingUnsupported, .streamNotOpen: nil
    }
  }
}

extension Refusal: CustomStringConvertible {
  /// One sentence with the remedy.
  public var description: String {
    switch self {
    case .evenStreamID:
      "a client's stream IDs are odd; number calls 1, 3, 5 and so on"
    case .streamIDNotIncreasing(let last):
      "stream IDs increase and the last one was \(last); give each call a new one"
    case .messageTooLarge(let dataByteCount, let limit):
      "a message of \(dataByteCount) bytes is over the limit of \(limit); send less at once"
    case .tooManyStreams(let limit):
      "\(limit) calls of this connection wait for their answers; wait for some of them"
    case .streamingUnsupported:
      "no method streams; send the request in one frame without the remote-open flag"
    case .streamNotOpen:
      "no stream of this ID is open; begin a call with a request frame"
    }
  }
}
