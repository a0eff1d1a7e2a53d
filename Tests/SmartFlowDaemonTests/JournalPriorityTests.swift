import Foundation
import TestSupport
import Testing

@testable import SmartFlowDaemon

@Suite struct `A line for journald` {
  @Test(arguments: [
    ("critical", "<2>"), ("error", "<3>"), ("warning", "<4>"), ("notice", "<5>"), ("info", "<6>"),
    ("debug", "<7>"), ("trace", "<7>"),
  ])
  func `says its weight first`(level: String, mark: String) {
    let line = #"{"time":"2026-11-27T07:19:30.136225Z","level":"\#(level)","event":"ready"}"#
    #expect(String(decoding: JournalPriority.mark(of: line.utf8), as: UTF8.self) == mark)
  }

  @Test(arguments: ["smartflowd: --workers 0 is out of range", "", #"{"event":"level"}"#])
  func `that is no record is an error`(line: String) {
    #expect(JournalPriority.mark(of: line.utf8) == Array("<3>".utf8))
  }

  @Test func `has its mark only where journald reads`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("log")
    try Data().write(to: URL(filePath: path))
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    var status = stat()
    try #require(fstat(file.fileDescriptor, &status) == 0)
    let stream = "\(status.st_dev):\(status.st_ino)"
    #expect(JournalPriority.isRead(file.fileDescriptor, by: stream))
    for other in [nil, "", "8:1", "\(status.st_dev):", "\(stream):1", "a:b"] {
      #expect(!JournalPriority.isRead(file.fileDescriptor, by: other))
    }
    let line = Array(#"{"time":"t","level":"warning","event":"e"}"#.utf8)
    LogOutput(descriptor: file.fileDescriptor, isMarked: true).write(line: line)
    LogOutput(descriptor: file.fileDescriptor).write(line: line)
    let written = try String(contentsOfFile: path, encoding: .utf8)
    let text = String(decoding: line, as: UTF8.self)
    #expect(written == "<4>\(text)\n\(text)\n")
  }
}
