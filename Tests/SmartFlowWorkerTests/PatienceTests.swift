import Testing

@testable import SmartFlowWorker

@Suite struct `The patience with a client` {
  private func failure(_ patience: Patience, _ now: UInt64) -> Patience.Failure? {
    patience.failure(now: now, frameTimeout: 100, unreadTimeout: 200)
  }

  @Test func `has no end between two frames`() {
    var patience = Patience()
    #expect(failure(patience, .max) == nil)
    patience.noteFrame(isInsideFrame: true, framesTaken: 0, now: 10)
    patience.noteFrame(isInsideFrame: false, framesTaken: 1, now: 20)
    #expect(failure(patience, .max) == nil)
  }

  @Test func `with a frame begins at its first byte, whatever comes after it`() {
    var patience = Patience()
    for now in stride(from: UInt64(10), through: 100, by: 9) {
      patience.noteFrame(isInsideFrame: true, framesTaken: 0, now: now)
    }
    #expect(patience.frameBegan == 10)
    #expect(failure(patience, 110) == nil)
    #expect(failure(patience, 111) == .halfFrame)
  }

  @Test func `begins anew with each frame`() {
    var patience = Patience()
    for frame in 0..<50 {
      let now = UInt64(10 + 90 * frame)
      patience.noteFrame(isInsideFrame: true, framesTaken: UInt64(frame), now: now)
      #expect(failure(patience, now + 90) == nil)
    }
  }

  @Test func `does not run while it is us who do not read`() {
    var patience = Patience()
    patience.resumeReading(now: 5)
    #expect(patience.frameBegan == nil)
    patience.noteFrame(isInsideFrame: true, framesTaken: 0, now: 10)
    patience.resumeReading(now: 500)
    #expect(failure(patience, 600) == nil)
    #expect(failure(patience, 601) == .halfFrame)
  }

  @Test func `with answers begins when one is left over, and ends when all are taken`() {
    var patience = Patience()
    patience.noteAnswers(taken: 1000, unsent: 0, now: 10)
    #expect(failure(patience, .max) == nil)
    patience.noteAnswers(taken: 0, unsent: 5, now: 20)
    #expect(failure(patience, 220) == nil)
    #expect(failure(patience, 221) == .unread)
    patience.noteAnswers(taken: 5, unsent: 0, now: 221)
    #expect(failure(patience, .max) == nil)
  }

  @Test func `with answers is renewed by reading, not by a byte now and then`() {
    var patience = Patience()
    patience.noteAnswers(taken: 0, unsent: 1 << 20, now: 0)
    for now in UInt64(1)...199 { patience.noteAnswers(taken: 1, unsent: 1 << 19, now: now) }
    #expect(failure(patience, 201) == .unread)
    patience.noteAnswers(taken: Limits.unsentProgressBytes, unsent: 1 << 18, now: 202)
    #expect(failure(patience, 402) == nil)
    #expect(failure(patience, 403) == .unread)
  }
}
