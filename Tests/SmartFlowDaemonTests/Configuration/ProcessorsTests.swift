import Foundation
import TestSupport
import Testing

@testable import SmartFlowDaemon

@Suite struct `Processors that a daemon may use` {
  @Test func `are one at least, and no more than there are`() {
    #expect((1...ProcessInfo.processInfo.processorCount).contains(Processors.available()))
  }

  @Test(
    arguments: [
      ("200000 100000\n", 2), ("150000 100000\n", 2), ("10000 100000\n", 1), ("max 100000\n", nil),
      ("", nil), ("0 100000", nil), ("100000", nil), ("100000 0", nil), ("1 2 3", nil),
      ("-1 100000", nil), ("9223372036854775807 1", Int.max),
    ] as [(String, Int?)])
  func `are as many as their group pays for, rounded up`(text: String, count: Int?) {
    #expect(Processors.quota(inText: text) == count)
  }

  @Test(arguments: [
    ("0::/\n", ["/sys/fs/cgroup"]),
    (
      "12:cpu:/old\n0::/a/b.slice\n",
      ["/sys/fs/cgroup", "/sys/fs/cgroup/a", "/sys/fs/cgroup/a/b.slice"]
    ),
    ("12:cpu:/old\n", []), ("", []),
  ])
  func `are paid for by their group and those around it`(text: String, folders: [String]) {
    #expect(Processors.folders(inText: text) == folders)
  }
}
