import TestSupport
import Testing

@testable import SmartFlowWorker

@Suite struct `The run queue` {
  /// Connections that always have work, and what they have had.
  private struct Load {
    var queue = RunQueue()
    var time: [UInt64]
    var turns: [Int] = []

    init(connections: Int) {
      time = Array(repeating: 0, count: connections)
      for slot in 0..<connections {
        queue.enter(slot)
        queue.add(slot)
      }
    }

    mutating func turn(_ cost: (Int) -> UInt64) -> Int? {
      guard let slot = queue.next() else { return nil }
      queue.charge(slot, nanoseconds: cost(slot))
      time[slot] += cost(slot)
      queue.add(slot)
      turns.append(slot)
      return slot
    }
  }

  @Test(arguments: [1, 2, 3, 17, 1024])
  func `gives everybody a turn before anybody has the next, when all are as long`(count: Int) {
    var load = Load(connections: count)
    for round in 0..<5 {
      var had: Set<Int> = []
      for _ in 0..<count { load.turn { _ in 1_000_000 }.map { _ = had.insert($0) } }
      #expect(had.count == count, "round \(round)")
    }
  }

  @Test(arguments: 1...20)
  func `gives nobody more time than others by more than their longest turns`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 2...40, using: &generator)
    let longest = (0..<count).map { _ in UInt64.random(in: 1...2_000_000, using: &generator) }
    var load = Load(connections: count)
    for _ in 0..<3000 {
      let share = UInt64.random(in: 1...100, using: &generator)
      _ = load.turn { longest[$0] * share / 100 }
      let least = load.time.min() ?? 0
      for slot in 0..<count {
        #expect(load.time[slot] <= least + (longest.max() ?? 0))
      }
    }
  }

  @Test(arguments: 1...20)
  func `lets a light call of one that idled wait for no more than a turn of the greedy`(
    seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed)
    let greedy = Int.random(in: 1...64, using: &generator)
    var load = Load(connections: greedy)
    let light = greedy
    load.queue.enter(light)
    var waited: [Int] = []
    for _ in 0..<1000 {
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        _ = load.turn { _ in UInt64.random(in: 900_000...1_100_000, using: &generator) }
      }
      load.queue.add(light)
      var turns = 0
      while let slot = load.queue.next(), slot != light {
        load.queue.charge(slot, nanoseconds: 1_000_000)
        load.queue.add(slot)
        turns += 1
        guard turns < 200 else { break }
      }
      load.queue.charge(light, nanoseconds: 5_000)
      waited.append(turns)
    }
    // Those who have had as little as the light one may be first; there are few.
    #expect(waited.reduce(0, +) < 2 * waited.count, "\(waited.max() ?? 0)")
  }

  @Test func `lets nobody save up time by idling`() {
    var load = Load(connections: 2)
    load.queue.enter(2)
    for _ in 0..<1000 { _ = load.turn { _ in 1_000_000 } }
    load.queue.add(2)
    load.time.append(0)
    let before = load.time
    for _ in 0..<300 { _ = load.turn { _ in 1_000_000 } }
    for slot in 0...2 { #expect((99...101).contains((load.time[slot] - before[slot]) / 1_000_000)) }
  }

  @Test func `makes one wait that has had a long turn, until the others have had as much`() {
    var queue = RunQueue()
    for slot in 0...1 {
      queue.enter(slot)
      queue.add(slot)
    }
    #expect(queue.next() == 0)
    queue.charge(0, nanoseconds: 10_000_000)
    queue.add(0)
    for _ in 0..<10 {
      #expect(queue.next() == 1)
      queue.charge(1, nanoseconds: 1_000_000)
      queue.add(1)
    }
    #expect(queue.next() == 0)
  }

  @Test func `forgets who is gone, and owes whoever comes into the place nothing`() {
    var queue = RunQueue()
    for slot in 0..<100 {
      queue.enter(slot)
      queue.add(slot)
      queue.add(slot)
    }
    #expect(queue.count == 100)
    for slot in stride(from: 0, to: 100, by: 2) { queue.remove(slot) }
    queue.remove(0)
    queue.charge(0, nanoseconds: .max / 2)
    queue.enter(0)
    queue.add(0)
    var seen: [Int] = []
    while let slot = queue.next() { seen.append(slot) }
    #expect(seen == Array(stride(from: 1, to: 100, by: 2)) + [0])
    #expect(queue.isEmpty)
  }
}
