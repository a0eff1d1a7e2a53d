/// Who may call on the data socket, beyond what the rights of its file say.
public struct AllowedPeers: Equatable, Sendable {
  /// Users, by number.
  public var users: [UInt32] = []
  /// Groups, by number: a peer's own one or any that it is in besides.
  public var groups: [UInt32] = []

  /// Everybody whom the file's rights let in.
  public init() {}

  /// Whether nobody is left out.
  public var isEveryone: Bool { users.isEmpty && groups.isEmpty }

  /// Whether a peer may call.
  ///
  /// - Parameters:
  ///   - user: The peer's user.
  ///   - group: The peer's own group.
  ///   - otherGroups: Asked for the groups that it is in besides, where that decides.
  /// - Returns: Whether it is on one of the lists, or there is none.
  public func contain(user: UInt32, group: UInt32, otherGroups: () -> [UInt32]) -> Bool {
    if isEveryone || users.contains(user) || groups.contains(group) { return true }
    return !groups.isEmpty && otherGroups().contains { groups.contains($0) }
  }

  /// Numbers between commas, as a worker is told them.
  static func text(of numbers: [UInt32]) -> String {
    numbers.map(String.init).joined(separator: ",")
  }

  /// Reads what ``text(of:)`` wrote, or gives `nil` when it is anything else.
  static func numbers(in text: Substring) -> [UInt32]? {
    var numbers: [UInt32] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let number = UInt32(part) else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
