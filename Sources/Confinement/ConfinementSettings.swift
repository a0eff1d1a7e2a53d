public import WorkerLink

/// What a process is to be confined to.
public struct ConfinementSettings: Equatable, Sendable {
  /// The user it is to be; its own, where it can not change users.
  public var userID: UInt32
  /// The user's group.
  public var groupID: UInt32
  /// The process that must be its parent.
  public var keeperProcessID: Int32
  /// Address space, in bytes; less where the process was started with less.
  public var addressSpaceBytes: UInt64
  /// Descriptors; fewer where the process was started with fewer.
  public var descriptors: UInt64
  /// Layers to do without.
  public var leftOff: Set<ConfinementLayer>

  /// Makes settings.
  public init(
    userID: UInt32, groupID: UInt32, keeperProcessID: Int32, addressSpaceBytes: UInt64,
    descriptors: UInt64, leftOff: Set<ConfinementLayer> = []
  ) {
    self.userID = userID
    self.groupID = groupID
    self.keeperProcessID = keeperProcessID
    self.addressSpaceBytes = addressSpaceBytes
    self.descriptors = descriptors
    self.leftOff = leftOff
  }
}
