/// What one worker grants, beyond what its launch settings say.
enum Limits {
  /// Bytes read from a connection in one turn.
  ///
  /// One connection's burst may not keep the others waiting; what is left is read next turn.
  static let readBytesPerTurn = 64 << 10
  /// New connections taken in one turn, so that a storm of them does not starve those that are there.
  static let acceptsPerTurn = 16
  /// The same where there are other workers: what one leaves, one that has less to do can take.
  static let acceptsPerTurnOfSeveral = 1
  /// Calls that came at once from a connection, after which the loop looks for more before it sleeps.
  static let lookoutCalls: UInt64 = 8
  /// For how long, in nanoseconds: what a client needs to read as many answers and to send the next calls.
  static let lookoutNanoseconds: UInt64 = 60_000
  /// Turns that go by at most before the next attempt where nothing came: less than a microsecond each.
  static let lookoutPause = 64
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
  /// Answer bytes that a client must take within `--unread-timeout`, if it does not take all.
  ///
  /// Fewer are no reading: a byte now and then would hold megabytes for hours.
  static let unsentProgressBytes = 64 << 10
  /// Capacity that a connection's buffer keeps between two requests, in bytes.
  static let keptBufferBytes = 256 << 10
  /// How often connections are looked over for those that keep us waiting, in nanoseconds, where their
  /// timeouts do not ask for more.
  static let sweepNanoseconds: UInt64 = 1_000_000_000
  /// How long a drain goes on answering a client that goes on asking, in nanoseconds.
  static let lingerNanoseconds: UInt64 = 500_000_000
  /// Fuel between two looks at the clock (RELIABILITY: every 1,024 units and at every node).
  static let fuelBetweenClockReads = 1024
  /// How long connections take turns before the sockets are looked at again, in nanoseconds.
  ///
  /// A light call beside a greedy neighbour waits for one of these. Measured beside 1 ms: a quarter of the wait (p50
  /// 0.26 ms instead of 1.0), for 5 % of what the greedy one gets done.
  static let sliceNanoseconds: UInt64 = 250_000
  /// How long an answer waits for others to be sent with it, in nanoseconds.
  ///
  /// Two dozen light calls fit in, whose records then leave in one packet; a call that is not light is set aside
  /// for it.
  static let answerDelayNanoseconds: UInt64 = 200_000
  /// How long memory of trees that nobody uses is given back between two looks at the sockets, in nanoseconds.
  static let givingBackNanoseconds: UInt64 = 200_000
  /// A turn that took no longer is not asked whether the processor was taken from it, in nanoseconds.
  static let surelyUndisturbedNanoseconds: UInt64 = 200_000
  /// How long a call runs when it has just been read, in nanoseconds.
  ///
  /// A light one is done by then. Any other waits for a turn of its own, so that those behind it are seen
  /// before their deadlines.
  static let firstRunNanoseconds: UInt64 = 100_000
  /// Processor time that decoding a message, or writing an answer, may take for each byte, in nanoseconds.
  ///
  /// Six times what the dearest took here (8 ns a byte of an answer, records included); past it and some
  /// more the watchdog takes the worker for one that hangs.
  static let messageNanosecondsPerByte: UInt64 = 50
  /// The same for parsing and compiling a tree; four times the dearest, a text of a million templates.
  static let compileNanosecondsPerByte: UInt64 = 1000
  /// Bytes that are hashed in one step of a tree's compilation: some 20 µs.
  static let hashedBytesPerStep = 8 << 10
  /// Values of a tree that came as messages that are made JSON of in one step; values of a context schema, or of a
  /// context, that are read: some 20 µs.
  static let eventsPerStep = 64
  /// Entries of a plain context that are read in one step: as many events.
  static let entriesPerStep = eventsPerStep / 2
  /// Diagnostics that are written between two looks at the clock: some 20 µs.
  static let diagnosticsPerStep = 16
  /// One part of how many of a worker's memory the sources of trees that are being compiled may take.
  ///
  /// A tree in the making takes up to sixty times its source. At least one is always made.
  static let memoryPartOfCompiling = 256
  /// One part of how many of a tree's own memory what answers say of its actions may take.
  ///
  /// About as much as its parameters and its paths, which is half of its JSON at most.
  static let memoryPartOfAnswers = 4
  /// Bytes of a context that are read at once, before the call's tree is there: some 100 µs at most.
  ///
  /// What is larger is copied, and read in slices once the tree is there.
  static let contextBytesAtOnce = 8 << 10
  /// One part of how many of a worker's memory the contexts that wait to be read may take.
  ///
  /// Each takes its own size and little more. At least one is always read.
  static let memoryPartOfContexts = 16
  /// Calls that wait for the keeper's answer; it answers within a millisecond.
  static let callsAtKeeper = 16
  /// How often a version is looked at when the catalog changes meanwhile; operators publish seldom, and at the same moment
  /// hardly ever.
  static let publishAttempts = 8
  /// What is said of the users of a version, each a sentence.
  static let userDiagnostics = 100
  /// Entries of a page of published trees whose size nobody names.
  static let standardPageEntries: UInt64 = 100
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
  static let waitingCalls = 1024
  /// Batches among them; each holds its message, which may take ``MessageLimits/arenaBytes``.
  static let waitingBatches = 16
  /// Bytes of an idempotency key.
  ///
  /// Twice what a request's identifier of any usual form takes; keys are known by their hashes from there on.
  static let idempotencyKeyBytes = 256
  /// Bytes of a context's canonical JSON that a record holds; of a larger one it holds the digest alone.
  ///
  /// A player's properties take one or two kilobytes. With a quarter of a mebibyte, the most that a context may have, a
  /// batch would write gigabytes.
  static let recordedContextBytes = 16 << 10
  /// How long a line of the log that says what was done waits for others, in nanoseconds.
  static let lineNanoseconds: UInt64 = 10_000_000
  /// Packets of the keeper about keys that are read in one turn; the calls that they are about go on in turns.
  static let keyPacketsPerTurn = 64
  /// Executions kept for the next calls.
  static let idleExecutions = 64
  /// Calls whose records are written together at most; each keeps an execution.
  static let unwrittenRecords = idleExecutions
  /// Bytes of records that are written together, one more than that aside.
  ///
  /// Who asks for much is not to have others refused where the disk has room for what they need.
  static let unwrittenBytes = 64 << 10
  /// Items of one batch; each needs an answer of its own within ``answerBytes``.
  static let batchItems = 10_000
  /// Descriptors that a worker holds besides its connections.
  ///
  /// Three standard ones, those it is born with, the poller; the rest is room for what is being handed over.
  static let ownDescriptors = 32
}
