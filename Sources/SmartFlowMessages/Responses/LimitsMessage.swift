/// What one call, one connection and one worker may ask.
public struct LimitsMessage: Equatable, Sendable {
  /// Deadline of a call that names none.
  public var defaultTimeout: Duration?
  /// The longest deadline.
  public var maximumTimeout: Duration?
  /// Fuel of one execution, in units.
  public var fuel: UInt64
  /// Longest data of one frame.
  public var messageBytes: UInt64
  /// Calls in flight on one connection.
  public var streamsInFlight: UInt32
  /// Open connections of one worker.
  public var connections: UInt32
  /// Longest JSON form of a tree.
  public var treeBytes: UInt64
  /// Longest JSON form of a context.
  public var contextBytes: UInt64

  /// Makes limits; what is not named is 0.
  public init(
    defaultTimeout: Duration? = nil, maximumTimeout: Duration? = nil, fuel: UInt64 = 0,
    messageBytes: UInt64 = 0, streamsInFlight: UInt32 = 0, connections: UInt32 = 0,
    treeBytes: UInt64 = 0, contextBytes: UInt64 = 0
  ) {
    self.defaultTimeout = defaultTimeout
    self.maximumTimeout = maximumTimeout
    self.fuel = fuel
    self.messageBytes = messageBytes
    self.streamsInFlight = streamsInFlight
    self.connections = connections
    self.treeBytes = treeBytes
    self.contextBytes = contextBytes
  }

  func append(to output: inout [UInt8]) {
    Wire.duration(1, defaultTimeout, to: &output)
    Wire.duration(2, maximumTimeout, to: &output)
    Wire.integer(3, fuel, to: &output)
    Wire.integer(4, messageBytes, to: &output)
    Wire.integer(5, UInt64(streamsInFlight), to: &output)
    Wire.integer(6, UInt64(connections), to: &output)
    Wire.integer(7, treeBytes, to: &output)
    Wire.integer(8, contextBytes, to: &output)
  }
}
