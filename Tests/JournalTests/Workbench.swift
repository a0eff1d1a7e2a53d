import Foundation
import Journal
import TestSupport
import UnixSocket

/// A folder with one journal, and what is done to it.
struct Workbench {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("worker-0.journal")
  }

  /// A journal of these payloads, written in batches of `batch`.
  init(_ payloads: [[UInt8]], batch: Int = 1) throws {
    try self.init()
    var writer = JournalWriter(try JournalFile.create(at: path, Self.header))
    for (index, payload) in payloads.enumerated() {
      try writer.add { $0 += payload }
      if (index + 1).isMultiple(of: batch) { try writer.commit() }
    }
    try writer.commit()
  }

  static let header = JournalHeader(workerIndex: 3, createdMicroseconds: 1_795_514_400_000_000)

  /// Some payloads of a few bytes, with one of 300 among them.
  static var payloads: [[UInt8]] {
    var random = SeededGenerator(seed: 6)
    return (0..<7).map { index in
      (0..<(index == 3 ? 300 : 1 + index * 3)).map { _ in UInt8.random(in: 0...255, using: &random)
      }
    }
  }

  var bytes: [UInt8] {
    get throws { try [UInt8](Data(contentsOf: URL(filePath: path))) }
  }

  func write(_ bytes: some Sequence<UInt8>) throws {
    try Data(bytes).write(to: URL(filePath: path))
  }

  /// The records from the beginning, and the step that was none.
  func read() throws -> (records: [JournalRecord], last: JournalReader.Step) {
    var reader = try JournalReader(path: path)
    var records: [JournalRecord] = []
    while true {
      let step = try reader.next()
      guard case .record(let record) = step else { return (records, step) }
      records.append(record)
    }
  }
}

extension JournalRecord {
  var bytes: [UInt8] { Array(payload) }
}
