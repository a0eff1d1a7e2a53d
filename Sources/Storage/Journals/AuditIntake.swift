internal import Journal
internal import WorkerLink

/// The audit as journals are taken into it: a log that is opened again after it had to close.
final class AuditIntake {
  /// A class, since of an optional that can't be copied nothing can be lent.
  private final class Open {
    var log: AuditLog
    init(_ log: consuming AuditLog) { self.log = log }
  }

  private let settings: JournalSettings.Audit
  private var open: Open?
  private(set) var notices: [JournalNotice] = []
  /// Whether the last attempt to write failed; told once.
  private var hasFailed = false
  private var nextCheckpoint: UInt64
  private var nextRetention: UInt64

  private static let checkpointMicroseconds: UInt64 = 60_000_000
  private static let retentionMicroseconds: UInt64 = 3_600_000_000

  /// Opens the log.
  ///
  /// - Throws: ``AuditError`` as ``AuditLog/open(_:checkpoints:key:settings:at:)`` and ``AuditKey/init(path:publicKeyPath:)``.
  init(_ settings: JournalSettings.Audit, at now: UInt64) throws(AuditError) {
    self.settings = settings
    nextCheckpoint = now + Self.checkpointMicroseconds
    nextRetention = now
    try reopen(at: now)
  }

  private func reopen(at now: UInt64) throws(AuditError) {
    let key = try AuditKey(path: settings.key, publicKeyPath: settings.publicKey)
    let log = try AuditLog.open(
      settings.directory, checkpoints: settings.checkpoints, key: key, settings: settings.segments,
      at: now)
    for repair in log.repairs {
      notices.append(
        JournalNotice(
          "audit_tail_cut", .warning,
          [
            "path": repair.path, "offset": "\(repair.offset)", "bytes": "\(repair.byteCount)",
            "copy": "\(repair.path).torn-\(repair.offset)",
          ]))
    }
    open = Open(log)
  }

  /// Every journal of which something was taken in, and up to where.
  var journals: [JournalID: UInt64] { open?.log.journals ?? [:] }

  /// Lets go of a journal that was removed.
  func forget(_ journal: JournalID) { open?.log.forget(journal) }

  /// Whether records can be taken in now.
  func isReady(at now: UInt64) -> Bool {
    if open != nil { return true }
    do throws(AuditError) {
      try reopen(at: now)
      return true
    } catch {
      note(error)
      return false
    }
  }

  /// Takes a record into the batch.
  ///
  /// One that is no line of JSON is not worth losing those behind it: that it was refused is recorded in its place.
  ///
  /// - Returns: Whether it has, or may have, the answer to an idempotency key.
  /// - Throws: ``AuditError`` where the batch can't be written.
  func append(
    _ record: JournalRecord, of journal: JournalID, at now: UInt64
  ) throws(AuditError) -> Bool {
    guard let open else { throw .closed }
    let id = AuditRecordID(journal: journal, record)
    guard let payload = JournalPayload(parsing: record.payload) else {
      try refuse(id, "its form is not known to this release", at: now)
      return true
    }
    guard payload.isAudited else { return payload.keyed != nil }
    do throws(AuditError) {
      _ = try open.log.append(body: payload.members, recordID: id, at: now)
    } catch {
      guard case .unfitBody = error else { throw error }
      try refuse(id, "\(error)", at: now)
    }
    return payload.keyed != nil
  }

  private func refuse(_ id: AuditRecordID, _ reason: String, at now: UInt64) throws(AuditError) {
    guard let open else { throw .closed }
    notices.append(
      JournalNotice("record_refused", .error, ["record_id": "\(id)", "reason": reason]))
    _ = try open.log.append(
      body: Array(#""event":"record_refused""#.utf8)[...], recordID: id, at: now)
  }

  /// Writes what was taken in.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - synchronized: Whether to wait until it would outlast a power cut.
  /// - Returns: Whether it is in the log; if not, its journals have it still.
  func commit(at now: UInt64, synchronized: Bool = false) -> Bool {
    do throws(AuditError) {
      guard let open else { throw .closed }
      try open.log.commit(at: now, synchronized: synchronized)
      if hasFailed {
        hasFailed = false
        notices.append(JournalNotice("audit_resumed", .notice, [:]))
      }
      tellCheckpoint()
      return true
    } catch {
      fail(error)
      return false
    }
  }

  /// Notes that a write went wrong; a log that had to close is opened again before the next.
  func fail(_ error: AuditError) {
    note(error)
    if open?.log.isClosed == true { open = nil }
  }

  private func note(_ error: AuditError) {
    guard !hasFailed else { return }
    hasFailed = true
    notices.append(
      JournalNotice(
        "audit_failed", .error,
        ["reason": "\(error)", "consequence": "records stay in their journals until it works"]))
  }

  // MARK: Checkpoints and retention

  private var toldCheckpoint: AuditCheckpoint?

  /// Signs how far the log has come, once a minute, and removes what is too old, once an hour.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - isLast: Whether this is the end, and so the time for a checkpoint, whatever the clock says.
  func maintain(at now: UInt64, isLast: Bool = false) {
    guard let open else { return }
    do throws(AuditError) {
      // A clock that was set back would else keep both from coming for as long.
      if now >= nextCheckpoint || isLast || nextCheckpoint > now + Self.checkpointMicroseconds {
        nextCheckpoint = now + Self.checkpointMicroseconds
        _ = try open.log.checkpoint(at: now)
        tellCheckpoint()
      }
      guard let retention = settings.retentionMicroseconds, now > retention,
        now >= nextRetention || nextRetention > now + Self.retentionMicroseconds
      else { return }
      nextRetention = now + Self.retentionMicroseconds
      let count = try open.log.removeSegments(sealedBefore: now - retention, at: now)
      if count > 0 {
        notices.append(JournalNotice("audit_segments_removed", .notice, ["count": "\(count)"]))
      }
    } catch {
      fail(error)
    }
  }

  private func tellCheckpoint() {
    guard let checkpoint = open?.log.latestCheckpoint, checkpoint != toldCheckpoint else { return }
    toldCheckpoint = checkpoint
    notices.append(JournalNotice("audit_checkpoint", .info, ["checkpoint": checkpoint.text]))
  }

  /// What there is to tell since the last time.
  func takeNotices() -> [JournalNotice] {
    defer { notices.removeAll() }
    return notices
  }
}
