import Foundation
import TestSupport
import Testing

/// The audit in a daemon's state directory.
struct AuditFile {
  let path: String

  init(of statePath: String) { path = statePath + "/audit" }

  /// Its records, without what the keeper says of segments.
  func records() throws -> [[String: Any]] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    var records: [[String: Any]] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    where name.hasSuffix(".jsonl") {
      let text = try String(contentsOfFile: path + "/" + name, encoding: .utf8)
      for line in text.split(separator: "\n") where line.hasPrefix(#"{"sequence""#) {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        records.append(try #require(object as? [String: Any]))
      }
    }
    return records
  }
}

@Suite struct `What was accepted` {
  private static let bonus =
    #"{"type":"Condition","parameters":{"expression":"days > 4"},"trueAction":"#
    + #"{"type":"GrantBonus","id":"b","parameters":{"amount":5}}}"#

  private static func execute(
    _ days: Int, stream: UInt32 = 1, dryRun: Bool = false
  ) -> [UInt8] {
    Wire.executeTree(
      stream: stream, tree: bonus, context: #"{"days": \#(days)}"#,
      options: dryRun ? Wire.field(1, 1) : [])
  }

  @Test(arguments: ["interval", "always", "never"])
  func `stands in the audit, with who asked, and nothing else does`(sync: String) throws {
    let daemon = try DaemonProcess(workers: 2, arguments: ["--journal-sync", sync])
    let connection = try RawConnection(path: daemon.socketPath)
    let accepted = try connection.call(Self.execute(5))
    #expect(try accepted.actions().map(\.status) == [1])
    #expect(try connection.call(Self.execute(5, stream: 3, dryRun: true)).code == 0)
    #expect(try connection.call(Self.execute(1, stream: 5)).code == 0)
    #expect(try daemon.stop() == 0)
    let records = try AuditFile(of: daemon.statePath).records()
    #expect(records.count == 1)
    let record = try #require(records.first)
    #expect(record["player_id"] as? String == "p-1001")
    #expect(record["status"] as? String == "COMPLETED")
    let peer = try #require(record["peer"] as? [String: Any])
    #expect(peer["uid"] as? Int == Int(geteuid()))
    #expect(peer["pid"] as? Int == Int(getpid()))
    let actions = try #require(record["actions"] as? [[String: Any]])
    #expect(actions.map { $0["type"] as? String } == ["GrantBonus"])
    #expect(actions[0]["node_id"] as? String == "b")
    #expect((actions[0]["parameters"] as? [String: Any])?["amount"] as? Int == 5)
    #expect(actions[0]["status"] as? String == "ACCEPTED")
    let execution = try accepted.execution().first { $0.number == 1 }.map {
      String(decoding: $0.bytes, as: UTF8.self)
    }
    #expect(record["execution_id"] as? String == execution)
    // A journal of which all is in the audit is not kept.
    let journals = try FileManager.default.contentsOfDirectory(
      atPath: daemon.statePath + "/journals")
    #expect(journals.isEmpty)
  }

  @Test(arguments: [("all", 2), ("off", 0)])
  func `is audited as configured`(scope: String, count: Int) throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--audit", scope])
    let connection = try RawConnection(path: daemon.socketPath)
    #expect(try connection.call(Self.execute(5)).code == 0)
    #expect(try connection.call(Self.execute(1, stream: 3)).code == 0)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == count)
  }

  @Test func `is sampled where it came to no action`() throws {
    let daemon = try DaemonProcess(
      workers: 1, arguments: ["--audit", "all", "--audit-sample", "0.5"])
    let connection = try RawConnection(path: daemon.socketPath)
    for number in 0..<200 {
      #expect(try connection.call(Self.execute(1, stream: UInt32(2 * number + 1))).code == 0)
    }
    #expect(try daemon.stop() == 0)
    let count = try AuditFile(of: daemon.statePath).records().count
    // Fewer than 50 or more than 150 of 200 come by chance once in 10¹².
    #expect((50...150).contains(count))
  }

  @Test func `is of every player of a batch, and no more`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--journal-sync", "always"])
    let connection = try RawConnection(path: daemon.socketPath)
    let items = [#"{"days": 9}"#, #"{"days": 1}"#, "{}", #"{"days": 8}"#].flatMap {
      Wire.field(4, Wire.field(2, $0) + Wire.field(3, "p"))
    }
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: Wire.field(1, Self.bonus) + items))
    #expect(answer.code == 0)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 2)
  }

  @Test func `is nothing while the journal's disk is full, and dry runs go on`() throws {
    let (daemon, connection) = try daemonWithLimit("100:unlimited")
    let refused = try connection.call(Self.execute(5, stream: 3))
    #expect(refused.code == 14)
    #expect(try refused.reason() == "JOURNAL_FULL")
    #expect(try connection.call(Self.execute(5, stream: 5, dryRun: true)).code == 0)
    #expect(try connection.call(Self.execute(1, stream: 7)).code == 0)
    try limitFiles(of: daemon, to: "unlimited:unlimited")
    #expect(try connection.call(Self.execute(5, stream: 9)).code == 0)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 2)
    #expect(try daemon.logRecords(of: "journal_failed").count == 1)
    #expect(try daemon.logRecords(of: "journal_resumed").count == 1)
  }

  @Test func `goes into a new journal after a record of which the disk took only a part`() throws {
    // The first record has some 500 bytes.
    let (daemon, connection) = try daemonWithLimit("800:unlimited")
    let refused = try connection.call(Self.execute(5, stream: 3))
    #expect(refused.code == 14)
    #expect(try refused.reason() == "JOURNAL_UNAVAILABLE")
    #expect(waitUntil(within: .seconds(30)) { (try? isAccepted(by: daemon)) == true })
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 2)
    #expect(try daemon.logRecords(of: "journal_tail_cut").count == 1)
  }

  /// They come with one packet, and their records leave with one write.
  private func atOnce(_ connection: RawConnection, days: [Int], from stream: UInt32) throws
    -> [Wire.Answer]
  {
    try connection.send(
      days.enumerated().flatMap { Self.execute($1, stream: stream + 2 * UInt32($0)) })
    return try days.map { _ in try connection.answer() }
  }

  @Test(arguments: ["interval", "always"])
  func `is as much of what came at once as the disk took, and each caller is told which`(
    sync: String
  ) throws {
    let (daemon, connection) = try daemonWithLimit(
      "unlimited:unlimited", ["--journal-sync", sync])
    let journals = daemon.statePath + "/journals"
    // There may be one in store, which has a header only.
    let sizes = try FileManager.default.contentsOfDirectory(atPath: journals).compactMap {
      try FileManager.default.attributesOfItem(atPath: journals + "/" + $0)[.size] as? Int
    }
    let size = try #require(sizes.max())
    // The header has 48 bytes; what is left is the first record, and there is room for two more and a half.
    try limitFiles(of: daemon, to: "\(size + (size - 48) * 5 / 2):unlimited")
    let answers = try atOnce(connection, days: [5, 1, 5, 5, 5], from: 3)
    let codes = Dictionary(uniqueKeysWithValues: answers.map { ($0.stream, $0.code) })
    #expect(codes == [3: 0, 5: 0, 7: 0, 9: 14, 11: 14])
    for answer in answers where answer.code == 0 && answer.stream != 5 {
      #expect(try answer.actions().map(\.status) == [1])
    }
    for answer in answers where answer.code != 0 {
      #expect(try answer.reason() == "JOURNAL_UNAVAILABLE")
    }
    #expect(waitUntil(within: .seconds(30)) { (try? isAccepted(by: daemon)) == true })
    let metrics = try Administrator(daemon: daemon).metrics()
    #expect(try daemon.stop() == 0)
    // What was refused is neither recorded, nor logged, nor counted as an action.
    let records = try AuditFile(of: daemon.statePath).records()
    #expect(metrics[Sample.bonuses] == Double(records.count))
    #expect(try daemon.logRecords(of: "action").count == records.count)
    #expect(try daemon.logRecords(of: "journal_failed").count >= 1)
  }

  @Test func `is nothing of what came at once while the disk is full`() throws {
    let (daemon, connection) = try daemonWithLimit("100:unlimited")
    let answers = try atOnce(connection, days: [5, 1, 5], from: 3)
    #expect(Set(answers.filter { $0.code == 0 }.map(\.stream)) == [5])
    for answer in answers where answer.code != 0 {
      #expect(try answer.reason() == "JOURNAL_FULL")
    }
    try limitFiles(of: daemon, to: "unlimited:unlimited")
    #expect(try atOnce(connection, days: [5, 5], from: 9).map(\.code) == [0, 0])
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 3)
    #expect(try daemon.logRecords(of: "action").count == 3)
    #expect(try daemon.logRecords(of: "journal_failed").count == 1)
    #expect(try daemon.logRecords(of: "journal_resumed").count == 1)
  }

  /// A daemon that has accepted something, and whose worker can then write so much to a file.
  private func daemonWithLimit(
    _ limit: String, _ arguments: [String] = []
  ) throws -> (DaemonProcess, RawConnection) {
    let daemon = try DaemonProcess(workers: 1, arguments: arguments)
    let connection = try RawConnection(path: daemon.socketPath)
    #expect(try connection.call(Self.execute(5)).code == 0)
    try limitFiles(of: daemon, to: limit)
    return (daemon, connection)
  }

  /// A limit on what its files may have is, to a process, a disk that is full.
  private func limitFiles(of daemon: DaemonProcess, to limit: String) throws {
    let worker = try #require(daemon.workerProcessIDs().first)
    try ProcessLimit.set("--fsize=\(limit)", of: worker)
  }

  private func isAccepted(by daemon: DaemonProcess) throws -> Bool {
    let connection = try RawConnection(path: daemon.socketPath)
    return try connection.call(Self.execute(5)).code == 0
  }

  @Test func `outlives that somebody removes the journal's file`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let folder = daemon.statePath + "/journals"
    let connection = try RawConnection(path: daemon.socketPath)
    #expect(try connection.call(Self.execute(5)).code == 0)
    let before = try FileManager.default.contentsOfDirectory(atPath: folder)
    for name in before { try FileManager.default.removeItem(atPath: folder + "/" + name) }
    #expect(try connection.call(Self.execute(5, stream: 3)).code == 0)
    let isReplaced = waitUntil(within: .seconds(30)) {
      let now = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return !now.isEmpty && now != before
    }
    #expect(isReplaced, "\(daemon.log())")
    #expect(try connection.call(Self.execute(5, stream: 5)).code == 0)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 3)
    #expect(try daemon.logRecords(of: "journal_file_gone").count >= 1)
  }

  @Test func `is answered in any number at once, when each waits for the disk`() throws {
    let daemon = try DaemonProcess(
      workers: 2,
      arguments: [
        "--journal-sync", "always", "--default-timeout", "60s", "--max-timeout", "60s",
      ])
    let connections = try (0..<8).map { _ in try RawConnection(path: daemon.socketPath) }
    for connection in connections {
      try connection.send(
        (0..<100).flatMap { Self.execute(5, stream: UInt32(2 * $0 + 1)) })
    }
    for connection in connections {
      for _ in 0..<100 { #expect(try connection.answer().code == 0) }
    }
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 800)
  }
}

@Suite struct `A daemon's audit` {
  private func exitStatus(after change: (String) throws -> Void) throws -> (Int32, String) {
    let first = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: first.socketPath)
    let tree = #"{"type":"GrantBonus","parameters":{"amount":5}}"#
    for stream in [1, 3, 5] as [UInt32] {
      #expect(try connection.call(Wire.executeTree(stream: stream, tree: tree)).code == 0)
    }
    #expect(try first.stop() == 0)
    try change(first.statePath)
    let second = try Daemon(in: first.folder, [])
    return (second.wait(), second.log())
  }

  @Test func `is refused with the line that was changed`() throws {
    let (status, log) = try exitStatus { state in
      let path = state + "/audit/000001.jsonl"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacing(#""amount":5"#, with: #""amount":6"#, maxReplacements: 1)
        .write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(status == 65)
    #expect(log.contains("000001.jsonl` line 3"), "\(log)")
    #expect(log.contains("smartflow audit verify"), "\(log)")
  }

  @Test func `is refused when its end is missing`() throws {
    let (status, log) = try exitStatus { state in
      let path = state + "/audit/000001.jsonl"
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      try (lines.dropLast().joined(separator: "\n") + "\n")
        .write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(status == 65)
    #expect(log.contains("a checkpoint says that there were 3"), "\(log)")
  }

  @Test func `is refused with a key that others can read`() throws {
    let (status, log) = try exitStatus { state in
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o644], ofItemAtPath: state + "/audit.key")
    }
    #expect(status == 78)
    #expect(log.contains("audit.key"), "\(log)")
  }
}
