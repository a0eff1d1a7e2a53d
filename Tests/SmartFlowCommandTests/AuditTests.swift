import Foundation
import Storage
import TestSupport
import Testing

@Suite struct `smartflow audit` {
  private let folder: TemporaryFolder
  private var directory: String { folder.path("audit") }
  private var checkpoints: String { folder.path("checkpoints.jsonl") }
  private var publicKey: String { folder.path("audit.key.pub") }

  /// Twelve records, the first nine of them sealed.
  init() throws {
    folder = try TemporaryFolder()
    var log = try AuditLog.open(
      directory, checkpoints: checkpoints, key: try AuditKey(path: folder.path("audit.key")), at: 1)
    for number in 1...12 {
      let body = #""execution_id":"e-\#(number / 2)","player_id":"maria""#
      _ = try log.append(body: Array(body.utf8)[...], recordID: nil, at: 1)
      if number == 9 { try log.seal(at: 1) }
    }
    try log.commit(at: 1)
    _ = try log.checkpoint(at: 2)
  }

  private func verify(_ more: String...) throws -> (status: Int32, output: String, errors: String) {
    try smartflow(["audit", "verify", directory, "--public-key", publicKey] + more)
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func `verify says that all stands, and up to where`() throws {
    let result = try verify("--checkpoints", checkpoints)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains("integrity     holds"), "\(result.output)")
    #expect(result.output.contains("completeness  holds up to record 12"), "\(result.output)")
    let report = try object(try verify("--json").output)
    #expect((report["integrity"] as? [String: Any])?["verdict"] as? String == "holds")
    #expect((report["completeness"] as? [String: Any])?["verdict"] as? String == "unproven")
    #expect(report["sealedSequence"] as? Int == 9)
  }

  @Test func `verify exits with 1 and names the place of a change`() throws {
    let segment = folder.url.appending(path: "audit/000001.jsonl")
    let text = try String(contentsOf: segment, encoding: .utf8)
    try Data(text.replacing("e-0", with: "e-9").utf8).write(to: segment)
    let result = try verify("--json")
    #expect(result.status == 1)
    let integrity = try #require(try object(result.output)["integrity"] as? [String: Any])
    let findings = try #require(integrity["findings"] as? [[String: Any]])
    #expect(findings.first?["segment"] as? Int == 1)
    #expect(findings.first?["line"] as? Int == 2)
    #expect(findings.first?["sequence"] as? Int == 1)
  }

  @Test func `verify exits with 1 where the end is missing that a checkpoint knows`() throws {
    try FileManager.default.removeItem(at: folder.url.appending(path: "audit/000002.jsonl"))
    #expect(try verify().status == 0)
    let result = try verify("--checkpoints", checkpoints)
    #expect(result.status == 1)
    #expect(result.output.contains("records 10 to 12 are missing"), "\(result.output)")
  }

  @Test func `verify tells what it can't read from what is no key`() throws {
    #expect(try smartflow(["audit", "verify", directory]).status == 64)
    let noKey = ["audit", "verify", directory, "--public-key", folder.path("none")]
    #expect(try smartflow(noKey).status == 66)
    let otherKey = ["audit", "verify", directory, "--public-key", checkpoints]
    #expect(try smartflow(otherKey).status == 65)
    let noFolder = ["audit", "verify", folder.path("none"), "--public-key", publicKey]
    #expect(try smartflow(noFolder).status == 66)
    let empty = ["audit", "verify", folder.url.path, "--public-key", publicKey]
    #expect(try smartflow(empty).status == 66)
  }

  @Test func `tail prints the last records, over segments`() throws {
    let result = try smartflow(["audit", "tail", directory, "-n", "5"])
    #expect(result.status == 0)
    let sequences = try result.output.split(separator: "\n").map {
      try object(String($0))["sequence"] as? Int
    }
    #expect(sequences == [8, 9, 10, 11, 12])
    #expect(try smartflow(["audit", "tail", directory, "-n", "0"]).status == 64)
  }

  @Test func `show finds a record by its number, and those of an execution`() throws {
    let one = try smartflow(["audit", "show", directory, "3", "--json"])
    #expect(one.status == 0)
    #expect(try object(one.output)["execution_id"] as? String == "e-1")
    let two = try smartflow(["audit", "show", directory, "e-5", "--json"])
    #expect(two.output.split(separator: "\n").count == 2)
    let text = try smartflow(["audit", "show", directory, "10"])
    #expect(text.output.hasPrefix("segment 2, line 2\n{"), "\(text.output)")
    for nothing in ["13", "0", "e-77"] {
      #expect(try smartflow(["audit", "show", directory, nothing]).status == 1)
    }
  }
}
