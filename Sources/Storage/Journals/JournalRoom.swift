internal import Glibc
public import Journal
public import UnixSocket
internal import WorkerLink

/// The journals of a daemon: follows what workers append, and takes it into the audit, exactly once.
///
/// Nothing here waits but for the disk, so it belongs on a thread of its own. A journal goes when all of it is in the
/// audit and on the disk; until then nothing is lost, whatever ends when. Time is an argument, in microseconds since
/// 1970.
public final class JournalRoom {
  private let settings: JournalSettings
  private let maker: JournalMaker
  /// `nil` where nothing is audited.
  let intake: AuditIntake?
  let keys: KeyRoom
  var followed: [JournalID: FollowedJournal] = [:]
  /// Journals of workers that can't be followed.
  private var unfollowed: Set<JournalID> = []
  private var notices: [JournalNotice] = []
  /// Whether readers stand behind what is in the audit, since it could not be written.
  private(set) var isBehind = false
  /// Journals of a daemon before whose answers are not all remembered.
  var inherited: Set<JournalID> = []
  /// When answers could not be remembered last; `nil` since they could.
  var keysFailedAt: UInt64?

  /// Why a daemon can't start with its journals.
  public enum OpenFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The audit.
    case audit(AuditError)
    /// The journals' folder.
    case system(SystemError)

    /// One sentence with the remedy.
    public var description: String {
      switch self {
      case .audit(let error): "the audit can't go on: \(error)"
      case .system(let error): "\(error); journals need a folder that this user may write to"
      }
    }
  }

  /// Opens the audit, and takes in what a daemon before has left.
  ///
  /// - Parameters:
  ///   - settings: Where everything lies.
  ///   - keys: Where answers to calls with idempotency keys are remembered.
  ///   - hasWriters: Whether workers of the daemon before go on, with this one.
  ///   - now: The time.
  /// - Throws: ``OpenFailure``; what journals hold is still there then.
  public init(
    _ settings: JournalSettings, keys: KeyRoom, hasWriters: Bool = false, at now: UInt64
  ) throws(OpenFailure) {
    self.settings = settings
    maker = JournalMaker(directory: settings.directory)
    self.keys = keys
    do throws(SystemError) {
      try Folder.make(settings.directory)
    } catch {
      throw .system(error)
    }
    do throws(AuditError) {
      var intake: AuditIntake?
      if let audit = settings.audit { intake = try AuditIntake(audit, at: now) }
      self.intake = intake
    } catch {
      throw .audit(error)
    }
    do throws(SystemError) {
      try findJournals()
    } catch {
      throw .system(error)
    }
    inherited = Set(followed.keys)
    settle(at: now)
    // Who writes to one still is a worker that this daemon takes over, and tells of what it records.
    if hasWriters { inherited = inherited.filter { followed[$0]?.isFinal == true } }
    keys.setBehind(!inherited.isEmpty)
    while takeIn(at: now, byteCount: .max) {}
    removeDone(at: now)
  }

  /// Finds the journals that are there, and lets go of those that are not.
  private func findJournals() throws(SystemError) {
    for name in try Folder.names(in: settings.directory) {
      let path = settings.directory + "/" + name
      // One without a name of its own was never handed out.
      if name.hasSuffix(JournalFile.unfinishedSuffix) { try Folder.remove(path) }
      guard name.hasSuffix(JournalMaker.suffix) else { continue }
      do throws(JournalError) {
        try follow(path, mayBeFinal: true)
      } catch {
        notices.append(
          JournalNotice("journal_refused", .error, ["path": path, "reason": "\(error)"]))
      }
    }
    for journal in intake?.journals.keys ?? [:].keys where followed[journal] == nil {
      intake?.forget(journal)
    }
  }

  private func follow(_ path: String, mayBeFinal: Bool) throws(JournalError) {
    let journal = try FollowedJournal(path: path, mayBeFinal: mayBeFinal)
    try journal.rewind(to: intake?.journals[journal.id])
    followed[journal.id] = journal
  }

  // MARK: At work

  /// Follows a journal that was made for a worker; before the worker has it.
  ///
  /// - Throws: ``JournalError`` where its file is gone, or can't be read.
  public func follow(_ journal: JournalID) throws(JournalError) {
    do throws(JournalError) {
      try follow(maker.path(journal), mayBeFinal: false)
    } catch {
      unfollowed.insert(journal)
      throw error
    }
  }

  /// Whether a journal is so long that its worker had better go on in a new one.
  public func isFull(_ journal: JournalID) -> Bool {
    guard let followed = followed[journal], !followed.isFinal else { return false }
    // One whose length can't be told is not sound, which is another question.
    return (try? followed.file.fileStatus().byteCount) ?? 0 >= settings.journalBytes
  }

  /// Whether a journal can be followed: its file has its name, and nothing in it is damaged.
  ///
  /// A file that somebody removed takes records that nobody would find after the daemon's end.
  public func isSound(_ journal: JournalID) -> Bool {
    guard let followed = followed[journal], !followed.isDamaged else { return false }
    do throws(SystemError) {
      if try followed.file.fileStatus().links > 0 { return true }
      notices.append(JournalNotice("journal_file_gone", .error, ["path": followed.path]))
    } catch {
      fail(followed, "\(error)")
    }
    return false
  }

  /// Notes that a journal's writer may be gone, or will be soon.
  public func noteLeft(_ journal: JournalID) { followed[journal]?.mayBeFinal = true }

  /// Waits until what stands in a journal would outlast a power cut.
  ///
  /// - Returns: How much that is, in bytes from the file's beginning; `nil` when the journal is gone, since all of it is
  ///   in the audit.
  /// - Throws: ``SystemError`` when the disk failed, or the journal is none that can be followed: nobody knows what of it
  ///   is there.
  public func synchronize(_ journal: JournalID) throws(SystemError) -> UInt64? {
    if unfollowed.contains(journal) {
      throw SystemError(call: "fsync", code: ENOENT, subject: maker.path(journal))
    }
    return try followed[journal]?.synchronize()
  }

  // MARK: Taking in

  /// Whether journals wait for their writers to be gone, or for what follows.
  public var hasUnsettled: Bool {
    followed.values.contains { $0.mayBeFinal || ($0.isFinal && !$0.isRemembered) }
  }

  /// Makes journals final whose writers are gone: cuts off what was torn, and says so.
  public func settle(at now: UInt64) {
    for journal in followed.values where journal.mayBeFinal && !journal.isFinal {
      do throws(JournalError) {
        guard let recovery = try journal.recover() else { continue }
        tell(recovery, of: journal)
      } catch {
        if case .system(let error) = error, error.code == ENOENT {
          journal.settleWithoutName()
        } else {
          fail(journal, "\(error)")
        }
      }
      journal.mayBeFinal = false
    }
    rememberAnswers(at: now)
  }

  private func tell(_ recovery: JournalRecovery, of journal: FollowedJournal) {
    for gap in recovery.gaps {
      notices.append(
        JournalNotice(
          "journal_damaged", .error,
          [
            "path": journal.path, "reason": "\(gap.damage)", "resumes_at": "\(gap.resumesAt)",
          ]))
    }
    if let cut = recovery.cut {
      notices.append(
        JournalNotice(
          "journal_tail_cut", .warning,
          [
            "path": journal.path, "offset": "\(cut.offset)", "bytes": "\(cut.byteCount)",
            "copy": cut.copy,
          ]))
    }
  }

  /// Takes records into the audit, as far as there are any.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - byteCount: About how much at most, in bytes.
  /// - Returns: Whether there is more.
  public func takeIn(at now: UInt64, byteCount: Int) -> Bool {
    guard let intake else { return false }
    guard intake.isReady(at: now) else {
      isBehind = true
      return false
    }
    if isBehind { rewind(intake) }
    var left = byteCount
    do throws(AuditError) {
      for journal in followed.values {
        while left > 0, let record = nextRecord(of: journal) {
          if try intake.append(record, of: journal.id, at: now) { journal.noteKey() }
          left -= record.payload.count
        }
      }
    } catch {
      intake.fail(error)
      isBehind = true
      return false
    }
    guard intake.commit(at: now) else {
      isBehind = true
      return false
    }
    return left <= 0
  }

  private func nextRecord(of journal: FollowedJournal) -> JournalRecord? {
    do throws(JournalError) {
      while !journal.isDamaged {
        switch try journal.reader.next() {
        case .record(let record): return record
        case .end, .incomplete:
          journal.isRead = true
          return nil
        case .damaged(let damage):
          if journal.isFinal, try journal.passDamage(at: damage.offset) { continue }
          // Whoever writes to it gets another; what is behind the damage is found once nobody does.
          journal.isDamaged = true
          notices.append(
            JournalNotice(
              "journal_damaged", .error, ["path": journal.path, "reason": "\(damage)"]))
        }
      }
    } catch {
      journal.isDamaged = true
      fail(journal, "\(error)")
    }
    return nil
  }

  /// Goes back to what is in the audit, after something could not be written there.
  private func rewind(_ intake: AuditIntake) {
    isBehind = false
    for journal in followed.values {
      do throws(JournalError) {
        try journal.rewind(to: intake.journals[journal.id])
      } catch {
        journal.isDamaged = true
        fail(journal, "\(error)")
      }
    }
  }

  /// Removes the journals of which everything is in the audit, and on the disk there.
  public func removeDone(at now: UInt64) {
    rememberAnswers(at: now)
    let done = followed.values.filter {
      $0.isFinal && $0.isRemembered && ($0.isRead || intake == nil)
    }
    guard !done.isEmpty else { return }
    if let intake {
      guard !isBehind, intake.commit(at: now, synchronized: true) else {
        isBehind = true
        return
      }
    }
    for journal in done {
      do throws(SystemError) {
        try Folder.remove(journal.path)
        intake?.forget(journal.id)
        followed[journal.id] = nil
      } catch {
        fail(journal, "\(error)")
      }
    }
  }

  func fail(_ journal: FollowedJournal, _ reason: String) {
    notices.append(
      JournalNotice("journal_failed", .error, ["path": journal.path, "reason": reason]))
  }

  /// Signs and tidies, where the time has come.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - isLast: Whether this is the end.
  public func maintain(at now: UInt64, isLast: Bool = false) {
    intake?.maintain(at: now, isLast: isLast)
  }

  /// What there is to tell since the last time, of the keys too: whoever finds out tells.
  public func takeNotices() -> [JournalNotice] {
    defer { notices.removeAll() }
    return (intake?.takeNotices() ?? []) + keys.takeNotices() + notices
  }
}
