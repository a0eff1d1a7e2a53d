import Testing

@testable import SmartFlowDaemon

@Suite struct `An amount of memory` {
  @Test(arguments: [
    ("512MiB", 512 << 20), ("1GiB", 1 << 30), ("4KiB", 4096), ("0MiB", 0), ("2TiB", 2 << 40),
  ])
  func `is read as people write it`(text: String, byteCount: Int) {
    #expect(SizeText(argument: text)?.byteCount == byteCount)
  }

  @Test(arguments: [
    "", "1", "GiB", "-1GiB", "1.5GiB", "1GB", "1 GiB", "+1GiB", "9999999999TiB",
    "99999999999999999999GiB",
  ])
  func `is nothing else`(text: String) { #expect(SizeText(argument: text) == nil) }

  @Test(arguments: [(1 << 30, "1GiB"), (640 << 20, "640MiB"), (5000, "5000 bytes"), (0, "0 bytes")])
  func `is written in the largest unit that fits`(byteCount: Int, text: String) {
    #expect(SizeText(byteCount: byteCount).description == text)
  }
}
