/// What is known of a published tree that a ``TreePreparation`` wants.
public enum SubTreeSupply: Sendable {
  /// Its JSON.
  case json([UInt8])
  /// No tree is published under that name.
  case unknown
  /// No version of it is active.
  case inactive
}
