/// The answer to ``DrainRequest``: it begins.
public struct DrainResponse: ResponseMessage {
  /// How long what is in flight may take.
  public var grace: Duration?
  /// The process whose end is the daemon's.
  public var keeperPID: UInt32

  /// Makes an answer.
  public init(grace: Duration? = nil, keeperPID: UInt32) {
    self.grace = grace
    self.keeperPID = keeperPID
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.duration(1, grace, to: &output)
    Wire.integer(2, UInt64(keeperPID), to: &output)
  }
}
