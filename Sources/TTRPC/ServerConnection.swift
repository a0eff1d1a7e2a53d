/// One connection as the server sees it: bytes in, events out.
///
/// Knows no socket and no clock, keeps no bytes, and allocates nothing in steady state: events name
/// ranges of the caller's own buffer.
public struct ServerConnection: Sendable {
  /// What the bytes at hand amount to.
  public enum Event: Equatable, Sendable {
    /// Nothing more until the buffer holds at least so many bytes behind what was consumed.
    case needsBytes(atLeast: Int)
    /// A call; its message is the given range of the buffer.
    ///
    /// It counts as in flight until ``ServerConnection/finish(streamID:)``.
    case request(streamID: UInt32, data: Range<Int>)
    /// A frame to be answered with a status at once; it is in flight no more.
    case refusal(streamID: UInt32, Refusal)
  }

  /// Calls asked and not answered yet.
  public private(set) var streamsInFlight = 0
  /// The highest stream ID that was accepted; 0 before the first.
  public private(set) var lastStreamID: UInt32 = 0
  /// Counts what has come whole: frames, and of one that is thrown away each message's worth of bytes.
  ///
  /// Whoever looks at it twice knows whether the frame that is coming is still the same one. The longest that
  /// is thrown away is a thousand messages long, and need not come in the time of one.
  public private(set) var framesTaken: UInt64 = 0

  private let limits: ConnectionLimits
  /// Bytes of a frame that is being thrown away, still to come.
  private var bytesToSkip = 0
  /// Streams refused for wanting to stream; their further data is swallowed.
  public private(set) var swallowedStreamIDs: [UInt32] = []

  /// A connection that has just been accepted.
  public init(limits: ConnectionLimits = ConnectionLimits()) { self.limits = limits }

  /// A connection taken over from another process at a frame boundary, with nothing in flight.
  ///
  /// - Parameters:
  ///   - lastStreamID: The highest that was accepted there.
  ///   - swallowedStreamIDs: Streams refused there whose further data is to be swallowed here.
  ///   - limits: What the peer may ask.
  public init(
    lastStreamID: UInt32, swallowedStreamIDs: [UInt32] = [],
    limits: ConnectionLimits = ConnectionLimits()
  ) {
    self.limits = limits
    self.lastStreamID = lastStreamID
    self.swallowedStreamIDs = Array(swallowedStreamIDs.suffix(limits.swallowedStreams))
  }

  /// Whether bytes of a frame that is being thrown away are still to come.
  public var isSkipping: Bool { bytesToSkip > 0 }

  /// How many bytes to read at most, so that none behind the next boundary between two frames is read.
  ///
  /// A frame's length is known once its header is there, so that it may take two readings.
  ///
  /// - Parameter pending: What has arrived and was not consumed.
  /// - Returns: Bytes; 0 where a boundary is.
  public func bytesToBoundary(behind pending: RawSpan) -> Int {
    if bytesToSkip > 0 { return bytesToSkip }
    guard pending.byteCount > 0 else { return 0 }
    guard let header = FrameHeader(parsing: pending, at: 0) else {
      return FrameHeader.byteCount - pending.byteCount
    }
    return max(0, FrameHeader.byteCount + Int(header.dataByteCount) - pending.byteCount)
  }

  /// Takes the next event out of `bytes`.
  ///
  /// - Parameters:
  ///   - bytes: What has arrived and was not dropped yet.
  ///   - consumed: Where to begin; moved past all that needs no second look. The range of a request
  ///     lies before it and stays valid as long as `bytes`.
  /// - Returns: The event; ask again until it needs bytes.
  public mutating func next(in bytes: RawSpan, consumed: inout Int) -> Event {
    while true {
      if bytesToSkip > 0 {
        let count = min(bytesToSkip, bytes.byteCount - consumed)
        consumed += count
        skip(count)
        if bytesToSkip > 0 { return .needsBytes(atLeast: 1) }
      }
      guard let header = FrameHeader(parsing: bytes, at: consumed) else {
        return .needsBytes(atLeast: FrameHeader.byteCount)
      }
      let isTooLong = header.dataByteCount > limits.dataBytes
      let start = consumed + FrameHeader.byteCount
      let dataBytes = Int(header.dataByteCount)
      // A frame that nobody will read need not be there whole.
      if isTooLong || header.type != FrameType.request.rawValue {
        consumed = start
        bytesToSkip = dataBytes
        if dataBytes == 0 { framesTaken &+= 1 }
        if let refusal = refusal(ofSkipped: header) {
          return .refusal(streamID: header.streamID, refusal)
        }
        continue
      }
      guard bytes.byteCount - start >= dataBytes else {
        return .needsBytes(atLeast: FrameHeader.byteCount + dataBytes)
      }
      consumed = start + dataBytes
      framesTaken &+= 1
      if let refusal = refusal(ofRequest: header) {
        return .refusal(streamID: header.streamID, refusal)
      }
      streamsInFlight += 1
      return .request(streamID: header.streamID, data: start..<start + dataBytes)
    }
  }

  /// Notes that a call's answer is on its way.
  public mutating func finish(streamID: UInt32) {
    precondition(streamsInFlight > 0, "an answer without a call")
    streamsInFlight -= 1
  }

  private mutating func skip(_ count: Int) {
    let piece = max(1, Int(limits.dataBytes))
    let piecesLeft = (bytesToSkip + piece - 1) / piece
    bytesToSkip -= count
    framesTaken &+= UInt64(piecesLeft - (bytesToSkip + piece - 1) / piece)
  }

  private mutating func refusal(ofSkipped header: FrameHeader) -> Refusal? {
    switch FrameType(rawValue: header.type) {
    case .request:
      return refusal(ofRequest: header)
        ?? .messageTooLarge(dataByteCount: header.dataByteCount, limit: limits.dataBytes)
    case .data:
      if let index = swallowedStreamIDs.firstIndex(of: header.streamID) {
        if header.flags.contains(.remoteClosed) { swallowedStreamIDs.remove(at: index) }
        return nil
      }
      return .streamNotOpen
    case .response, nil:
      return nil
    }
  }

  /// Checks a request's stream, which is its own from here on even when something else is refused.
  private mutating func refusal(ofRequest header: FrameHeader) -> Refusal? {
    guard header.streamID & 1 == 1 else { return .evenStreamID }
    guard header.streamID > lastStreamID else {
      return .streamIDNotIncreasing(last: lastStreamID)
    }
    lastStreamID = header.streamID
    if header.flags.contains(.remoteOpen) {
      if swallowedStreamIDs.count >= limits.swallowedStreams { swallowedStreamIDs.removeFirst() }
      swallowedStreamIDs.append(header.streamID)
      return .streamingUnsupported
    }
    if header.dataByteCount > limits.dataBytes { return nil }
    guard streamsInFlight < limits.streamsInFlight else {
      return .tooManyStreams(limit: limits.streamsInFlight)
    }
    return nil
  }
}
