/// The same decision and the same answer as a programmer would have written them for this one tree.
struct Native {
  private var output: [UInt8] = []
  private let head: [UInt8]
  private let sms: [UInt8]
  private let tail: [UInt8]

  /// - Parameter answer: What the engine answers, of which the parts are taken that are always the same.
  init(answer: [UInt8]) {
    // An execution's ID, its tree's digest, its action and its times: written in three pieces.
    head = Array(answer.prefix(96))
    sms = Array(answer.dropFirst(96).dropLast(24))
    tail = Array(answer.suffix(24))
    output.reserveCapacity(4096)
  }

  /// Decides and writes the answer; gives its last byte, so that nothing is left out.
  @inline(never)
  mutating func decide(_ player: Player) -> UInt8 {
    output.removeAll(keepingCapacity: true)
    output.append(contentsOf: head)
    if player.daysInactive > 5 && player.tier == "Gold" { output.append(contentsOf: sms) }
    output.append(contentsOf: tail)
    return output[output.count - 1]
  }
}
