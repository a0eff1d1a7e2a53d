/// What one connection may ask of its peer.
public struct ConnectionLimits: Sendable {
  /// Data of one frame, in bytes.
  ///
  /// The protocol fixes 4 MiB; it is a parameter for tests only.
  public var dataBytes: UInt32 = 4 << 20
  /// Calls that have been asked and not answered.
  public var streamsInFlight = 256
  /// Refused streaming calls whose further data is swallowed rather than answered.
  ///
  /// Each costs a word; a client that opens more gets an answer to its data frames as well.
  public var swallowedStreams = 64

  /// The limits of PROTOCOL.md and RELIABILITY.md.
  public init() {}
}
