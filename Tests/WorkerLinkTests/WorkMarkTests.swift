import TestSupport
import Testing
import UnixSocket

@testable import WorkerLink

@Suite struct `A digest` {
  private static let bytes = [32 of UInt8] { UInt8($0 * 7 + 1) }

  @Test func `is the same bytes however it is given`() throws {
    let digest = Digest(Self.bytes)
    let bytes = (0..<32).map { Self.bytes[$0] }
    #expect(digest.bytes == bytes)
    #expect(Digest(parsing: bytes) == digest)
    #expect(Digest(parsing: bytes[...]) == digest)
    #expect(Set([digest, Digest(parsing: bytes)]).count == 1)
    #expect(digest.text.hasPrefix("01080f16"))
    #expect(digest.text.count == 64)
    #expect(Digest(words: (0, 0, 0, 0)) != digest)
  }

  @Test(arguments: [0, 1, 31, 33, 64])
  func `has 32 bytes`(count: Int) {
    #expect(Digest(parsing: [UInt8](repeating: 1, count: count)) == nil)
  }
}

/// A page behind a reference, since an expectation takes no value that can't be copied.
private final class Page {
  let page: WorkerPage

  init() throws { page = try WorkerPage() }

  var sight: WorkSight { page.sight }
  var unansweredRequests: UInt64 { page.unansweredRequests }
  var counters: WorkerCounters {
    get { page.counters }
    set { page.counters = newValue }
  }

  subscript(word: Int) -> UInt64 {
    get { page.words[word] }
    set { page.words[word] = newValue }
  }
}

@Suite struct `What a worker has in hand` {
  private let page: Page
  private static let digest = [32 of UInt8] { UInt8($0 * 3 + 100) }
  private static let tree = TreeFingerprint(.tree, Digest(digest))
  private static let execution: [16 of UInt8] = [
    0x01, 0x89, 0x0A, 0x5D, 0xAC, 0x96, 0x77, 0x4B, 0xBC, 0xCE, 0xB3, 0x02, 0x09, 0x9A, 0x80, 0x57,
  ]

  init() throws { page = try Page() }

  @Test func `is nothing before it has begun, and while it waits`() {
    #expect(page.sight == WorkSight(turn: 0, sequence: 0))
    #expect(!page.sight.isBusy)
    var marker = WorkMarker()
    marker.beginTurn(on: page.page)
    #expect(page.sight.isBusy)
    #expect(page.sight.mark == nil)
    marker.endTurn(requestsInFlight: 0, on: page.page)
    #expect(!page.sight.isBusy)
    let turn = page.sight.turn
    marker.beginTurn(on: page.page)
    #expect(page.sight.turn > turn)
  }

  @Test func `is seen from its first phase to its last`() throws {
    var marker = WorkMarker()
    marker.beginTurn(on: page.page)
    marker.begin(deadline: 77, streamID: .max)
    #expect(page.sight.mark == nil)

    marker.enter(.decoding, allowanceNanoseconds: 5, on: page.page)
    var expected = WorkMark(.decoding, deadline: 77, streamID: .max)
    expected.allowanceNanoseconds = 5
    #expect(page.sight.mark == expected)

    let source = TreeFingerprint(.source, Self.tree.digest)
    marker.name(.source, Self.digest)
    marker.enter(.compiling, on: page.page)
    expected = WorkMark(.compiling, deadline: 77, streamID: .max)
    expected.tree = source
    #expect(page.sight.mark == expected)

    marker.name(.tree, Self.digest, execution: Self.execution)
    marker.enter(.executing, on: page.page)
    expected.phase = .executing
    expected.tree = Self.tree
    expected.execution = ExecutionNumber(Self.execution)
    #expect(page.sight.mark == expected)
    #expect(page.sight.mark?.execution?.text == "01890a5d-ac96-774b-bcce-b302099a8057")

    marker.enter(.answering, allowanceNanoseconds: 9, on: page.page)
    expected.phase = .answering
    expected.allowanceNanoseconds = 9
    #expect(page.sight.mark == expected)

    marker.end(on: page.page)
    #expect(page.sight.mark == nil)
    #expect(page.sight.isBusy)
  }

  @Test func `is another call's the next time, with nothing left of the last one's`() {
    var marker = WorkMarker()
    marker.begin(deadline: 1, streamID: 1)
    marker.name(.tree, Self.digest, execution: Self.execution)
    marker.enter(.executing, on: page.page)
    let before = page.sight.sequence
    marker.begin(deadline: 2, streamID: 3)
    marker.enter(.decoding, on: page.page)
    #expect(page.sight.mark == WorkMark(.decoding, deadline: 2, streamID: 3))
    #expect(page.sight.sequence > before)
  }

  @Test func `counts the requests whose answers have not left`() {
    var marker = WorkMarker()
    marker.beginTurn(on: page.page)
    marker.noteRequest(on: page.page)
    marker.noteRequest(on: page.page)
    #expect(page.unansweredRequests == 2)
    marker.endTurn(requestsInFlight: 1, on: page.page)
    #expect(page.unansweredRequests == 1)
    marker.noteRequest(on: page.page)
    #expect(page.unansweredRequests == 2)
    marker.endTurn(requestsInFlight: 0, on: page.page)
    #expect(page.unansweredRequests == 0)
  }

  @Test func `leaves the counters alone`() {
    var counters = WorkerCounters()
    counters.requests = 5
    page.counters = counters
    var marker = WorkMarker()
    marker.beginTurn(on: page.page)
    marker.name(.tree, Self.digest, execution: Self.execution)
    marker.enter(.executing, allowanceNanoseconds: .max, on: page.page)
    #expect(page.counters == counters)
  }

  @Test func `is taken for something that has no deadline while it is being marked`() {
    var marker = WorkMarker()
    marker.begin(deadline: 1, streamID: 1)
    marker.enter(.executing, on: page.page)
    page[WorkerPage.markWord] |= 1
    #expect(page.sight.mark == nil)
    #expect(page.sight.isBusy)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `may be anything, and is read all the same`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      for word in WorkerPage.turnWord..<WorkerPage.turnWord + 24 {
        page[word] = generator.next() >> UInt64.random(in: 0...63, using: &generator)
      }
      let sight = page.sight
      if sight.sequence & 1 == 1 { #expect(sight.mark == nil) }
      if let mark = sight.mark {
        #expect(mark.deadline == page[WorkerPage.markWord + 1])
        if mark.execution != nil { #expect(mark.tree != nil) }
      }
    }
  }
}
