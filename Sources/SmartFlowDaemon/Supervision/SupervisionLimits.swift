/// What the keeper lets its workers take, and how often it looks.
enum SupervisionLimits {
  // MARK: The watchdog's looks

  /// How often the keeper looks while any worker works, in nanoseconds.
  ///
  /// The first look at a piece of work need not be sooner than the shortest promise, and the one that counts is
  /// set to the nanosecond: so a worker that hangs is found 20 ms past a deadline of 20 ms or more, and within
  /// 40 ms of its beginning otherwise. Measured: 50 looks a second take 0.1 % of a core.
  static let lookNanoseconds: UInt64 = 20_000_000
  /// How soon the keeper looks again at a worker that is late and perhaps not to blame, in nanoseconds.
  static let closeLookNanoseconds: UInt64 = 5_000_000
  /// Looks at which no worker worked before the keeper naps: a second of them.
  static let idleLooks = 50
  /// How long the keeper naps at most, in nanoseconds; it wakes up as often to copy the workers' counters.
  static let napNanoseconds: UInt64 = 1_000_000_000
  /// A look that comes so late says that the keeper itself was stopped, or had no processor: the time between
  /// counts for nothing, since the workers may have fared the same.
  static let lateLookNanoseconds: UInt64 = 60_000_000

  // MARK: When a worker hangs

  /// How long past its deadline a piece of work may be (RELIABILITY, *Time*), in nanoseconds.
  static let graceNanoseconds: UInt64 = 20_000_000
  /// Processor time that any piece may take before it is held against the worker that it does not end.
  ///
  /// Ten slices: no healthy piece takes it, whatever the machine; and a worker that got none of the processor's
  /// time is not to blame for its deadline.
  static let processorNanoseconds: UInt64 = 10_000_000
  /// The most that a worker may allow itself on top for a piece's size, in nanoseconds.
  ///
  /// A tree of 1 MiB took 270 ms to compile here, and a worker asks four times that; one that asks for more
  /// does not know what it says.
  static let allowanceNanoseconds: UInt64 = 2_000_000_000
  /// How long a worker may be at something between two marks, in nanoseconds.
  ///
  /// The longest there is, telling ten thousand items of a batch that their time is over, takes a thirtieth.
  static let loopNanoseconds: UInt64 = 1_000_000_000
  /// Processor time that goes with it.
  static let loopProcessorNanoseconds: UInt64 = 500_000_000
  /// How long a worker may wait for a disk, or be frozen, in the middle of something.
  static let uninterruptibleNanoseconds: UInt64 = 5_000_000_000
  /// How long a worker may take to its first accept; it takes milliseconds.
  static let startNanoseconds: UInt64 = 10_000_000_000
  /// How long a worker may stay stopped that has nothing in hand: its connections may wait for it.
  static let stoppedNanoseconds: UInt64 = 1_000_000_000

  /// The shortest wait before a worker is started again that could not be started, in nanoseconds.
  static let startAgainNanoseconds: UInt64 = 100_000_000

  /// How often the kernel's count of out-of-memory kills is read, in nanoseconds.
  ///
  /// A kill within one or two of these before a worker's SIGKILL is taken for its cause.
  static let memoryCountNanoseconds: UInt64 = 10_000_000_000

  // MARK: Replacing

  /// Time past the grace that a worker which was replaced has before it is killed, in nanoseconds.
  static let leavingNanoseconds: UInt64 = 250_000_000
  /// Connections between two workers that the keeper holds at once.
  ///
  /// Each takes one of its descriptors; while there are as many, the one that leaves is not heard.
  static let arrivingConnections = 64

  /// How long a program may take to say whether it could go on as this daemon, and how long the daemon then waits
  /// for a moment at which all its workers serve, in nanoseconds.
  static let upgradeNanoseconds: UInt64 = 10_000_000_000

  // MARK: Descriptors

  /// The lowest number of a descriptor that a worker is to inherit, above those that the worker will have: so none
  /// is overwritten before it was passed on.
  static let lowestInherited: Int32 = 64
  /// Descriptors that the keeper may need besides those of workers: numbers up to ``lowestInherited``, what
  /// a worker inherits while it is started, and some room.
  static let ownDescriptors = Int(lowestInherited) + 32
  /// Descriptors that the keeper has of each worker: its process, five channels, its page,
  /// its desk, and its journal's file, twice.
  static let descriptorsOfWorker = 10

  // MARK: Last words

  /// Bytes kept of what a worker says on standard error, for the line that tells of its death.
  static let lastWordsBytes = 2048
  /// Reads of that much that are made when it has ended; what is lost beyond them is the beginning.
  static let lastWordsReads = 256

  // MARK: Quarantine

  /// Deaths by one tree within ``quarantineNanoseconds`` at which no worker runs it any more.
  static let quarantineDeaths = 3
  /// How long a death is remembered, in nanoseconds.
  static let quarantineNanoseconds: UInt64 = 60_000_000_000
  /// Trees whose deaths are remembered at once; the one that died longest ago is forgotten for another.
  static let rememberedTrees = 256
}
