import Foundation
import Journal
@testable import Storage
import TestSupport
import UnixSocket

/// A log's folder, and what is told of it.
struct AuditBench {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  var directory: String { folder.path("audit") }
  var checkpoints: String { folder.path("checkpoints.jsonl") }
  var keyPath: String { folder.path("audit.key") }

  func open(
    _ settings: AuditSettings = AuditSettings(), at now: UInt64 = 1, disk: AuditDisk = AuditDisk()
  ) throws(AuditError) -> AuditLog {
    let deadline = ContinuousClock.now + .seconds(1)
    while true {
      do throws(AuditError) {
        return try AuditLog.open(
          directory, checkpoints: checkpoints, key: try AuditKey(path: keyPath),
          settings: settings, at: now, disk: disk)
      } catch {
        // A process that another test is just starting holds every lock of this one until it is its own program.
        guard case .inUse = error, ContinuousClock.now < deadline else { throw error }
      }
    }
  }

  func verify(withCheckpoints: Bool = true) throws -> AuditVerdict {
    try AuditVerifier.verify(
      directory: directory, publicKey: try AuditPublicKey(path: keyPath + ".pub"),
      checkpoints: withCheckpoints ? checkpoints : nil)
  }

  /// All lines of all segments.
  func lines() throws -> [String] {
    try AuditFolder.segments(in: directory).flatMap { number in
      let url = URL(filePath: AuditFolder.path(directory, segment: number))
      return try Project.lines(of: url)
    }
  }

  /// The records' IDs, in order.
  func recordIDs() throws -> [String] {
    try lines().compactMap { line in
      AuditRecordLine(parsing: Array(line.utf8)[...])?.id?.description
    }
  }
}

extension AuditLog {
  /// Adds a record with a text of its own.
  mutating func add(
    _ text: String, _ id: AuditRecordID? = nil, at now: UInt64 = 1
  ) throws(AuditError) {
    _ = try append(body: Array("\"text\":\"\(text)\"".utf8)[...], recordID: id, at: now)
  }
}
