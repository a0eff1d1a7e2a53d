import Foundation
import Storage

/// Prints at once, since a run takes its time.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// Tries one kind of attack and prints a row of the table.
func row(_ name: String, _ body: () throws -> AuditAttacks.Count) throws -> Bool {
  let began = Date()
  let count = try body()
  let seconds = Int(Date().timeIntervalSince(began).rounded())
  func cell(_ number: Int) -> String {
    String(repeating: " ", count: max(0, 9 - "\(number)".count)) + "\(number)"
  }
  let title = name + String(repeating: " ", count: max(0, 44 - name.count))
  say(title + cell(count.tried) + cell(count.found) + cell(count.placed) + cell(seconds))
  return count.found == count.tried && count.placed == count.tried
}

let arguments = CommandLine.arguments.dropFirst().map { Int($0) }
guard arguments.count <= 2, arguments.allSatisfy({ $0 ?? 0 > 0 }) else {
  FileHandle.standardError.write(Data("usage: audit-attacks [RECORDS [STRIDE]]\n".utf8))
  exit(64)
}
let records = arguments.first.flatMap { $0 } ?? 1000
let step = arguments.count > 1 ? arguments[1] ?? 1 : 1
// In memory where there is such a place: the same file is written some hundred thousand times.
let base = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
let folder = URL(filePath: base).appending(path: "audit-attacks-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }

let attacks = try AuditAttacks(in: folder, records: records)
say(
  "\(records) records, \(attacks.lines.count) lines, \(attacks.bytes.count) bytes; every \(step == 1 ? "" : "\(step)th ")byte"
)
say("attack                                          tried    found in place  seconds")
var isWhole = try attacks.verify(attacks.bytes, withCheckpoints: true).isSound
if !isWhole { say("the segment as it was written is not sound") }
let rows: [(String, () throws -> AuditAttacks.Count)] = [
  ("a line removed", { try attacks.removedLines() }),
  ("two neighbours swapped", { try attacks.swappedLines() }),
  ("a record repeated, or forged and chained", { try attacks.insertedRecords() }),
  ("the end cut off, given the checkpoint", { try attacks.cutTails() }),
  ("rewritten from a record on, without the key", { try attacks.rewrittenSegments() }),
  ("a byte's lowest bit flipped", { try attacks.changedBytes(stride: step) { $0 ^ 1 } }),
  ("a byte made a line break", { try attacks.changedBytes(stride: step) { _ in 0x0A } }),
  ("a byte set to 0xFF", { try attacks.changedBytes(stride: step) { _ in 0xFF } }),
]
for (name, body) in rows {
  let isFound = try row(name, body)
  isWhole = isWhole && isFound
}
if !isWhole { say("not everything was found") }
try? FileManager.default.removeItem(at: folder)
exit(isWhole ? 0 : 1)
