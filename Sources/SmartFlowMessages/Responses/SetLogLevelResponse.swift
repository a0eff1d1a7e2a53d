/// The answer to ``SetLogLevelRequest``.
public struct SetLogLevelResponse: ResponseMessage {
  /// The level from now on.
  public var level: LogLevelMessage
  /// The level before.
  public var previous: LogLevelMessage
  /// How long the level holds still; `nil` when for good.
  public var remaining: Duration?
  /// What comes back then.
  public var usual: LogLevelMessage

  /// Makes an answer.
  public init(
    level: LogLevelMessage, previous: LogLevelMessage, remaining: Duration? = nil,
    usual: LogLevelMessage
  ) {
    self.level = level
    self.previous = previous
    self.remaining = remaining
    self.usual = usual
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.integer(1, signed: Int64(level.rawValue), to: &output)
    Wire.integer(2, signed: Int64(previous.rawValue), to: &output)
    Wire.duration(3, remaining, to: &output)
    Wire.integer(4, signed: Int64(usual.rawValue), to: &output)
  }
}
