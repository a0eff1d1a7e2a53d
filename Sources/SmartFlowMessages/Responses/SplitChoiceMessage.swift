/// Where a split's key fell.
public struct SplitChoiceMessage: Equatable, Sendable {
  /// From 0 up to 1.
  public var fraction: Double
  /// The share that was gone on to, counted from 0.
  public var share: UInt32

  /// Makes a choice.
  public init(fraction: Double, share: UInt32) {
    self.fraction = fraction
    self.share = share
  }
}
