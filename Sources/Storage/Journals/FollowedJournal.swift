internal import Journal
internal import UnixSocket

/// One journal on its way into the audit.
///
/// **Whether somebody writes to it** the kernel says: the descriptor that a worker appends by holds the file's lock, and
/// gives it back when it is closed, however its process ends. So a journal is final when its lock can be had.
final class FollowedJournal {
  let id: JournalID
  let path: String
  /// For its length, its lock and the disk.
  let file: Descriptor
  var reader: JournalReader
  /// So much of it would outlast a power cut.
  private(set) var synchronizedBytes: UInt64
  /// Whether nobody writes to it any more, and what was torn has been cut off.
  private(set) var isFinal = false
  /// Whether its writer may be gone.
  var mayBeFinal: Bool
  /// Whether reading met damage that only ``recover()`` can judge.
  var isDamaged = false
  /// Whether reading has come to its end since it is final.
  var isRead: Bool {
    get { isFinal && hasEnded }
    set { hasEnded = newValue && isFinal }
  }
  private var hasEnded = false
  /// Whether none of its records that were read has the answer to an idempotency key, and they were read from the first.
  private(set) var isWithoutKeys = false
  /// Whether its answers to calls with idempotency keys are remembered, or it has none.
  var isRemembered = false
  private var gaps: [JournalRecovery.Gap] = []

  /// Follows a journal from its first record.
  ///
  /// - Throws: ``JournalError``.
  init(path: String, mayBeFinal: Bool) throws(JournalError) {
    self.path = path
    self.mayBeFinal = mayBeFinal
    reader = try JournalReader(path: path)
    id = reader.header.id
    do throws(SystemError) {
      file = try .open(path, .read)
    } catch {
      throw .system(error)
    }
    synchronizedBytes = 0
  }

  /// Goes on at a place between two records, or at the first one.
  func rewind(to offset: UInt64?) throws(JournalError) {
    let begin = UInt64(JournalHeader.byteCount)
    try reader.resume(at: offset ?? begin)
    isRead = false
    isWithoutKeys = (offset ?? begin) == begin
  }

  /// Waits until what stands in it would outlast a power cut.
  ///
  /// - Returns: How much that is, in bytes from the file's beginning.
  func synchronize() throws(SystemError) -> UInt64 {
    // Before: what is appended meanwhile may be on the disk or not.
    let byteCount = try file.fileStatus().byteCount
    if byteCount > synchronizedBytes {
      try file.synchronize()
      synchronizedBytes = byteCount
    }
    return byteCount
  }

  /// Makes the journal final if its writer is gone.
  ///
  /// - Returns: What there was to put right; `nil` while somebody writes to it.
  /// - Throws: ``JournalError`` where the file can't be read or cut.
  func recover() throws(JournalError) -> JournalRecovery? {
    do throws(SystemError) {
      guard try file.lock() else { return nil }
    } catch {
      throw .system(error)
    }
    let recovery = try JournalRecovery(recovering: path, from: reader.offset)
    gaps = recovery.gaps
    // One that was read before may have seen a part of what was cut off.
    reader = try JournalReader(path: path, from: reader.offset)
    isFinal = true
    isDamaged = false
    return recovery
  }

  /// Makes a journal final whose file has lost its name, so that it can't be recovered: what is whole is read.
  func settleWithoutName() { isFinal = true }

  /// Notes that a record has the answer to an idempotency key.
  func noteKey() { isWithoutKeys = false }

  /// Goes on behind damage, where recovery has found out how.
  ///
  /// - Returns: Whether it has.
  func passDamage(at offset: UInt64) throws(JournalError) -> Bool {
    guard let gap = gaps.first(where: { $0.damage.offset == offset }) else { return false }
    try reader.resume(at: gap.resumesAt)
    return true
  }

  /// Reads the answers in it to calls with idempotency keys, anew from its beginning.
  func answers() throws(JournalError) -> KeyedAnswerReader {
    KeyedAnswerReader(reader: try JournalReader(path: path), gaps: gaps)
  }
}

/// Reads the answers to calls with idempotency keys in a journal that is final.
struct KeyedAnswerReader: ~Copyable {
  fileprivate var reader: JournalReader
  fileprivate let gaps: [JournalRecovery.Gap]

  /// The next ones, at most `count`; fewer at the end only.
  mutating func next(_ count: Int) throws(JournalError) -> [KeyedAnswer] {
    var answers: [KeyedAnswer] = []
    while answers.count < count {
      switch try reader.next() {
      case .record(let record):
        if let answer = JournalPayload(parsing: record.payload)?.keyed { answers.append(answer) }
      case .damaged(let damage):
        guard let gap = gaps.first(where: { $0.damage.offset == damage.offset }) else {
          return answers
        }
        try reader.resume(at: gap.resumesAt)
      case .end, .incomplete: return answers
      }
    }
    return answers
  }
}
