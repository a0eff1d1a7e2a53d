/// One connection as the client sees it: which streams wait, and which answers came.
public struct ClientConnection: Sendable {
  /// What the bytes at hand amount to.
  public enum Event: Equatable, Sendable {
    /// Nothing more until the buffer holds at least so many bytes behind what was consumed.
    case needsBytes(atLeast: Int)
    /// An answer that somebody waits for; its message is the given range of the buffer.
    case response(streamID: UInt32, data: Range<Int>)
    /// An answer that somebody waits for is longer than the protocol allows; it is thrown away.
    case responseTooLarge(streamID: UInt32, dataByteCount: UInt32)
  }

  private let limits: ConnectionLimits
  private var nextStreamID: UInt32? = 1
  private var waiting: Set<UInt32> = []
  /// Calls that were given up and are not answered yet.
  private var abandoned: Set<UInt32> = []
  private var bytesToSkip = 0

  /// A connection that has just been made.
  public init(limits: ConnectionLimits = ConnectionLimits()) { self.limits = limits }

  /// Calls that wait for their answers.
  public var inFlight: Int { waiting.count }

  /// Calls that the other side has not answered, given up or not: what it counts against its limit.
  public var unanswered: Int { waiting.count + abandoned.count }

  /// The stream for a new call, or `nil` when all numbers are used up and a new connection is due.
  public mutating func open() -> UInt32? {
    guard let streamID = nextStreamID else { return nil }
    nextStreamID = streamID < UInt32.max ? streamID + 2 : nil
    waiting.insert(streamID)
    return streamID
  }

  /// Gives a call up: its answer, should it come, is skipped.
  public mutating func abandon(_ streamID: UInt32) {
    if waiting.remove(streamID) != nil { abandoned.insert(streamID) }
  }

  /// Takes the next event out of `bytes`; late answers and unknown frames are skipped.
  ///
  /// - Parameters:
  ///   - bytes: What has arrived and was not dropped yet.
  ///   - consumed: Where to begin; moved past all that needs no second look.
  /// - Returns: The event; ask again until it needs bytes.
  public mutating func next(in bytes: RawSpan, consumed: inout Int) -> Event {
    while true {
      if bytesToSkip > 0 {
        let count = min(bytesToSkip, bytes.byteCount - consumed)
        consumed += count
        bytesToSkip -= count
        if bytesToSkip > 0 { return .needsBytes(atLeast: 1) }
      }
      guard let header = FrameHeader(parsing: bytes, at: consumed) else {
        return .needsBytes(atLeast: FrameHeader.byteCount)
      }
      let start = consumed + FrameHeader.byteCount
      let dataBytes = Int(header.dataByteCount)
      let isAwaited =
        header.type == FrameType.response.rawValue && waiting.contains(header.streamID)
      guard isAwaited, header.dataByteCount <= limits.dataBytes else {
        consumed = start
        bytesToSkip = dataBytes
        guard isAwaited else {
          if header.type == FrameType.response.rawValue { abandoned.remove(header.streamID) }
          continue
        }
        waiting.remove(header.streamID)
        return .responseTooLarge(
          streamID: header.streamID, dataByteCount: header.dataByteCount)
      }
      guard bytes.byteCount - start >= dataBytes else {
        return .needsBytes(atLeast: FrameHeader.byteCount + dataBytes)
      }
      consumed = start + dataBytes
      waiting.remove(header.streamID)
      return .response(streamID: header.streamID, data: start..<start + dataBytes)
    }
  }
}
