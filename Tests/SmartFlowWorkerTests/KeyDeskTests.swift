import Testing
import UnixSocket
import WorkerLink

@testable import SmartFlowWorker

/// A call that waits, and does nothing else.
private final class Waiting: KeyedCall {
  let deadline: UInt64
  let isBatch: Bool
  let connection: Connection? = nil

  init(deadline: UInt64 = .max, isBatch: Bool = false) {
    self.deadline = deadline
    self.isBatch = isBatch
  }

  func take(_ verdict: KeyVerdict, in worker: Worker) {}
  func runSlice(until end: UInt64, in worker: Worker) -> Bool { true }
  func expire(now: UInt64, in worker: Worker) {}
  func cutShort(in worker: Worker) {}
  func abandon(in worker: Worker) {}
}

@Suite struct `A worker's desk for idempotency keys` {
  private static func key(_ number: UInt64) -> ClaimedKey {
    ClaimedKey(key: Digest(words: (number, 0, 0, 0)), asked: Digest(words: (1, 0, 0, 0)))
  }

  private static func released(_ number: UInt64) -> KeyMessage {
    let key = key(number)
    return KeyMessage(.released, request: 0, key: key.key, asked: key.asked)
  }

  /// What the keeper hears, until there is no more.
  private static func heard(by keeper: borrowing Descriptor) throws -> [KeyMessage] {
    var packet = [UInt8](repeating: 0, count: KeyMessage.byteCount + 1)
    var messages: [KeyMessage] = []
    while case .packet(let count, _) = keeper.receivePacket(into: &packet) {
      let message = KeyMessage(parsing: packet[..<count])
      messages.append(try #require(message))
    }
    return messages
  }

  @Test func `tells what the full channel did not take, later and in its order, before it asks`()
    throws
  {
    let pair = try Descriptor.pair(packets: true)
    try pair.first.setNonBlocking()
    try pair.second.setNonBlocking()
    let keeper = try pair.second.duplicate()
    var desk = KeyDesk(try pair.first.duplicate())
    let all: UInt64 = 2000
    for number in 0..<all { desk.tell(Self.released(number)) }
    let hasOutbox = desk.hasOutbox
    #expect(hasOutbox)
    // Not even where there is room by now: what it knows of other keys comes first.
    var heard = try Self.heard(by: keeper)
    let isAsked = desk.claim(Self.key(all), for: Waiting())
    #expect(!isAsked)
    let parked = desk.count
    #expect(parked == 0)
    while desk.hasOutbox {
      desk.sendOutbox()
      heard += try Self.heard(by: keeper)
    }
    #expect(heard == (0..<all).map(Self.released))
    let isAskedNow = desk.claim(Self.key(all), for: Waiting())
    #expect(isAskedNow)
    #expect(try Self.heard(by: keeper).map(\.kind) == [.claim])
  }

  @Test func `knows who must be answered first, whoever is answered before`() throws {
    let pair = try Descriptor.pair(packets: true)
    try pair.first.setNonBlocking()
    var desk = KeyDesk(try pair.first.duplicate())
    for (number, deadline) in [50, 10, 30].enumerated() as EnumeratedSequence<[UInt64]> {
      let isAsked = desk.claim(
        Self.key(UInt64(number)), for: Waiting(deadline: deadline, isBatch: number == 1))
      #expect(isAsked)
    }
    var facts = (desk.nearestDeadline, desk.batches, desk.count)
    #expect(facts == (10, 1, 3))
    let first = desk.remove(2)
    #expect(first?.deadline == 10)
    let again = desk.remove(2)
    #expect(again == nil)
    facts = (desk.nearestDeadline, desk.batches, desk.count)
    #expect(facts == (30, 0, 2))
    let expired = desk.takeAll { $0.deadline <= 30 }.map(\.deadline)
    #expect(expired == [30])
    facts = (desk.nearestDeadline, desk.batches, desk.count)
    #expect(facts == (50, 0, 1))
  }

  @Test func `asks nobody once the keeper is gone`() throws {
    let pair = try Descriptor.pair(packets: true)
    try pair.first.setNonBlocking()
    var desk = KeyDesk(try pair.first.duplicate())
    desk.close()
    desk.tell(Self.released(1))
    let isAsked = desk.claim(Self.key(1), for: Waiting())
    #expect(!isAsked)
    let hasOutbox = desk.hasOutbox
    #expect(!hasOutbox)
  }
}
