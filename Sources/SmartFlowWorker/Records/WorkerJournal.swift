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
  private var broken: [[UInt8]] = []
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

  /// Appends a record.
  ///
  /// - Parameters:
  ///   - isAudited: Whether its members go into the audit.
  ///   - members: JSON members without their braces.
  ///   - keyed: The answer, where its call had an idempotency key.
  ///   - now: The monotonic clock, in nanoseconds.
  /// - Returns: What must be on the disk before anybody is told; `nil` where nobody waits for that.
  /// - Throws: ``JournalWriteError``; the record does not count then.
  mutating func append(
    isAudited: Bool, members: [UInt8], keyed: KeyedAnswer?, now: UInt64
  ) throws(JournalWriteError) -> Position? {
    do throws(JournalWriteError) {
      let before = writer?.offset ?? 0
      try writer?.add {
        JournalPayload.append(isAudited: isAudited, members: members, keyed: keyed, to: &$0)
      }
      guard let end = try writer?.commit() else { throw .closed }
      hasFailed = false
      appendedBytes += end - before
      if tellDue == .max {
        // The first one after a pause is told at once, and then the keeper has its rest.
        tellDue = sync == .always ? now : max(now, lastTold + intervalNanoseconds)
      }
      return sync == .always ? Position(id: id, byteCount: end) : nil
    } catch {
      hasFailed = true
      if writer?.isClosed == true {
        broken.append(id)
        writer = nil
        tellDue = now
      }
      throw error
    }
  }

  /// Tells the keeper what there is to tell, where it is time.
  mutating func tell(now: UInt64) {
    guard tellDue != .max, tellDue <= now else { return }
    // A channel that is full has word of it already; who finds it so tries again.
    tellDue = now + intervalNanoseconds
    while let id = broken.first {
      guard send(.broken(id: id)) else { return }
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
