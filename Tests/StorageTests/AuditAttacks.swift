import Foundation
import Hashes
import Storage

/// A sealed segment, what can be done to it without the key, and whether a verification finds that, and where.
///
/// `contrib/audit-attacks` runs the same on a thousand records.
struct AuditAttacks {
  /// How many were tried, found at all, and found with the right place.
  struct Count: Equatable {
    var tried = 0
    var found = 0
    var placed = 0
  }

  let folder: URL
  let key: AuditPublicKey
  let checkpoints: String
  let bytes: [UInt8]
  let lines: [Range<Int>]
  let records: Int

  var directory: String { folder.appending(path: "audit").path }
  var segment: URL { folder.appending(path: "audit/000001.jsonl") }

  /// Makes a log of one sealed segment in an empty folder.
  init(in folder: URL, records: Int) throws {
    self.folder = folder
    self.records = records
    let keyPath = folder.appending(path: "audit.key").path
    checkpoints = folder.appending(path: "checkpoints.jsonl").path
    var log = try AuditLog.open(
      folder.appending(path: "audit").path, checkpoints: checkpoints,
      key: try AuditKey(path: keyPath), at: 1)
    for number in 1...records {
      let body = """
        "execution_id":"0198a1b2-\(number)","player_id":"player-\(number % 7)","status":"COMPLETED",\
        "actions":[{"type":"GrantBonus","parameters":{"amount":\(number),"currency":"EUR"}}]
        """
      _ = try log.append(body: Array(body.utf8)[...], recordID: nil, at: UInt64(number))
    }
    try log.seal(at: UInt64(records + 1))
    key = try AuditPublicKey(path: keyPath + ".pub")
    bytes = try [UInt8](Data(contentsOf: folder.appending(path: "audit/000001.jsonl")))
    var lines: [Range<Int>] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      lines.append(start..<end + 1)
      start = end + 1
    }
    self.lines = lines
  }

  func verify(_ bytes: some Sequence<UInt8>, withCheckpoints: Bool = false) throws -> AuditVerdict {
    try Data(bytes).write(to: segment)
    return try AuditVerifier.verify(
      directory: directory, publicKey: key, checkpoints: withCheckpoints ? checkpoints : nil)
  }

  private func line(of offset: Int) -> Int {
    (lines.firstIndex { $0.contains(offset) } ?? lines.count) + 1
  }

  private func count(
    _ verdict: AuditVerdict, at line: Int, within distance: Int = 1, into count: inout Count
  ) {
    count.tried += 1
    count.found += verdict.isSound ? 0 : 1
    let findings = verdict.integrity + verdict.missing
    count.placed += findings.contains { abs($0.line - line) <= distance && $0.segment == 1 } ? 1 : 0
  }

  /// Each byte changed, the line named exactly; a changed line break joins two lines and may be found at either.
  func changedBytes(stride step: Int = 1, _ change: (UInt8) -> UInt8) throws -> Count {
    var result = Count()
    var changed = bytes
    for offset in stride(from: 0, to: bytes.count, by: step) {
      let byte = change(bytes[offset])
      guard byte != bytes[offset] else { continue }
      changed[offset] = byte
      let distance = bytes[offset] == 0x0A || byte == 0x0A ? 1 : 0
      count(try verify(changed), at: line(of: offset), within: distance, into: &result)
      changed[offset] = bytes[offset]
    }
    return result
  }

  private func joined(_ lines: [Range<Int>]) -> [UInt8] { lines.flatMap { bytes[$0] } }

  /// Each line taken out, the opening and the seal too; the seal is missed by its checkpoint.
  func removedLines() throws -> Count {
    var result = Count()
    for index in lines.indices {
      var left = lines
      left.remove(at: index)
      let isSeal = index == lines.count - 1
      count(try verify(joined(left), withCheckpoints: isSeal), at: index + 1, into: &result)
    }
    return result
  }

  /// Each two neighbours the other way round.
  func swappedLines() throws -> Count {
    var result = Count()
    for index in lines.indices.dropLast() {
      var swapped = lines
      swapped.swapAt(index, index + 1)
      count(try verify(joined(swapped)), at: index + 1, into: &result)
    }
    return result
  }

  /// At each place a copy of the record before, and a forged record that chains as it should.
  func insertedRecords() throws -> Count {
    var result = Count()
    for index in 1..<lines.count {
      var doubled = lines
      doubled.insert(lines[index == 1 ? 1 : index - 1], at: index)
      count(try verify(joined(doubled)), at: index + 1, into: &result)
      let previous = digits(bytes[lines[index - 1]].dropLast())
      let forged =
        #"{"sequence":\#(index),"record_id":null,"previous":"\#(previous)","status":"COMPLETED"}"#
        + "\n"
      let text =
        bytes[..<lines[index].lowerBound] + Array(forged.utf8) + bytes[lines[index].lowerBound...]
      count(try verify(text), at: index + 1, into: &result)
    }
    return result
  }

  /// The file ended behind each line, and in the middle of each, given the checkpoints.
  func cutTails() throws -> Count {
    var result = Count()
    for (index, line) in lines.enumerated() {
      count(
        try verify(bytes[..<line.lowerBound], withCheckpoints: true), at: index + 1, into: &result)
      let middle = (line.lowerBound + line.upperBound) / 2
      count(try verify(bytes[..<middle], withCheckpoints: true), at: index + 1, into: &result)
    }
    return result
  }

  /// A record changed and every hash behind it made right again, the seal's too, but for the signature; from each record.
  func rewrittenSegments(stride step: Int = 1) throws -> Count {
    var result = Count()
    for index in stride(from: 1, to: lines.count - 1, by: step) {
      var text = Array(bytes[..<lines[index].lowerBound])
      var line = Array(bytes[lines[index]].dropLast())
      line[line.count - 2] = UInt8(ascii: "]")
      line.insert(contentsOf: Array(#" "#.utf8), at: line.count - 1)
      for next in index..<lines.count {
        text += line
        text.append(0x0A)
        guard next + 1 < lines.count else { break }
        let hash = digits(line[...])
        line = Array(bytes[lines[next + 1]].dropLast())
        guard let place = firstIndex(of: #""previous":""#, in: line) else { continue }
        line.replaceSubrange(place..<place + 64, with: hash.utf8)
      }
      // Without the key, the seal is where it is found.
      count(try verify(text), at: lines.count, within: 0, into: &result)
    }
    return result
  }

  private func digits(_ line: ArraySlice<UInt8>) -> String {
    let digest = SHA256.digest(of: line.span.bytes)
    return Hexadecimal.text(digest.span)
  }

  private func firstIndex(of text: String, in line: [UInt8]) -> Int? {
    let wanted = Array(text.utf8)
    return line.indices.first { line[$0...].starts(with: wanted) }.map { $0 + wanted.count }
  }
}
