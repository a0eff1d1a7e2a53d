internal import Journal
internal import Storage
internal import UnixSocket
internal import WorkerLink

/// What the thread of journals does: journals for workers, the disk for those who wait for it, and the audit.
final class JournalService: WorkerService {
  /// A worker, as far as its journal goes.
  private final class Writer {
    let channel: WorkerChannel
    /// The journal that it appends to; `nil` while it has none, or has one of the release before.
    var journal: JournalID?
    var wantsJournal: Bool

    init(_ channel: WorkerChannel) {
      self.channel = channel
      journal = channel.journal
      wantsJournal = !channel.isAdopted && journal == nil
    }
  }

  private let room: JournalRoom
  private let stock: JournalStock
  private let settings: JournalServiceSettings
  let poller: ServicePoller
  private var writers: [UInt64: Writer] = [:]
  /// Journals that were appended to since they were synchronized, and who waits for it.
  private var dirty: [(journal: JournalID, writer: UInt64)] = []
  /// Whether there may be something that is not taken in.
  private var hasMore = true
  private var nextIntake: UInt64 = 0
  private var pace = IntakePace()
  private var nextSurvey: UInt64 = 0
  private var synchronizations: [UInt64] = []
  /// Whether there was no journal for the last worker that needed one; told once.
  private var isWanting = false
  private var notices: [JournalNotice] = []
  /// Processes that have ended, until all that they have recorded is taken up.
  private var gone: [UInt64] = []
  private let noteSettled: (UInt64) -> Void

  /// - Parameters:
  ///   - room: The journals.
  ///   - stock: Where those that follow come from.
  ///   - settings: How they are kept.
  ///   - noteSettled: Told of each process that has ended when all it has recorded is taken up.
  /// - Throws: ``SystemError`` when there is nothing to wait by.
  init(
    _ room: JournalRoom, _ stock: JournalStock, _ settings: JournalServiceSettings,
    noteSettled: @escaping (UInt64) -> Void
  ) throws(SystemError) {
    self.room = room
    self.stock = stock
    self.noteSettled = noteSettled
    self.settings = settings
    poller = try ServicePoller()
    try poller.watch(stock.refilled)
  }

  func work(settled: [UInt64], ending: ServiceEnding?) -> Bool {
    for (token, writer) in writers { listen(to: writer, token) }
    if stock.refilled.wait(milliseconds: 0) { provideForThoseWithout() }
    synchronize()
    takeIn()
    survey()
    if ending == .last { finish() }
    if !gone.isEmpty && !room.hasUnsettled {
      for generation in gone { noteSettled(generation) }
      gone.removeAll()
    }
    return ending != nil
  }

  var waitsUntil: UInt64 {
    let until = writers.isEmpty && !hasMore ? UInt64.max : nextSurvey
    return hasMore || room.hasUnsettled ? min(until, nextIntake) : until
  }

  // MARK: Workers

  func enroll(_ channel: WorkerChannel, as token: UInt64) {
    let writer = Writer(channel)
    writers[token] = writer
    if let journal = writer.journal {
      // One that can't be followed is not sound, and its worker gets another with the next survey.
      _ = follow(journal)
    } else if writer.wantsJournal {
      // There may be one by now.
      provide(for: writer)
    }
  }

  /// Follows a journal that its worker has, or is about to get.
  private func follow(_ journal: JournalID) -> Bool {
    do throws(JournalError) {
      try room.follow(journal)
      return true
    } catch {
      tellOfNone(error)
      return false
    }
  }

  private func provideForThoseWithout() {
    for writer in writers.values where writer.wantsJournal { provide(for: writer) }
  }

  /// Gives a worker a new journal, where there is one.
  private func provide(for writer: Writer) {
    guard let journal = stock.take(for: writer.channel.workerIndex) else { return tellOfNone() }
    // The next survey tries again, with the next one.
    guard follow(journal.id) else { return stock.discard(journal) }
    let sent = writer.channel.descriptor.send(
      JournalMessage.journal(id: journal.id.bytes).bytes, passing: journal.file)
    guard case .bytes = sent else {
      // It reads what it was told before; the next survey tries again.
      room.noteLeft(journal.id)
      return
    }
    if let before = writer.journal { room.noteLeft(before) }
    writer.journal = journal.id
    writer.wantsJournal = false
    if isWanting { notices.append(JournalNotice("journal_resumed", .notice, [:])) }
    isWanting = false
  }

  /// Tells, once, that workers go without a journal.
  private func tellOfNone(_ error: JournalError? = nil) {
    guard !isWanting else { return }
    isWanting = true
    let reason = (error ?? stock.failure).map { "\($0)" } ?? "the disk is slow to make one"
    notices.append(
      JournalNotice("journal_failed", .error, ["what": "a new journal", "reason": reason]))
  }

  private func listen(to writer: Writer, _ token: UInt64) {
    var packet = [UInt8](repeating: 0, count: JournalMessage.byteCount + 1)
    for _ in 0..<ServiceLimits.packetsPerPass {
      switch writer.channel.descriptor.receivePacket(into: &packet) {
      case .packet(let count, _):
        handle(JournalMessage(parsing: packet[..<count]), of: writer, token)
      case .wouldBlock: return
      case .closed: return drop(writer, token)
      case .failed: return drop(writer, token)
      }
    }
  }

  private func handle(_ message: JournalMessage?, of writer: Writer, _ token: UInt64) {
    switch message {
    case .appended(let id, _):
      let journal = JournalID(id[...])
      // Of a worker that the release before has started, this is how we learn of its journal.
      if writer.journal == nil { writer.journal = journal }
      if !dirty.contains(where: { $0.journal == journal }) { dirty.append((journal, token)) }
      hasMore = true
    case .broken(let id):
      room.noteLeft(JournalID(id[...]))
      writer.journal = nil
      writer.wantsJournal = true
      hasMore = true
      provide(for: writer)
    case .journal, .noJournal, .synchronized, .failed, nil:
      notices.append(
        JournalNotice(
          "journal_message_refused", .warning, ["worker": "\(writer.channel.workerIndex)"]))
    }
  }

  private func drop(_ writer: Writer, _ token: UInt64) {
    remove(writer.channel)
    writers[token] = nil
    if let journal = writer.journal { room.noteLeft(journal) }
    gone.append(writer.channel.generation)
    hasMore = true
  }

  // MARK: The disk

  /// Has the disk hold what was appended, and tells who waits for it.
  private func synchronize() {
    let journals = dirty
    dirty.removeAll(keepingCapacity: true)
    guard settings.sync != .never else { return }
    for (journal, token) in journals {
      let began = SystemClock.monotonicNanoseconds
      let message: JournalMessage
      do throws(SystemError) {
        // One that is gone is in the audit, and on the disk there.
        let byteCount = try room.synchronize(journal) ?? .max
        message = .synchronized(id: journal.bytes, byteCount: byteCount)
        synchronizations.append(SystemClock.monotonicNanoseconds - began)
      } catch {
        fail("fsync of a journal", error)
        message = .failed(id: journal.bytes)
      }
      guard settings.sync == .always, let writer = writers[token] else { continue }
      // A worker that has not read what it was told before asks again with its next record, or its calls expire.
      // Safe: bytes of any content are bytes.
      _ = unsafe writer.channel.descriptor.sendPacket(message.bytes.span.bytes)
    }
  }

  // MARK: The audit

  private func takeIn() {
    let now = SystemClock.monotonicNanoseconds
    guard (hasMore || room.hasUnsettled) && now >= nextIntake else { return }
    let time = SystemClock.microsecondsSince1970
    room.settle(at: time)
    hasMore = room.takeIn(at: time, byteCount: pace.bytesPerPass)
    pace.note(hasMore: hasMore)
    room.removeDone(at: time)
    nextIntake =
      now + (hasMore ? ServiceLimits.breathNanoseconds : ServiceLimits.restNanoseconds)
  }

  /// Looks after what nobody tells of.
  private func survey() {
    let now = SystemClock.monotonicNanoseconds
    guard now >= nextSurvey else { return }
    nextSurvey = now + ServiceLimits.surveyNanoseconds
    provideForThoseWithout()
    for writer in writers.values {
      guard let journal = writer.journal else { continue }
      if room.isFull(journal) || !room.isSound(journal) { provide(for: writer) }
    }
    // What could not be taken in before may be now.
    hasMore = true
    room.maintain(at: SystemClock.microsecondsSince1970)
  }

  /// Takes everything in, all workers being gone.
  private func finish() {
    let time = SystemClock.microsecondsSince1970
    for writer in writers.values {
      if let journal = writer.journal { room.noteLeft(journal) }
    }
    writers.removeAll()
    room.settle(at: time)
    while room.takeIn(at: time, byteCount: .max) {}
    room.removeDone(at: time)
    room.maintain(at: time, isLast: true)
  }

  func fail(_ what: String, _ error: any Error) {
    notices.append(
      JournalNotice("journal_failed", .error, ["what": what, "reason": "\(error)"]))
  }

  func takeNotices() -> [JournalNotice] {
    defer { notices.removeAll() }
    return room.takeNotices() + notices
  }

  func takeSynchronizations() -> [UInt64] {
    defer { synchronizations.removeAll(keepingCapacity: true) }
    return synchronizations
  }
}
