import Testing

@testable import SmartFlowDaemon

@Suite struct `What is taken into the audit at once` {
  @Test func `grows while something is left behind, up to a bound, and is little again at the end`()
  {
    var pace = IntakePace()
    var sizes = [pace.bytesPerPass]
    for _ in 0..<1000 {
      pace.note(hasMore: true)
      if pace.bytesPerPass != sizes.last { sizes.append(pace.bytesPerPass) }
    }
    #expect(sizes == [1, 2, 4, 8, 16].map { $0 << 16 })
    pace.note(hasMore: false)
    #expect(pace.bytesPerPass == 1 << 16)
  }

  @Test func `stays little where nothing is left behind for long`() {
    var pace = IntakePace()
    for _ in 0..<10 {
      for _ in 0..<63 { pace.note(hasMore: true) }
      pace.note(hasMore: false)
    }
    #expect(pace.bytesPerPass == 1 << 16)
  }
}
