internal import ArgumentParser
internal import Filtrex
internal import SmartFlowMessages

/// An instant as people write it: Unix seconds, or `2026-11-24T10:00:00Z`.
struct Instant: ExpressibleByArgument {
  let unixSeconds: Double

  init?(argument: String) {
    if let seconds = Double(argument), seconds.isFinite {
      unixSeconds = seconds
      return
    }
    // Read by the language itself, so that it means the same here as in a tree.
    let context = Context(.object([Value.Member(name: "t", value: .text(argument))]))
    guard case .value(.number(let seconds)) = Evaluation(of: "time(t)", in: context, now: 0) else {
      return nil
    }
    unixSeconds = seconds
  }

  /// As messages have it; a microsecond is as fine as the worker's clock.
  var timestamp: Timestamp {
    let seconds = unixSeconds.rounded(.down)
    // What is beyond the years that a message can hold is refused by whoever reads it.
    let whole = Int64(exactly: seconds) ?? .max
    return Timestamp(
      seconds: whole, nanoseconds: Int32((unixSeconds - seconds) * 1e6) * 1000)
  }
}
