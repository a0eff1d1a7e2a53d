public import Journal
internal import UnixSocket

/// The audit: every record one line of JSON that holds the hash of the line before, in segments that are sealed with a
/// signature, with signed checkpoints of how far it has come.
///
/// Records go into a batch; ``commit(at:synchronized:)`` appends the batch with one write. A process that is killed at
/// any point leaves whole lines and perhaps a part of one, which opening cuts off.
///
/// **Exactly once.** A line names the record of the journal that it was made of (``AuditRecordID``), and the first line
/// of a segment how far every journal had been taken in before. So the last segment alone tells, for each journal,
/// where to go on (``position(of:)``), and a record that comes a second time is not taken. A journal may be removed
/// when all of it was committed and synchronized; then ``forget(_:)`` it.
///
/// Time is an argument, in microseconds since 1970.
public struct AuditLog: ~Copyable {
  let directory: String
  let checkpointsPath: String
  let key: AuditKey
  let settings: AuditSettings
  let disk: AuditDisk
  private let lock: FileLock

  /// Which log it is.
  var log: JournalID
  /// The segment that is being written, or the last that was.
  var segment: UInt64
  /// Its file while it is not sealed.
  var file: Descriptor?
  var fileBytes: UInt64 = 0
  var firstSequence: UInt64 = 1
  var openedMicroseconds: UInt64 = 0

  /// The last record, and the last line.
  var tip: Tip
  /// The same as it is in the file.
  var committed: Tip
  var batch: [UInt8] = []
  /// Positions as they were before the batch.
  var undo: [JournalID: UInt64?] = [:]
  var positions: [JournalID: UInt64] = [:]
  /// Whether a failed write could not be taken back.
  var isClosed = false

  /// The last line of the checkpoints' file, to be logged whenever it changes: a seal brings one too.
  public internal(set) var latestCheckpoint: AuditCheckpoint?
  /// What was put right when the log was opened.
  public internal(set) var repairs: [AuditRepair] = []

  struct Tip {
    var sequence: UInt64
    var hash: AuditHash
  }

  init(
    directory: String, checkpointsPath: String, key: consuming AuditKey, settings: AuditSettings,
    disk: AuditDisk, lock: consuming FileLock, file: consuming Descriptor?, last: LastSegment?,
    latestCheckpoint: AuditCheckpoint?, repairs: [AuditRepair], _ now: UInt64
  ) {
    self.directory = directory
    self.checkpointsPath = checkpointsPath
    self.key = key
    self.settings = settings
    self.disk = disk
    self.lock = lock
    self.file = file
    self.latestCheckpoint = latestCheckpoint
    self.repairs = repairs
    log = last?.opening.log ?? .random()
    segment = last?.opening.segment ?? 0
    fileBytes = last?.byteCount ?? 0
    firstSequence = last?.opening.firstSequence ?? 1
    openedMicroseconds = last?.opening.microseconds ?? now
    tip = last?.tip ?? Tip(sequence: 0, hash: .none)
    committed = tip
    positions = last?.positions ?? [:]
  }

  /// The last record's sequence, with the batch; 0 before the first.
  public var lastSequence: UInt64 { tip.sequence }

  /// Up to where a journal has been taken in, with the batch; `nil` for one of which nothing was.
  public func position(of journal: JournalID) -> UInt64? { positions[journal] }

  /// Every journal of which something was taken in, and up to where.
  public var journals: [JournalID: UInt64] { positions }

  /// Lets go of a journal that was removed.
  public mutating func forget(_ journal: JournalID) { positions[journal] = nil }

  /// Adds a record to the batch.
  ///
  /// - Parameters:
  ///   - body: JSON members without their braces, `"player":"maria","status":"OK"`; never parsed.
  ///   - recordID: The journal's record that it was made of, each journal's in order; `nil` for what the keeper itself
  ///     records.
  ///   - now: The time.
  /// - Returns: Where it will stand; `nil` when the log has the record already.
  /// - Throws: ``AuditError``: `unfitBody` or `tooManyJournals`, and the log is as it was; and what ``commit(at:synchronized:)``
  ///   throws, for a batch that became too large.
  public mutating func append(
    body: ArraySlice<UInt8>, recordID: AuditRecordID?, at now: UInt64
  ) throws(AuditError) -> AuditReceipt? {
    guard !isClosed else { throw .closed }
    guard body.count <= AuditLimits.bodyBytes, Self.isOneLine(body) else {
      throw .unfitBody(byteCount: body.count)
    }
    if let recordID {
      if let position = positions[recordID.journal] {
        guard recordID.start >= position else { return nil }
      } else if positions.count >= AuditLimits.journals {
        throw .tooManyJournals
      }
    }
    if batch.count >= AuditLimits.batchBytes { try commit(at: now) }
    if file == nil && batch.isEmpty { begin(at: now) }
    let line = AuditRecordLine(
      sequence: tip.sequence + 1, id: recordID, previous: tip.hash, body: body)
    let start = batch.count
    line.append(to: &batch)
    tip = Tip(sequence: line.sequence, hash: AuditHash(of: batch[start...]))
    batch.append(0x0A)
    if let recordID {
      if undo[recordID.journal] == nil {
        undo[recordID.journal] = .some(positions[recordID.journal])
      }
      positions[recordID.journal] = recordID.end
    }
    return AuditReceipt(sequence: tip.sequence, hash: tip.hash)
  }

  /// Whether nothing in it could end a line; it stops at no byte, so that many are looked at in one step.
  private static func isOneLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    let span = bytes.span
    var lowest = UInt8.max
    for index in span.indices { lowest = min(lowest, span[index]) }
    return lowest >= 0x20
  }

  /// Writes the batch; seals the segment where it has its size or its age.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - synchronized: Whether to wait until the batch would outlast a power cut.
  /// - Throws: ``AuditError``. ``lastSequence`` and ``position(of:)`` tell what is in the log then: none of the batch,
  ///   where it could not be written, and all of it, where that went well and sealing did not, which the next commit
  ///   tries again.
  public mutating func commit(
    at now: UInt64, synchronized: Bool = false
  ) throws(AuditError) {
    guard !isClosed else { throw .closed }
    if !batch.isEmpty { try write(now) }
    if synchronized { try synchronize() }
    let isFull = fileBytes >= settings.segmentBytes
    let isOld =
      now >= openedMicroseconds && now - openedMicroseconds >= settings.segmentMicroseconds
    if file != nil && (isFull || isOld) { try seal(at: now) }
  }

  mutating func write(_ now: UInt64) throws(AuditError) {
    do throws(SystemError) {
      if file == nil {
        file = try disk.create(AuditFolder.path(directory, segment: segment), mode: 0o600)
        fileBytes = 0
        try disk.synchronize(folder: directory)
      }
      try appendToFile(batch)
    } catch {
      takeBack(error)
      throw .system(error)
    }
    fileBytes += UInt64(batch.count)
    batch.removeAll(keepingCapacity: true)
    undo.removeAll(keepingCapacity: true)
    committed = tip
  }

  func appendToFile(_ bytes: [UInt8]) throws(SystemError) {
    switch file {
    case .some(let file): try disk.append(bytes, to: file)
    case .none: preconditionFailure("a segment is open while it is written")
    }
  }

  /// Makes log and file what they were before the batch.
  mutating func takeBack(_ error: SystemError) {
    let isNewSegment = fileBytes == 0
    do throws(SystemError) {
      switch file {
      case .some(let file): try disk.truncate(file, to: fileBytes)
      case .none: break
      }
      if isNewSegment, file != nil {
        try disk.remove(AuditFolder.path(directory, segment: segment))
      }
    } catch {
      // The file may end with a part of the batch: opening the log again puts that right.
      isClosed = true
    }
    if isNewSegment {
      file = nil
      segment -= 1
    }
    tip = committed
    for (journal, position) in undo { positions[journal] = position }
    undo.removeAll()
    batch.removeAll(keepingCapacity: true)
  }

  /// Waits for the disk.
  ///
  /// What it did not take is lost to later waits too, so the log is closed where it fails.
  mutating func synchronize() throws(AuditError) {
    do throws(SystemError) {
      switch file {
      case .some(let file): try disk.synchronize(file)
      case .none: break
      }
    } catch {
      isClosed = true
      throw .system(error)
    }
  }

  /// Puts the first line of the next segment into the batch.
  private mutating func begin(at now: UInt64) {
    segment += 1
    firstSequence = tip.sequence + 1
    openedMicroseconds = now
    fileBytes = 0
    let opening = AuditOpening(
      segment: segment, log: log, firstSequence: firstSequence, microseconds: now,
      positions: positions, previous: tip.hash)
    let line = opening.bytes
    tip.hash = AuditHash(of: line[...])
    batch += line
    batch.append(0x0A)
  }
}
