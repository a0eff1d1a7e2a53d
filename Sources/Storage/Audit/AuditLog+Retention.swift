internal import UnixSocket

extension AuditLog {
  /// Removes the sealed segments that were sealed before a time, the oldest first.
  ///
  /// First a record is written that says, signed, where what is left begins: a tombstone, by which a verification still
  /// comes to a verdict. A process that is killed in between leaves segments that the tombstone gives up already; the
  /// next call removes them.
  ///
  /// - Parameters:
  ///   - microseconds: Segments that were sealed before are removed.
  ///   - now: The time.
  /// - Returns: How many were removed.
  /// - Throws: ``AuditError``; those that were not removed are still there.
  public mutating func removeSegments(
    sealedBefore microseconds: UInt64, at now: UInt64
  ) throws(AuditError) -> Int {
    guard !isClosed else { throw .closed }
    let directory = directory
    var old: [UInt64] = []
    var newest: (seal: AuditSeal, hash: AuditHash)?
    let numbers = try AuditError.wrapping { () throws(SystemError) in
      try AuditFolder.segments(in: directory)
    }
    for number in numbers where number < segment || file == nil {
      let path = AuditFolder.path(directory, segment: number)
      let found = try AuditError.wrapping { () throws(SystemError) in try Self.seal(of: path) }
      guard let found, found.seal.microseconds < microseconds else { break }
      old.append(number)
      newest = found
    }
    guard let newest else { return 0 }
    let tombstone = AuditTombstone(
      log: log, firstSegment: newest.seal.segment + 1, lastSequence: newest.seal.lastSequence,
      hash: newest.hash, microseconds: now)
    _ = try append(body: tombstone.body(with: key)[...], recordID: nil, at: now)
    try commit(at: now, synchronized: true)
    let disk = disk
    try AuditError.wrapping { () throws(SystemError) in
      for number in old { try disk.remove(AuditFolder.path(directory, segment: number)) }
      try disk.synchronize(folder: directory)
    }
    return old.count
  }

  /// A segment's last line, where that is a seal.
  private static func seal(
    of path: String
  ) throws(SystemError) -> (seal: AuditSeal, hash: AuditHash)? {
    let tail = try AuditDisk.tail(of: path, AuditLimits.sealBytes)
    guard tail.last == 0x0A else { return nil }
    let line = tail.dropLast()
    let start = line.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return AuditSeal(parsing: line[start...]).map { ($0, AuditHash(of: line[start...])) }
  }
}
