import FuzzSupport
import Journal
import UnixSocket

/// What stands behind a journal's header: read, recovered, and read again.
///
/// The first byte says how: 0 as it is, 1 with the first record's checksum made right, so that it is read at all.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    var bytes = input.behind(1).array
    if input.setting(0) & 1 == 1 { rightChecksums(&bytes) }
    do { try read(bytes) } catch { broken("the file can't be used: \(error)") }
  }
}

/// One file for all inputs: it is written anew for each.
private let path: String = {
  var name: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
  SystemRandom.fill(&name)
  return "/dev/shm/smartflow-fuzz-" + name.map { String($0, radix: 16) }.joined()
}()

/// Makes the checksum of every record right whose length fits, by writing it again as a record.
private func rightChecksums(_ bytes: inout [UInt8]) {
  var start = 0
  while start + 8 < bytes.count {
    let length = Int(bytes[start]) | Int(bytes[start + 1]) << 8
    let end = start + 8 + length
    guard bytes[start + 2] == 0, bytes[start + 3] == 0, length > 0, end <= bytes.count else {
      return
    }
    let body = bytes[start..<start + 4] + bytes[start + 8..<end]
    let checksum = CRC32C.checksum(of: body)
    for place in 0..<4 {
      bytes[start + 4 + place] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * place))
    }
    start = end
  }
}

private func read(_ bytes: [UInt8]) throws {
  try Folder.remove(path)
  let file = try JournalFile.create(
    at: path, JournalHeader(workerIndex: 0, createdMicroseconds: 0))
  try file.writeAll(bytes)
  let (before, last) = try records()
  let end = UInt64(JournalHeader.byteCount + bytes.count)
  require(before.allSatisfy { $0.end <= end }, "a record reaches past the end")
  let outcome = try JournalRecovery(recovering: path)
  require(outcome.records >= before.count, "recovery finds fewer records than a reader")
  let (after, lastAfter) = try records()
  require(after == before, "recovery has changed records")
  if outcome.gaps.isEmpty {
    require(lastAfter == .end, "a recovered journal does not end with a record: \(lastAfter)")
    require(outcome.records == before.count, "there are records behind the end")
    require(outcome.cut == nil || last != .end, "something was cut off a whole journal")
  }
  if let cut = outcome.cut { try Folder.remove(cut.copy) }
  let again = try JournalRecovery(recovering: path)
  require(again.cut == nil, "there is something to cut off twice")
  require(again.records == outcome.records, "there are other records")
  // Not why: a damaged record's length may reach past the end now.
  require(
    again.gaps.map(\.damage.offset) == outcome.gaps.map(\.damage.offset)
      && again.gaps.map(\.resumesAt) == outcome.gaps.map(\.resumesAt),
    "damage is elsewhere")
  try Folder.remove(path)
}

private func records() throws -> ([JournalRecord], JournalReader.Step) {
  var reader = try JournalReader(path: path)
  var records: [JournalRecord] = []
  while true {
    let step = try reader.next()
    guard case .record(let record) = step else { return (records, step) }
    records.append(record)
  }
}
