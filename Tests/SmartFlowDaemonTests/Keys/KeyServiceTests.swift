import Journal
import Storage
import TestSupport
import Testing
import UnixSocket
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `The service of idempotency keys` {
  private let bench: KeyBench
  private let first: KeyBench.Worker
  private let second: KeyBench.Worker

  init() throws {
    bench = try KeyBench()
    first = try bench.worker(index: 0)
    second = try bench.worker(index: 1)
  }

  @Test func `gives a key to one, and its answer to all others`() throws {
    #expect(try bench.ask(first, 7, request: 3) == .granted)
    #expect(try bench.ask(second, 7, request: 5) == nil)
    #expect(try bench.ask(first, 7, request: 4) == nil)
    try bench.say(first, .recorded, 7, answer: [1, 2])
    let told = try [second, first].map { try #require(try $0.next()) }
    #expect(told.map(\.kind) == [.replayed, .replayed])
    #expect(told.map(\.request) == [5, 4])
    #expect(told.allSatisfy { $0.answer == [1, 2] })
    try bench.say(second, .claim, 7, request: 6)
    #expect(try second.next()?.answer == [1, 2])
  }

  @Test func `gives a key that is given back to who waits longest`() throws {
    #expect(try bench.ask(first, 7, request: 1) == .granted)
    #expect(try bench.ask(second, 7, request: 5) == nil)
    #expect(try bench.ask(second, 7, request: 6) == nil)
    try bench.say(first, .released, 7)
    let told = try #require(try second.next())
    #expect(told.kind == .granted && told.request == 5)
    #expect(try second.next() == nil)
  }

  @Test func `hears nothing of a key from who does not have it`() throws {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7) == nil)
    try bench.say(second, .released, 7)
    #expect(try second.next() == nil)
    #expect(bench.service.claims[KeyBench.digest(7)]?.generation == first.generation)
  }

  @Test func `refuses a key for something else, whether it is taken, answered or remembered`()
    throws
  {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7, asked: 2) == .reused)
    try bench.say(first, .recorded, 7, answer: [1])
    #expect(bench.service.unstored.isEmpty)
    #expect(try bench.ask(second, 7, asked: 2) == .reused)
  }

  @Test func `passes over who is gone`() throws {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7) == nil)
    let third = try bench.worker(index: 2)
    #expect(try bench.ask(third, 7, request: 9) == nil)
    second.end()
    bench.work()
    try bench.say(first, .released, 7)
    #expect(try third.next()?.kind == .granted)
  }

  @Test func `keeps the key of an ended worker until its journal was read, and gives it on then`()
    throws
  {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7, request: 5) == nil)
    first.end()
    bench.work()
    #expect(try second.next() == nil)
    bench.work(settled: [first.generation])
    let told = try #require(try second.next())
    #expect(told.kind == .granted && told.request == 5)
  }

  @Test func `gives the answer that an ended worker's journal had`() throws {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7, request: 5) == nil)
    first.end()
    bench.work()
    try bench.keys.remember(
      [
        KeyedAnswer(
          key: KeyBench.digest(7).bytes, request: KeyBench.digest(1).bytes,
          microseconds: SystemClock.microsecondsSince1970, answer: [4])
      ], at: SystemClock.microsecondsSince1970)
    bench.work(settled: [first.generation])
    let told = try #require(try second.next())
    #expect(told.kind == .replayed && told.request == 5 && told.answer == [4])
  }

  @Test func `hears what an ended worker has said last, though its journal was read before`()
    throws
  {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7) == nil)
    try bench.whisper(first, .recorded, 7, answer: [8])
    first.end()
    bench.work(settled: [first.generation])
    #expect(try second.next()?.answer == [8])
  }

  @Test func `gives a key on that its worker does not take off a full channel`() throws {
    let longest = [UInt8](repeating: 1, count: KeyMessage.answerBytes)
    for number in 0..<16 {
      #expect(try bench.ask(second, UInt64(number)) == .granted)
      try bench.say(second, .recorded, UInt64(number), answer: longest)
    }
    #expect(try bench.ask(second, 99) == .granted)
    try bench.say(first, .claim, 99, request: 50)
    #expect(try bench.ask(second, 99, request: 51) == nil)
    // Answers that the first one does not read, until there is no room for the key.
    for number in 0..<16 { try bench.say(first, .claim, UInt64(number)) }
    try bench.say(second, .released, 99)
    let told = try #require(try second.next())
    #expect(told.kind == .granted && told.request == 51)
    var kinds: [KeyMessage.Kind] = []
    while let message = try first.next() { kinds.append(message.kind) }
    #expect(!kinds.isEmpty && kinds.count < 16 && kinds.allSatisfy { $0 == .replayed })
  }

  @Test func `lets so many wait for one key, and turns the others away`() throws {
    #expect(try bench.ask(first, 7) == .granted)
    for request in 0..<ServiceLimits.waitersOfKey {
      #expect(try bench.ask(second, 7, request: UInt64(request)) == nil)
    }
    #expect(try bench.ask(second, 7, request: 9999) == .unavailable)
  }

  @Test func `tells of a message that it does not understand`() throws {
    try bench.say(first, .granted, 7)
    let notices = bench.service.takeNotices()
    #expect(notices.map(\.event) == ["key_message_refused"])
  }
}
