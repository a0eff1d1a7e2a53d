/// How an audit log cuts itself into segments.
public struct AuditSettings: Equatable, Sendable {
  /// A segment is sealed when it has so many bytes.
  public var segmentBytes: UInt64
  /// A segment is sealed when it is so old, in microseconds.
  public var segmentMicroseconds: UInt64

  /// Settings: 64 MiB and a day where nothing else is said.
  ///
  /// The last segment is read whole when the log is opened, which takes a quarter of a second for 64 MiB.
  public init(segmentBytes: UInt64 = 64 << 20, segmentMicroseconds: UInt64 = 86_400_000_000) {
    self.segmentBytes = min(segmentBytes, AuditLimits.fileBytes / 2)
    self.segmentMicroseconds = segmentMicroseconds
  }
}
