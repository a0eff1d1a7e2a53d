/// What one client may hold.
enum Limits {
  /// Calls that may wait for a connection, or for room on it.
  ///
  /// Each holds its request, so that the number bounds memory.
  static let waitingCalls = 10_000

  /// Calls in flight on one connection, given up ones counted until they are answered.
  ///
  /// What the daemon lets a connection have: further ones wait here instead of being refused there.
  static let streamsInFlight = 256

  /// Bytes of one request with its envelope, as the protocol has it.
  static let messageBytes = 4 << 20

  /// Bytes on their way out above which no further call is put on the connection.
  static let outputBytes = 8 << 20

  /// How often a call is sent again that may have been read, or that the server would not take.
  ///
  /// One that ends whatever process takes it would otherwise end one after the other until its deadline.
  static let resends = 2

  /// Reads of what came before a connection ended; a socket's buffer holds no more.
  static let readsAfterEnd = 64

  /// The first pause after a failed dial or a lost connection, in nanoseconds.
  static let firstPause: UInt64 = 10_000_000

  /// The longest pause between two dials, in nanoseconds.
  static let longestPause: UInt64 = 1_000_000_000

  /// Connection events that one reader may leave unread; of more, the oldest are dropped.
  ///
  /// A minute of a server that is not there takes about a hundred and twenty.
  static let unreadEvents = 256

  /// Readers of a client's connection events.
  static let eventReaders = 64
}
