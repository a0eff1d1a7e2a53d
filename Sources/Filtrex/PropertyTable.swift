/// The properties that the programs of one tree name: property name to slot.
public struct PropertyTable: Sendable {
  /// The names in the order of their slots.
  public private(set) var names: [String] = []
  private var slots: [[UInt8]: Int] = [:]
  /// The names' UTF-8, one after another, and where each ends: binding reads nothing else.
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []

  /// A table without names.
  public init() {}

  /// How many names there are.
  public var count: Int { names.count }

  /// The slot of `name`, a new one if need be, or `nil` when ``Limits/properties`` are taken.
  ///
  /// Keyed by bytes, since Swift would call a composed and a decomposed `é` the same name.
  mutating func slot(of name: String) -> Int? {
    let key = Array(name.utf8)
    if let slot = slots[key] { return slot }
    guard names.count < Limits.properties else { return nil }
    slots[key] = names.count
    names.append(name)
    bytes.append(contentsOf: key)
    ends.append(bytes.count)
    return names.count - 1
  }
}
