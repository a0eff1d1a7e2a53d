internal import Journal
internal import UnixSocket

/// Checks an audit offline: with the public key, and no help of who wrote it.
public enum AuditVerifier {
  /// Checks every line of every segment, and what checkpoints know of them.
  ///
  /// - Parameters:
  ///   - directory: The segments' folder; a copy will do.
  ///   - publicKey: Whose signatures count.
  ///   - checkpoints: A file of checkpoints, one a line, as they were kept elsewhere.
  /// - Returns: Two verdicts, integrity and completeness, with places.
  /// - Throws: ``AuditError`` where something can't be read.
  public static func verify(
    directory: String, publicKey: AuditPublicKey, checkpoints: String? = nil
  ) throws(AuditError) -> AuditVerdict {
    let numbers = try AuditError.wrapping { () throws(SystemError) in
      try AuditFolder.segments(in: directory)
    }
    var known = AuditCheckpoints()
    if let checkpoints {
      known = AuditCheckpoints(
        parsing: try AuditDisk.read(checkpoints), signedBy: publicKey,
        log: try log(of: numbers, in: directory))
    }
    var walk = AuditWalk(key: publicKey, checkpoints: known)
    for finding in known.findings { walk.verdict.report(finding) }
    for number in numbers {
      let bytes = try AuditDisk.read(AuditFolder.path(directory, segment: number))
      walk.walk(segment: number, bytes, isLast: number == numbers.last)
    }
    walk.finish()
    walk.verdict.checkpoints = known.count
    return walk.verdict
  }

  /// Which log it is, as the first segment that can be read says.
  private static func log(
    of numbers: [UInt64], in directory: String
  ) throws(AuditError) -> JournalID? {
    for number in numbers {
      let bytes = try AuditDisk.read(AuditFolder.path(directory, segment: number))
      let line = bytes.prefix { $0 != 0x0A }
      if let opening = AuditOpening(parsing: line) { return opening.log }
    }
    return nil
  }
}
