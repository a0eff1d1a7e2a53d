internal import Journal
internal import UnixSocket

extension AuditLog {
  /// Opens a log, or begins one where the folder is empty.
  ///
  /// Reads the last segment, and no other: its lines tell sequence, hash and how far each journal was taken in. What a
  /// crash left unfinished at its end is copied beside it and cut off, see ``repairs``.
  ///
  /// - Parameters:
  ///   - directory: The segments' folder; made where it is missing.
  ///   - checkpoints: The checkpoints' file, better on another file system.
  ///   - key: Signs.
  ///   - settings: When segments are sealed.
  ///   - now: The time.
  /// - Returns: The log, which this process has for itself until the value ends.
  /// - Throws: ``AuditError``: where another process has the log, the last segment was changed, or records are missing
  ///   that a checkpoint knows.
  public static func open(
    _ directory: String, checkpoints: String, key: consuming AuditKey,
    settings: AuditSettings = AuditSettings(), at now: UInt64
  ) throws(AuditError) -> AuditLog {
    try open(
      directory, checkpoints: checkpoints, key: key, settings: settings, at: now, disk: AuditDisk())
  }

  package static func open(
    _ directory: String, checkpoints: String, key: consuming AuditKey, settings: AuditSettings,
    at now: UInt64, disk: AuditDisk
  ) throws(AuditError) -> AuditLog {
    let lock = try Self.lock(directory)
    var repairs: [AuditRepair] = []
    let last = try Self.lastSegment(
      in: directory, signedBy: key.publicKey, disk: disk, repairs: &repairs)
    let checkpoint = try Self.lastCheckpoint(checkpoints, disk: disk, repairs: &repairs)
    if let checkpoint, let last, checkpoint.log != last.opening.log {
      throw .foreignCheckpoints(path: checkpoints)
    }
    if let checkpoint, checkpoint.sequence > last?.tip.sequence ?? 0 {
      throw .behindCheckpoint(sequence: checkpoint.sequence, last: last?.tip.sequence ?? 0)
    }
    var file: Descriptor?
    if let last, !last.isSealed {
      do throws(SystemError) {
        file = try .open(AuditFolder.path(directory, segment: last.opening.segment), .append)
      } catch {
        throw .system(error)
      }
    }
    var log = AuditLog(
      directory: directory, checkpointsPath: checkpoints, key: key, settings: settings, disk: disk,
      lock: lock, file: file, last: last, latestCheckpoint: checkpoint, repairs: repairs, now)
    if let last, last.isSealed, checkpoint?.hash != last.tip.hash {
      try log.note(isSealed: true, at: now)
    }
    return log
  }

  private static func lock(_ directory: String) throws(AuditError) -> FileLock {
    do throws(SystemError) {
      try Folder.make(directory)
      if let lock = try FileLock(Folder.open(directory)) { return lock }
    } catch {
      throw .system(error)
    }
    throw .inUse(directory: directory)
  }

  /// What the last segment says.
  struct LastSegment {
    var opening: AuditOpening
    var tip: Tip
    var positions: [JournalID: UInt64]
    var byteCount: UInt64
    var isSealed = false
  }

  private static func lastSegment(
    in directory: String, signedBy key: AuditPublicKey, disk: AuditDisk,
    repairs: inout [AuditRepair]
  ) throws(AuditError) -> LastSegment? {
    while true {
      let numbers = try AuditError.wrapping { () throws(SystemError) in
        try AuditFolder.segments(in: directory)
      }
      guard let number = numbers.last else { return nil }
      let path = AuditFolder.path(directory, segment: number)
      let bytes = try AuditDisk.read(path)
      let (lines, end) = AuditFolder.lines(of: bytes)
      if end < bytes.count { repairs.append(try cut(path, bytes, at: end, disk: disk)) }
      guard lines.isEmpty else { return try read(bytes, lines, path, number, key) }
      // A segment that did not get its first line has no record: it was about to begin.
      try AuditError.wrapping { () throws(SystemError) in try disk.remove(path) }
    }
  }

  /// Follows the chain through a segment.
  private static func read(
    _ bytes: [UInt8], _ lines: [Range<Int>], _ path: String, _ number: UInt64,
    _ key: AuditPublicKey
  ) throws(AuditError) -> LastSegment {
    let first = bytes[lines[0]]
    guard let opening = AuditOpening(parsing: first), opening.segment == number,
      opening.firstSequence > 0
    else { throw .damaged(path: path, line: 1, byte: 0) }
    var segment = LastSegment(
      opening: opening,
      tip: Tip(sequence: opening.firstSequence - 1, hash: AuditHash(of: first)),
      positions: opening.positions, byteCount: UInt64(lines[lines.count - 1].upperBound + 1))
    for (index, range) in lines.enumerated().dropFirst() {
      let line = bytes[range]
      guard follow(line, &segment, key) else {
        throw .damaged(path: path, line: index + 1, byte: range.lowerBound)
      }
      segment.tip.hash = AuditHash(of: line)
    }
    return segment
  }

  /// Takes the next line in.
  ///
  /// - Returns: Whether it is the next line.
  private static func follow(
    _ line: ArraySlice<UInt8>, _ segment: inout LastSegment, _ key: AuditPublicKey
  ) -> Bool {
    guard !segment.isSealed else { return false }
    if let record = AuditRecordLine(parsing: line) {
      guard record.previous == segment.tip.hash, record.sequence == segment.tip.sequence + 1 else {
        return false
      }
      segment.tip.sequence = record.sequence
      if let id = record.id { segment.positions[id.journal] = id.end }
      return true
    }
    guard let seal = AuditSeal(parsing: line), seal.previous == segment.tip.hash,
      SignedText.isSigned(line, .seal, by: key)
    else { return false }
    segment.isSealed = true
    return true
  }

  private static func lastCheckpoint(
    _ path: String, disk: AuditDisk, repairs: inout [AuditRepair]
  ) throws(AuditError) -> AuditCheckpoint? {
    let isThere = try AuditError.wrapping { () throws(SystemError) in try Folder.contains(path) }
    guard isThere else { return nil }
    let bytes = try AuditDisk.read(path)
    let (lines, end) = AuditFolder.lines(of: bytes)
    if end < bytes.count { repairs.append(try cut(path, bytes, at: end, disk: disk)) }
    guard let last = lines.last else { return nil }
    guard let checkpoint = AuditCheckpoint(parsing: bytes[last]) else {
      throw .damaged(path: path, line: lines.count, byte: last.lowerBound)
    }
    return checkpoint
  }

  /// Copies an unfinished line beside its file and cuts it off.
  private static func cut(
    _ path: String, _ bytes: [UInt8], at end: Int, disk: AuditDisk
  ) throws(AuditError) -> AuditRepair {
    let copy = "\(path).torn-\(end)"
    try AuditError.wrapping { () throws(SystemError) in
      // One that an opening did not finish, which was killed.
      try disk.remove(copy)
      let target = try disk.create(copy, mode: 0o600)
      try disk.append(Array(bytes[end...]), to: target)
      try disk.synchronize(target)
      let file = try Descriptor.open(path, .append)
      try disk.truncate(file, to: UInt64(end))
      try disk.synchronize(file)
    }
    return AuditRepair(path: path, offset: UInt64(end), byteCount: UInt64(bytes.count - end))
  }
}
