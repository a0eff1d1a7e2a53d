import Testing
import UnixSocket

@testable import SmartFlowDaemon

@Suite struct `A length of time` {
  @Test(arguments: [
    ("150ms", 150_000_000), ("5s", 5_000_000_000), ("2m", 120_000_000_000), ("7us", 7_000),
    ("9ns", 9), ("0s", 0),
  ])
  func `is read as people write it`(text: String, nanoseconds: UInt64) {
    #expect(TimeText(argument: text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    "", "5", "s", "-1s", "1.5s", "5h", "99999999999999999999s", "90000s", " 5s", "+5s",
  ])
  func `is nothing else`(text: String) { #expect(TimeText(argument: text) == nil) }
}

@Suite struct `The backoff` {
  @Test func `starts one at once that lived, and waits longer for each that dies young`() {
    var backoff = Backoff()
    #expect(backoff.delayNanoseconds(afterLiving: 2_000_000_000) == 0)
    let delays = (0..<12).map { _ in backoff.delayNanoseconds(afterLiving: 1) / 1_000_000 }
    #expect(delays == [0, 10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000, 1000])
    #expect(backoff.delayNanoseconds(afterLiving: 1_000_000_000) == 0)
    #expect(backoff.delayNanoseconds(afterLiving: 1) == 0)
  }
}

@Suite struct `The admin socket` {
  @Test(arguments: [
    ("/run/smartflow/smartflow.sock", "/run/smartflow/admin.sock"),
    ("/tmp/x.sock", "/tmp/x-admin.sock"),
    ("x", "x-admin.sock"), ("", nil),
  ])
  func `lies beside the data socket`(path: String, admin: String?) {
    #expect(Endpoint.adminPath(beside: path) == admin)
  }
}
