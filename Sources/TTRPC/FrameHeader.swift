/// What a frame carries.
public enum FrameType: UInt8, Sendable {
  /// A call.
  case request = 1
  /// Its answer.
  case response = 2
  /// A message of a stream that is open.
  case data = 3
}

/// Marks on a frame.
public struct FrameFlags: OptionSet, Sendable {
  /// The bits, as on the wire.
  public let rawValue: UInt8

  /// Takes the bits as they are; unknown ones are kept.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The sender will send nothing more on the stream.
  public static let remoteClosed = FrameFlags(rawValue: 1)
  /// The sender will send more on the stream.
  public static let remoteOpen = FrameFlags(rawValue: 2)
  /// The frame has no message.
  public static let noData = FrameFlags(rawValue: 4)
}

/// The ten bytes before every frame's data.
///
/// - Source: containerd/ttrpc `PROTOCOL.md`, "Message Frame".
public struct FrameHeader: Equatable, Sendable {
  /// How many bytes a header takes.
  public static let byteCount = 10

  /// Bytes of data that follow.
  public var dataByteCount: UInt32
  /// The stream that the frame belongs to.
  public var streamID: UInt32
  /// The frame's type as it stands on the wire; unknown ones are skipped.
  public var type: UInt8
  /// The frame's marks.
  public var flags: FrameFlags

  /// Makes a header from its parts.
  public init(
    dataByteCount: UInt32, streamID: UInt32, type: FrameType, flags: FrameFlags = []
  ) {
    self.dataByteCount = dataByteCount
    self.streamID = streamID
    self.type = type.rawValue
    self.flags = flags
  }

  /// Reads a header that begins at `offset`, or gives `nil` when fewer than ten bytes are there.
  public init?(parsing bytes: RawSpan, at offset: Int = 0) {
    guard offset >= 0, bytes.byteCount - offset >= Self.byteCount else { return nil }
    // Safe: all four reads end inside the ten bytes just counted.
    dataByteCount = unsafe UInt32(
      bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    streamID = unsafe UInt32(
      bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
    type = unsafe bytes.unsafeLoad(fromByteOffset: offset + 8, as: UInt8.self)
    flags = FrameFlags(
      rawValue: unsafe bytes.unsafeLoad(fromByteOffset: offset + 9, as: UInt8.self))
  }

  /// Appends the ten bytes.
  public func append(to output: inout [UInt8]) {
    Self.append(dataByteCount, to: &output)
    Self.append(streamID, to: &output)
    output.append(type)
    output.append(flags.rawValue)
  }

  static func append(_ word: UInt32, to output: inout [UInt8]) {
    output.append(UInt8(truncatingIfNeeded: word >> 24))
    output.append(UInt8(truncatingIfNeeded: word >> 16))
    output.append(UInt8(truncatingIfNeeded: word >> 8))
    output.append(UInt8(truncatingIfNeeded: word))
  }
}
