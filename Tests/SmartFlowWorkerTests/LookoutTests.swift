import Testing

@testable import SmartFlowWorker

@Suite struct `Looking out for events` {
  @Test func `is for turns of several calls of one connection`() {
    var lookout = Lookout()
    #expect(!lookout.isDue(afterCalls: 64, of: 64))
    #expect(!lookout.isDue(afterCalls: 64, of: 0))
    #expect(lookout.isDue(afterCalls: 64, of: 4))
    #expect(!lookout.isDue(afterCalls: 0, of: 1))
    #expect(!lookout.isDue(afterCalls: Limits.lookoutCalls - 1, of: 1))
    #expect(lookout.isDue(afterCalls: Limits.lookoutCalls, of: 1))
  }

  @Test func `goes on as long as something comes`() {
    var lookout = Lookout()
    for _ in 0..<100 {
      #expect(lookout.isDue(afterCalls: 16, of: 1))
      lookout.note(hasFound: true)
    }
  }

  @Test func `is done ever less often where nothing comes`() {
    var lookout = Lookout()
    var attempts: [Int] = []
    for turn in 0..<1_000 where lookout.isDue(afterCalls: 16, of: 1) {
      attempts.append(turn)
      lookout.note(hasFound: false)
    }
    #expect(attempts.prefix(8) == [0, 2, 5, 10, 19, 36, 69, 134])
    let pauses = zip(attempts.dropFirst(), attempts).map { $0 - $1 - 1 }
    #expect(pauses.max() == Limits.lookoutPause)
    #expect(Int(Limits.lookoutNanoseconds) / Limits.lookoutPause < 1_000)
  }

  @Test func `is taken up again at once when something has come`() {
    var lookout = Lookout()
    for _ in 0..<1_000 where lookout.isDue(afterCalls: 16, of: 1) { lookout.note(hasFound: false) }
    while !lookout.isDue(afterCalls: 16, of: 1) {}
    lookout.note(hasFound: true)
    #expect(lookout.isDue(afterCalls: 16, of: 1))
  }
}
