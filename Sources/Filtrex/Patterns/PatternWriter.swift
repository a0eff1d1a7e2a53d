/// Writes a pattern's syntax as states.
///
/// Every node becomes a block of states: entered at its first, left for the state behind its last. A repeat copies
/// its block, so that writing takes as long as there are states. Recursion follows the nesting of groups, which the
/// parser has bounded.
struct PatternWriter {
  private let syntax: PatternSyntax
  private(set) var states = [PatternState(.mark), PatternState(.mark)]

  /// The states of the node `root`, and the one where it has matched.
  static func states(of root: PatternSyntax.NodeID, in syntax: PatternSyntax) -> [PatternState] {
    var writer = PatternWriter(syntax: syntax)
    writer.states.reserveCapacity(PatternState.first + syntax[root].stateCount + 1)
    writer.write(root)
    writer.states.append(PatternState(.match))
    return writer.states
  }

  private init(syntax: PatternSyntax) { self.syntax = syntax }

  private mutating func write(_ id: PatternSyntax.NodeID) {
    let start = states.count
    switch syntax[id].kind {
    case .nothing: break
    case .scalar(let set): states.append(PatternState(.scalar, set: set, next: start + 1))
    case .place(let place): states.append(PatternState(.place, places: place, next: start + 1))
    case .sequence(let parts): for part in syntax.children[parts] { write(part) }
    case .choice(let branches): writeChoice(syntax.children[branches])
    case .repetition(let child, let least, let most):
      if let most {
        writeRepetition(child, least, most)
      } else {
        writeRepetition(child, least)
      }
    }
  }

  private mutating func writeChoice(_ branches: ArraySlice<PatternSyntax.NodeID>) {
    var blocks: [Range<Int>] = []
    for (index, branch) in zip(branches.indices, branches) {
      let split = states.count
      let isLast = index == branches.endIndex - 1
      if !isLast { states.append(PatternState(.split, next: split + 1)) }
      let start = states.count
      write(branch)
      if !isLast { states[split].other = UInt16(states.count) }
      blocks.append(start..<states.count)
    }
    for block in blocks { redirect(block, from: block.upperBound, to: states.count) }
  }

  /// `least` times or more.
  private mutating func writeRepetition(_ child: PatternSyntax.NodeID, _ least: Int) {
    let start = states.count
    guard least > 0 else {
      states.append(PatternState(.split, next: start + 1))
      write(child)
      redirect(start + 1..<states.count, from: states.count, to: start)
      states[start].other = UInt16(states.count)
      return
    }
    write(child)
    let block = start..<states.count
    for _ in 1..<least { copy(block) }
    let end = states.count
    states.append(PatternState(.split, next: end - block.count, other: end + 1))
  }

  /// `least` times, and then up to `most` times, each of which may be the end.
  private mutating func writeRepetition(
    _ child: PatternSyntax.NodeID, _ least: Int, _ most: Int
  ) {
    var block = states.count..<states.count
    for count in 0..<most {
      let split = states.count
      if count >= least { states.append(PatternState(.split, next: split + 1)) }
      if count == 0 {
        write(child)
        block = states.count - syntax[child].stateCount..<states.count
      } else {
        copy(block)
      }
      if count >= least {
        let left = (most - count - 1) * (block.count + 1)
        states[split].other = UInt16(states.count + left)
      }
    }
  }

  private mutating func copy(_ block: Range<Int>) {
    let distance = states.count - block.lowerBound
    for index in block {
      var state = states[index]
      state.next += UInt16(distance)
      if state.kind == .split { state.other += UInt16(distance) }
      states.append(state)
    }
  }

  /// Lets what leaves the block for `old` leave it for `new`.
  private mutating func redirect(_ block: Range<Int>, from old: Int, to new: Int) {
    for index in block {
      if states[index].next == UInt16(old) { states[index].next = UInt16(new) }
      if states[index].kind == .split, states[index].other == UInt16(old) {
        states[index].other = UInt16(new)
      }
    }
  }
}
