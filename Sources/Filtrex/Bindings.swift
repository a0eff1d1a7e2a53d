/// The properties of one context in the slots of a ``PropertyTable``; made once for each execution.
public struct Bindings: Sendable {
  private(set) var slots: [Cell] = []

  /// Bindings to nothing.
  public init() {}

  /// Looks every name of `table` up in `context`.
  ///
  /// A dotted name that is no property of its own is followed as a path: `wallet.cash` is `cash of wallet`.
  public mutating func bind(_ table: PropertyTable, to context: borrowing Context) {
    slots.removeAll(keepingCapacity: true)
    let nothing = Store()
    let memory = Memory(
      constants: nothing.view, context: context.store.view, scratch: nothing.view)
    let names = table.bytes.span
    var start = 0
    for end in table.ends {
      let name = names.extracting(start..<end)
      slots.append(Self.find(name, from: context.root, in: memory) ?? .missing)
      start = end
    }
  }

  /// At each step the whole rest of the path goes before its first part, so that a property called
  /// `wallet.cash` hides the path.
  private static func find(
    _ path: Span<UInt8>, from root: Cell, in memory: borrowing Memory
  ) -> Cell? {
    var current = root
    var start = 0
    while true {
      let rest = path.extracting(start...)
      if let found = memory.property(rest, of: current) { return found }
      var end = start
      while end < path.count, path[end] != UInt8(ascii: ".") { end += 1 }
      guard end < path.count else { return nil }
      guard let next = memory.property(path.extracting(start..<end), of: current) else {
        return nil
      }
      current = next
      start = end + 1
    }
  }
}
