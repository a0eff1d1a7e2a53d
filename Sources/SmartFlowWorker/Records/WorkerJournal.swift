internal import Journal
internal import SmartFlowMessages
internal import UnixSocket
internal import WorkerLink

/// The journal as its worker sees it: it appends, and tells the keeper that it has.
///
/// The keeper hands journals out over a channel of their own, and takes up whatever stands in them; nothing here waits.
struct WorkerJournal: ~Copyable {
  /// Readable when the keeper has something to say.
  let channel: Descriptor
  private let sync: JournalSync
  private let intervalNanoseconds: UInt64
  private var writer: JournalWriter?
  private var id: [UInt8] = []
  /// Whether the keeper has said if there is a journal.
  private(set) var isSettled = false

  /// When the keeper is to be told that something was appended; never while it knows.
  private(set) var tellDue = UInt64.max
  private var lastTold: UInt64 = 0
  /// Journals that the keeper does not know to be broken yet.
  private var broken: [Position] = []
  /// Whether the last record was not written.
  private(set) var hasFailed = false
  /// Bytes that were appended since the worker began.
  private(set) var appendedBytes: UInt64 = 0

  /// How far a journal reaches behind a record.
  struct Position: Equatable {
    var id: [UInt8]
    var byteCount: UInt64
  }

  init(_ channel: consuming Descriptor, _ settings: LaunchSettings) {
    self.channel = channel
    sync = JournalSync(rawValue: settings.journalSync) ?? .always
    intervalNanoseconds = settings.journalIntervalNanoseconds
  }

  /// What became of the records that were added.
  struct Outcome {
    /// So many are in the journal, the first ones.
    var recordsWritten: Int
    /// What must be on the disk before anybody is told of them; `nil` where nobody waits for that.
    var position: Position?
    /// Why the others are not; `nil` where all are.
    var failure: JournalWriteError?
  }

  /// The size of the records that were added and are not written, in bytes.
  private(set) var pendingBytes = 0

  /// Adds a record to those that the next ``commit(now:)`` writes.
  ///
  /// - Parameters:
  ///   - isAudited: Whether its members go into the audit.
  ///   - members: JSON members without their braces.
  ///   - keyed: The answer, where its call had an idempotency key.
  /// - Throws: ``JournalWriteError``; those before it are as they were.
  mutating func add(
    isAudited: Bool, members: [UInt8], keyed: KeyedAnswer?
  ) throws(JournalWriteError) {
    do throws(JournalWriteError) {
      let isAdded: Void? = try writer?.add {
        JournalPayload.append(isAudited: isAudited, members: members, keyed: keyed, to: &$0)
      }
      guard isAdded != nil else { throw .closed }
      pendingBytes = writer?.pendingBytes ?? 0
    } catch {
      hasFailed = true
      throw error
    }
  }

  /// Writes what was added, with one `write(2)`.
  ///
  /// - Parameter now: The monotonic clock, in nanoseconds.
  /// - Returns: What became of it; none of it waits any more.
  mutating func commit(now: UInt64) -> Outcome {
    let before = writer?.offset ?? 0
    let count = writer?.pendingRecords ?? 0
    var outcome = Outcome(recordsWritten: count)
    do throws(JournalWriteError) {
      guard try writer?.commit() != nil else { throw .closed }
    } catch {
      outcome.failure = error
      outcome.recordsWritten = if case .cut(_, let written) = error { written } else { 0 }
    }
    hasFailed = outcome.failure != nil
    pendingBytes = 0
    let end = writer?.offset ?? 0
    appendedBytes += end - before
    if outcome.recordsWritten > 0 {
      if tellDue == .max {
        // The first one after a pause is told at once, and then the keeper has its rest.
        tellDue = sync == .always ? now : max(now, lastTold + intervalNanoseconds)
      }
      if sync == .always { outcome.position = Position(id: id, byteCount: end) }
    }
    if writer?.isClosed == true {
      broken.append(Position(id: id, byteCount: end))
      writer = nil
      tellDue = now
    }
    return outcome
  }

  /// Tells the keeper what there is to tell, where it is time.
  mutating func tell(now: UInt64) {
    guard tellDue != .max, tellDue <= now else { return }
    // A channel that is full has word of it already; who finds it so tries again.
    tellDue = now + intervalNanoseconds
    while let end = broken.first {
      // Who waits for the disk waits for what stands before the break as well.
      guard send(.appended(id: end.id, byteCount: end.byteCount)), send(.broken(id: end.id)) else {
        return
      }
      broken.removeFirst()
    }
    if let end = writer?.offset {
      guard send(.appended(id: id, byteCount: end)) else { return }
    }
    lastTold = now
    tellDue = .max
  }

  private borrowing func send(_ message: JournalMessage) -> Bool {
    // Safe: bytes of any content are bytes.
    if case .bytes = unsafe channel.sendPacket(message.bytes.span.bytes) { return true }
    return false
  }

  /// Takes the journal that the keeper hands out; the one before is closed.
  mutating func become(_ file: consuming Descriptor, id: [UInt8]) {
    // Where the channel is full, the keeper takes it up all the same, once nobody writes to it.
    if tellDue != .max, let end = writer?.offset {
      _ = send(.appended(id: self.id, byteCount: end))
    }
    writer = JournalWriter(file)
    self.id = id
    isSettled = true
  }

  /// Notes that there is no journal now.
  mutating func settleWithout() { isSettled = true }
}
