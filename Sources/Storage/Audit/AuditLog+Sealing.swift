internal import UnixSocket

extension AuditLog {
  /// Seals the segment that is being written, if there is one; the next record begins another.
  ///
  /// - Throws: ``AuditError``; the segment is as it was then, or sealed without its checkpoint, which comes with the next
  ///   opening of the log.
  public mutating func seal(at now: UInt64) throws(AuditError) {
    guard !isClosed else { throw .closed }
    if !batch.isEmpty { try write(now) }
    guard file != nil else { return }
    let seal = AuditSeal(
      segment: segment, log: log, firstSequence: firstSequence, lastSequence: tip.sequence,
      microseconds: now, previous: tip.hash)
    let line = seal.signed(with: key)
    // What is signed must be there after a power cut, or records that are taken in again would contradict it.
    try synchronize()
    do throws(SystemError) {
      try appendToFile(line + [0x0A])
    } catch {
      takeBack(error)
      throw .system(error)
    }
    fileBytes += UInt64(line.count + 1)
    try synchronize()
    file = nil
    tip.hash = AuditHash(of: line[...])
    committed = tip
    try note(isSealed: true, at: now)
  }

  /// Signs how far the log has come and appends that to the checkpoints' file.
  ///
  /// - Returns: The checkpoint, to be logged too; `nil` when there was no record since the last.
  /// - Throws: ``AuditError``.
  public mutating func checkpoint(at now: UInt64) throws(AuditError) -> AuditCheckpoint? {
    guard !isClosed else { throw .closed }
    if !batch.isEmpty { try write(now) }
    guard tip.sequence > latestCheckpoint?.sequence ?? 0 else { return nil }
    try synchronize()
    return try note(isSealed: file == nil, at: now)
  }

  @discardableResult
  mutating func note(isSealed: Bool, at now: UInt64) throws(AuditError) -> AuditCheckpoint {
    let checkpoint = AuditCheckpoint(
      sequence: tip.sequence, log: log, segment: segment, isSealed: isSealed, hash: tip.hash,
      microseconds: now, key: key)
    do throws(SystemError) {
      let isThere = try Folder.contains(checkpointsPath)
      let file =
        isThere
        ? try Descriptor.open(checkpointsPath, .append)
        : try disk.create(checkpointsPath, mode: 0o644)
      let before = try file.fileStatus().byteCount
      do throws(SystemError) {
        try disk.append(Array(checkpoint.text.utf8) + [0x0A], to: file)
      } catch {
        // Without a part of a line at its end, or nothing may be appended any more.
        isClosed = true
        try disk.truncate(file, to: before)
        isClosed = false
        throw error
      }
      try disk.synchronize(file)
      if !isThere { try disk.synchronize(folder: Folder.containing(checkpointsPath)) }
    } catch {
      throw .system(error)
    }
    latestCheckpoint = checkpoint
    return checkpoint
  }
}
