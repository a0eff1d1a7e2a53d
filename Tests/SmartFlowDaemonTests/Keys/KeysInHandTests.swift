import Storage
import TestSupport
import Testing
import UnixSocket
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `Idempotency keys in an upgrade` {
  private let bench: KeyBench
  private let first: KeyBench.Worker
  private let second: KeyBench.Worker

  init() throws {
    bench = try KeyBench()
    first = try bench.worker(index: 0)
    second = try bench.worker(index: 1)
  }

  @Test func `stay with who has them, and who waits gets the answer`() throws {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7, request: 5) == nil)
    #expect(try bench.upgrade().entries.count == 2)
    #expect(try bench.ask(second, 7, request: 6) == nil)
    try bench.say(first, .recorded, 7, answer: [3])
    let told = try (0..<2).map { _ in try #require(try second.next()) }
    #expect(told.map(\.request).sorted() == [5, 6])
    #expect(told.allSatisfy { $0.kind == .replayed && $0.answer == [3] })
  }

  @Test func `are given back to the next release`() throws {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7, request: 5) == nil)
    try bench.upgrade()
    try bench.say(first, .released, 7)
    #expect(try second.next()?.kind == .granted)
  }

  @Test func `are heard of by the next release where this one did not hear`() throws {
    #expect(try bench.ask(first, 7) == .granted)
    for number in 0..<ServiceLimits.packetsPerPass + 1 {
      try bench.whisper(first, .claim, UInt64(100 + number), request: UInt64(number))
    }
    try bench.whisper(first, .recorded, 7, answer: [3])
    try bench.upgrade()
    #expect(try bench.ask(second, 7) == .replayed)
  }

  @Test func `are free, or answered, where their worker is gone, since its journal was read`()
    throws
  {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7, request: 5) == nil)
    first.end()
    bench.work()
    try bench.upgrade()
    let told = try #require(try second.next())
    #expect(told.kind == .granted && told.request == 5)
  }

  @Test func `stay taken where their worker ends behind the upgrade, until its journal was read`()
    throws
  {
    #expect(try bench.ask(first, 7) == .granted)
    #expect(try bench.ask(second, 7, request: 5) == nil)
    try bench.upgrade()
    first.end()
    bench.work()
    #expect(try second.next() == nil)
    let generation = try #require(bench.service.claims[KeyBench.digest(7)]?.generation)
    bench.work(settled: [generation])
    #expect(try second.next()?.kind == .granted)
  }

  @Test func `have their answers, though the store did not have them`() throws {
    let inherited = KeysInHand([
      KeysInHand.Entry(workerIndex: 0, message: KeyBench.message(.recorded, 7, answer: [3]))
    ])
    let service = try KeyService(bench.keys, inherited: inherited)
    _ = service.work(settled: [], ending: nil)
    #expect(try bench.ask(second, 7) == .replayed)
  }

  @Test func `leave nothing to tell where there are none`() throws {
    #expect(try bench.upgrade().entries.isEmpty)
    #expect(try KeysInHand().leave() == nil)
  }

  @Test func `are read as they were written, and refused when cut or changed`() throws {
    let keys = KeysInHand([
      KeysInHand.Entry(workerIndex: 3, message: KeyBench.message(.granted, 7)),
      KeysInHand.Entry(workerIndex: 63, message: KeyBench.message(.claim, 8, request: .max)),
      KeysInHand.Entry(workerIndex: 0, message: KeyBench.message(.recorded, 9, answer: [1, 2])),
    ])
    let bytes = keys.bytes
    #expect(try KeysInHand(parsing: bytes) == keys)
    let whole =
      [0, keys.bytes.count] + (1...2).map { KeysInHand(Array(keys.entries[..<$0])).bytes.count }
    for count in bytes.indices where !whole.contains(count) {
      #expect(throws: KeysInHand.Failure.self) { try KeysInHand(parsing: Array(bytes[..<count])) }
    }
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0xFF
      #expect((try? KeysInHand(parsing: changed)) != keys)
    }
  }

  @Test func `are not handed on where they are more than anybody would take up`() throws {
    let answer = [UInt8](repeating: 0, count: KeyMessage.answerBytes)
    let entries = (0..<1025).map {
      KeysInHand.Entry(
        workerIndex: 0, message: KeyBench.message(.recorded, UInt64($0), answer: answer))
    }
    let failure = #expect(throws: KeysInHand.Failure.self) { try KeysInHand(entries).leave() }
    #expect(failure?.description.contains("see why their store can't be written") == true)
  }
}
