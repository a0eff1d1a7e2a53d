/// Asks for another level of the log, or what it is.
public struct SetLogLevelRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = SetLogLevelResponse
  /// The method that takes it.
  public static var method: Method { .setLogLevel }

  /// The level from now on; unspecified changes nothing, and `nil` is one that this version does not know.
  public var level: LogLevelMessage?
  /// How long it holds; `nil` for good.
  public var duration: Duration?

  /// Makes a request.
  public init(level: LogLevelMessage? = .unspecified, duration: Duration? = nil) {
    self.level = level
    self.duration = duration
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.integer(1, signed: Int64(level?.rawValue ?? 0), to: &output)
    Wire.duration(2, duration, to: &output)
  }
}
