/// What a connection is, beside its descriptor, on its way from one worker to the next.
///
/// At a boundary between two frames, with nothing in flight, that is all: what the client has sent and nobody has
/// read yet travels in the kernel with the descriptor. One packet of fixed layout, its numbers little-endian: the
/// magic, the socket, the last stream ID, how many swallowed streams, and each of them.
public struct PassedConnection: Equatable, Sendable {
  /// Whether it came in on the admin socket.
  public var isAdmin: Bool
  /// The highest stream ID that was accepted; 0 before the first.
  public var lastStreamID: UInt32
  /// Streams refused for wanting to stream, whose further data is swallowed.
  public var swallowedStreamIDs: [UInt32]

  /// The most swallowed streams that a packet holds.
  ///
  /// As many as a connection remembers, by the protocol's limits.
  public static let swallowedStreams = 64
  /// Bytes of the longest packet.
  public static let byteCount = 4 * (headWords + swallowedStreams)

  private static let magic: UInt32 = 0x5346_434E
  private static let headWords = 4

  /// Describes a connection; of more than ``swallowedStreams`` the last ones count.
  public init(isAdmin: Bool, lastStreamID: UInt32, swallowedStreamIDs: [UInt32] = []) {
    self.isAdmin = isAdmin
    self.lastStreamID = lastStreamID
    self.swallowedStreamIDs = Array(swallowedStreamIDs.suffix(Self.swallowedStreams))
  }

  /// The packet.
  public var bytes: [UInt8] {
    let words =
      [Self.magic, isAdmin ? 1 : 0, lastStreamID, UInt32(swallowedStreamIDs.count)]
      + swallowedStreamIDs
    return words.flatMap { word in
      [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  /// Reads a packet, or gives `nil` when it is anything else.
  public init?(parsing bytes: ArraySlice<UInt8>) {
    guard bytes.count >= 4 * Self.headWords, bytes.count <= Self.byteCount,
      bytes.count.isMultiple(of: 4)
    else { return nil }
    let words = stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map { start in
      bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard words[0] == Self.magic, words[1] <= 1, Int(words[3]) == words.count - Self.headWords
    else { return nil }
    isAdmin = words[1] == 1
    lastStreamID = words[2]
    swallowedStreamIDs = Array(words[Self.headWords...])
  }
}
