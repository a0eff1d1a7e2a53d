/// What one worker grants, beyond what its launch settings say.
enum Limits {
  /// Bytes read from a connection in one turn.
  ///
  /// One connection's burst may not keep the others waiting; what is left is read next turn.
  static let readBytesPerTurn = 64 << 10
  /// New connections taken in one turn, so that a storm of them does not starve those that are there.
  static let acceptsPerTurn = 16
  /// How long accepting pauses when there is no descriptor to spare, in nanoseconds.
  ///
  /// Ten attempts a second cost nothing, and who waits is served a tenth of a second late at most.
  static let acceptPauseNanoseconds: UInt64 = 100_000_000
  /// Connections of peers that may not call, which wait to be told so.
  static let refusedConnections = 16
  /// How long such a connection may stay without having asked for anything, in nanoseconds.
  static let refusedNanoseconds: UInt64 = 1_000_000_000
  /// Data of a message of such a peer that is read at most, in bytes; of a longer one, no byte is kept.
  static let refusedBytes: UInt32 = 4096
  /// How often the log tells of refused peers, in nanoseconds.
  static let refusalLineNanoseconds: UInt64 = 1_000_000_000
  /// Unsent answer bytes above which no more requests are read from a connection.
  static let unsentBytesBeforePause = 1 << 20
  /// Unsent answer bytes above which a connection is closed: its client does not read.
  static let unsentBytes = 32 << 20
  /// Capacity that a connection's buffer keeps between two requests, in bytes.
  static let keptBufferBytes = 256 << 10
  /// How long a half frame may stay without another byte, and unsent answers without progress.
  static let idleNanoseconds: UInt64 = 10_000_000_000
  /// How often connections are looked over for those that idle, in nanoseconds.
  static let sweepNanoseconds: UInt64 = 1_000_000_000
  /// How long a drain goes on answering a client that goes on asking, in nanoseconds.
  static let lingerNanoseconds: UInt64 = 500_000_000
  /// Fuel between two looks at the clock (RELIABILITY: every 1,024 units and at every node).
  static let fuelBetweenClockReads = 1024
  /// How long a call runs before the next one has its turn, in nanoseconds.
  static let sliceNanoseconds: UInt64 = 1_000_000
  /// Processor time that decoding a message, or writing an answer, may take for each byte, in nanoseconds.
  ///
  /// Six times what the dearest took here (8 ns a byte of an answer, records included); past it and some
  /// more the watchdog takes the worker for one that hangs.
  static let messageNanosecondsPerByte: UInt64 = 50
  /// The same for parsing and compiling a tree; four times the dearest, a text of a million templates.
  static let compileNanosecondsPerByte: UInt64 = 1000
  /// Calls that wait for the keeper's answer; it answers within a millisecond.
  static let callsAtKeeper = 16
  /// Data of one answer, in bytes; the protocol's own limit, which clients enforce as well.
  static let answerBytes = 4 << 20
  /// Bytes of a place, or of a sentence, in what is said of a tree.
  ///
  /// Names in a tree may have a megabyte, and there may be a thousand mistakes: a person reads none
  /// that is longer, and a thousand of these fit into an answer.
  static let quotedBytes = 1024
  /// Calls that take turns; past them a worker says that it is overloaded.
  ///
  /// Each holds its context, a megabyte at most, until its deadline.
  static let queuedCalls = 1024
  /// Batches among them; each holds its message, which may take ``MessageLimits/arenaBytes``.
  static let queuedBatches = 16
  /// Executions kept for the next calls.
  static let idleExecutions = 64
  /// Items of one batch; each needs an answer of its own within ``answerBytes``.
  static let batchItems = 10_000
  /// Descriptors that a worker holds besides its connections.
  ///
  /// Three standard ones, those it is born with, the poller; the rest is room for what is being handed over.
  static let ownDescriptors = 32
}
