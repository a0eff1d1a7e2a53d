import Testing

@testable import SmartFlowWorker

@Suite struct `Looking out for events` {
  @Test func `is for turns of several calls of one connection`() {
    let few = Limits.lookoutCalls
    let turns: [(calls: UInt64, events: Int)] = [(0, 1), (few - 1, 1), (64, 64), (64, 0)]
    var lookout = Lookout()
    for (calls, events) in turns {
      let isDue = lookout.isDue(afterCalls: calls, of: events)
      #expect(!isDue, "\(calls) calls of \(events) events")
    }
    for (calls, events) in [(few, 1), (4 * few, 4)] {
      let isDue = lookout.isDue(afterCalls: calls, of: events)
      #expect(isDue, "\(calls) calls of \(events) events")
    }
  }

  @Test func `goes on as long as something comes`() {
    var lookout = Lookout()
    for _ in 0..<100 {
      let isDue = lookout.isDue(afterCalls: 16, of: 1)
      #expect(isDue)
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
    // Bounded by the longest pause.
    for _ in 0...Limits.lookoutPause where lookout.isDue(afterCalls: 16, of: 1) { break }
    lookout.note(hasFound: true)
    let isDue = lookout.isDue(afterCalls: 16, of: 1)
    #expect(isDue)
  }
}
