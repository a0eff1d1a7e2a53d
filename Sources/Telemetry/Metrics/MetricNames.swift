/// The names behind the numbers in which counters lie in memory.
public struct MetricNames: Equatable, Sendable {
  /// The methods, in the order of their numbers.
  public let methods: [String]
  /// The types of actions, in the order of their numbers.
  public let actionTypes: [String]
  /// Tells memory that was laid out for these names from any other's; never 0.
  public let fingerprint: UInt64

  /// What stands for a method, or a type, that has no number.
  static let other = "_OTHER"

  /// Takes the names; those beyond what there is room for are counted together.
  public init(methods: [String], actionTypes: [String]) {
    self.methods = Array(methods.prefix(MetricsLayout.methodSlots - 1))
    self.actionTypes = Array(actionTypes.prefix(MetricsLayout.actionSlots - 1))
    // FNV-1a, over what the layout depends on.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
    }
    mix("\(MetricsLayout.revision).\(MetricsLayout.wordCount)")
    for name in self.methods { mix(name) }
    mix("")
    for name in self.actionTypes { mix(name) }
    fingerprint = max(1, hash)
  }

  /// The number of a method, whose place in the list is given.
  public func methodSlot(_ index: Int) -> Int { index < methods.count ? index + 1 : 0 }

  /// The number of a type of actions; compares texts, and allocates nothing.
  public func actionSlot(_ type: String) -> Int {
    for index in actionTypes.indices where actionTypes[index] == type { return index + 1 }
    return 0
  }

  func method(_ slot: Int) -> String { slot == 0 ? Self.other : methods[slot - 1] }
  func actionType(_ slot: Int) -> String { slot == 0 ? Self.other : actionTypes[slot - 1] }
}
