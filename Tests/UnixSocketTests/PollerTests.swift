import Glibc
import Testing
import UnixSocket

@Suite struct `A poller` {
  /// What a wait that must not wait reports, in order of tokens.
  private func look(_ poller: inout Poller) throws -> [String] {
    let count = try poller.wait(milliseconds: 0)
    return (0..<count).map { index in
      let readiness = poller.readiness(at: index)
      return "\(readiness.token)" + (readiness.isReadable ? " readable" : "")
        + (readiness.isWritable ? " writable" : "") + (readiness.isBroken ? " broken" : "")
    }.sorted()
  }

  @Test func `tells what there is to read until it is read`() throws {
    let pair = try Descriptor.pair()
    var poller = try Poller()
    try poller.add(pair.first, .read, token: UInt64.max)
    #expect(try look(&poller) == [])
    let sent = pair.second.send([1, 2])
    #expect(sent == .bytes(2))
    var buffer: [UInt8] = [0]
    for _ in 0..<2 {
      #expect(try look(&poller) == ["\(UInt64.max) readable"])
      let read = pair.first.read(into: &buffer)
      #expect(read == .bytes(1))
    }
    #expect(try look(&poller) == [])
  }

  @Test func `tells of what it is asked for only`() throws {
    let pair = try Descriptor.pair()
    var poller = try Poller()
    let sent = pair.second.send([1])
    #expect(sent == .bytes(1))
    try poller.add(pair.first, .write, token: 5)
    #expect(try look(&poller) == ["5 writable"])
    try poller.change(pair.first, to: [.read, .write], token: 6)
    #expect(try look(&poller) == ["6 readable writable"])
    try poller.change(pair.first, to: [], token: 7)
    #expect(try look(&poller) == [])
    try poller.remove(pair.first)
    #expect(throws: SystemError(call: "epoll_ctl", code: ENOENT)) { try poller.remove(pair.first) }
  }

  @Test func `tells that the other end is gone, whatever it is asked for`() throws {
    var pair = try Descriptor.pair()
    var poller = try Poller()
    try poller.add(pair.first, [], token: 1)
    pair.second = try Descriptor.pair().first.duplicate()
    #expect(try look(&poller) == ["1 readable broken"])
  }

  @Test func `has its turns for more descriptors than one wait reports`() throws {
    var poller = try Poller()
    let wakes = try (0..<100).map { _ in try Wake() }
    for (index, wake) in wakes.enumerated() {
      try poller.add(wake.wake.descriptor, .read, token: UInt64(index))
      wake.wake.wake()
    }
    var seen: Set<UInt64> = []
    for _ in 0..<2 {
      let count = try poller.wait(milliseconds: 0)
      for index in 0..<count {
        let token = poller.readiness(at: index).token
        seen.insert(token)
        wakes[Int(token)].wake.clear()
      }
    }
    #expect(seen.count == 100)
    #expect(try look(&poller) == [])
  }

  @Test func `is woken from another thread`() throws {
    let wake = try Wake()
    var poller = try Poller()
    try poller.add(wake.wake.descriptor, .read, token: 9)
    try SystemThread.start { wake.wake.wake() }
    #expect(try poller.wait(milliseconds: 60_000) == 1)
    #expect(poller.readiness(at: 0).token == 9)
    wake.wake.wake()
    wake.wake.clear()
    #expect(try look(&poller) == [])
  }

  @Test func `waits no longer than it is told`() throws {
    var poller = try Poller()
    let start = SystemClock.monotonicNanoseconds
    #expect(try poller.wait(milliseconds: 20) == 0)
    #expect(SystemClock.monotonicNanoseconds - start >= 20_000_000)
  }

  /// In an array, which takes no value that can't be copied.
  private final class Wake: Sendable {
    let wake: WakeDescriptor
    init() throws { wake = try WakeDescriptor() }
  }
}

@Suite struct `The system's clocks and random numbers` {
  @Test func `go forward and agree with the C library's`() {
    let first = SystemClock.monotonicNanoseconds
    let wall = SystemClock.wallMicroseconds
    #expect(SystemClock.monotonicNanoseconds >= first)
    #expect(abs(wall / 1_000_000 - Int64(time(nil))) <= 1)
  }

  @Test(arguments: [0, 1, 255, 256, 257, 100_000])
  func `fill a buffer to its last byte`(count: Int) {
    // A byte that stays zero four times over does so once in four thousand million runs of one byte.
    var everFilled = [Bool](repeating: false, count: count)
    for _ in 0..<8 {
      var bytes = [UInt8](repeating: 0, count: count)
      SystemRandom.fill(&bytes)
      for index in 0..<count where bytes[index] != 0 { everFilled[index] = true }
    }
    #expect(everFilled.allSatisfy { $0 })
  }
}
