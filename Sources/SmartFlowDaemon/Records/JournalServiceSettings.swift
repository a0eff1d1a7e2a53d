internal import WorkerLink

/// How journals are kept.
struct JournalServiceSettings: Sendable {
  /// When records must be on the disk.
  var sync = JournalSync.interval
}

/// What the threads of journals and of idempotency keys grant.
enum ServiceLimits {
  /// About how much is taken in before workers are looked after again, in bytes.
  ///
  /// Half a millisecond: who waits for the disk waits no longer for the audit, and neither does a worker that has the
  /// same processor.
  static let bytesPerPass = 64 << 10
  /// The same at most, where records come faster than that: 100 MB a second.
  static let maximumBytesPerPass = 1 << 20
  /// Passes in a row that leave something behind, before twice as much is taken in at once.
  static let passesBehind = 64
  /// How long journals rest between two looks at what was appended, in nanoseconds.
  static let restNanoseconds: UInt64 = 10_000_000
  /// How long the thread leaves the processor to others when there is more, in nanoseconds.
  static let breathNanoseconds: UInt64 = 1_000_000
  /// How often journals are looked over: for one that is full, gone or still to be made, in nanoseconds.
  static let surveyNanoseconds: UInt64 = 1_000_000_000
  /// Packets that are read of one worker before the others have their turn.
  static let packetsPerPass = 16
  /// How long the end may take, in milliseconds: what is not taken in by then is at the next start.
  static let endMilliseconds: Int32 = 10_000
  /// How often keys are looked over whose time is over, in nanoseconds.
  static let tidyingNanoseconds: UInt64 = 60_000_000_000
  /// How long the store of keys rests when it could not be written, in nanoseconds: as long as callers are told to wait.
  static let storingNanoseconds: UInt64 = 500_000_000
  /// Calls that wait for one key; past them a call is turned away.
  ///
  /// As many as one connection may have in flight: nobody sends one thing that often at once.
  static let waitersOfKey = 256
  /// Bytes of what another release is told of keys: a hundred a call, and up to 64 KiB an answer that the store can't take.
  static let handedOnBytes = 64 << 20
  /// Notices that wait to be told, past which they are dropped; each is of something that rarely happens.
  static let notices = 1000
}
