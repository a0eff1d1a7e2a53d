import CAllocations
import Glibc

/// Work that is repeated in rounds, beside the same number of native decisions.
struct Work {
  let name: String
  /// What it is a ratio to besides the native decision: another's name.
  var base: String?
  /// How often one pass does it.
  let count: Int
  /// Does it so often, and says how long that took, in nanoseconds.
  let pass: () throws(Failure) -> Double
}

/// What came of one piece of work.
struct Measurement {
  let name: String
  /// Median over the rounds, for each time.
  let nanoseconds: Double
  /// Median of the rounds' ratios to the native decision.
  let ratioToNative: Double
  let ratioToBase: Double?
  let base: String?
  /// Calls of an allocator in the last round, for each time.
  let allocations: Double

  /// Measures all in turns.
  static func all(
    _ works: [Work], native: Work, rounds: Int
  ) throws(Failure) -> [Measurement] {
    var times: [[Double]] = works.map { _ in [] }
    var natives: [Double] = []
    var allocations = works.map { _ in 0.0 }
    // What is built once is built before.
    for work in works { _ = try work.pass() }
    for round in 0..<rounds {
      natives.append(try native.pass() / Double(native.count))
      // Who begins changes with each round, so that none always finds the cooler machine.
      for turn in works.indices {
        let index = round % 2 == 0 ? turn : works.count - 1 - turn
        let before = allocation_count()
        let time = try works[index].pass()
        allocations[index] =
          Double(allocation_count() - before) / Double(works[index].count)
        times[index].append(time / Double(works[index].count))
      }
    }
    return works.indices.map { index in
      let base = works[index].base.flatMap { name in works.firstIndex { $0.name == name } }
      return Measurement(
        name: works[index].name, nanoseconds: median(times[index]),
        ratioToNative: median(zip(times[index], natives).map { $0 / $1 }),
        ratioToBase: base.map { median(zip(times[index], times[$0]).map { $0 / $1 }) },
        base: works[index].base, allocations: allocations[index])
    }
  }

  private static func median(_ values: [Double]) -> Double {
    values.sorted()[values.count / 2]
  }
}

/// The time of a thread's own work, or of all.
enum Clock {
  /// How long a body takes, in nanoseconds.
  static func nanoseconds(_ body: () throws(Failure) -> Void) throws(Failure) -> Double {
    let before = now(CLOCK_MONOTONIC)
    try body()
    return now(CLOCK_MONOTONIC) - before
  }

  static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }
}

/// Why nothing is measured.
struct Failure: Error {
  var message: String
}
