internal import UnixSocket

/// Which snapshot of the published trees is the newest; see Catalog for what the words say.
extension StatusBoard {
  /// Words of a snapshot's state, behind the one that counts its changes.
  public static let catalogValues = 4
  static let catalogWords = 1 + catalogValues

  /// Shows another snapshot to all workers.
  ///
  /// - Parameters:
  ///   - values: Its state.
  ///   - sequence: Counts the changes; kept by the keeper.
  public func publishCatalog(_ values: [UInt64], sequence: inout UInt64) {
    precondition(values.count == Self.catalogValues, "a state has so many words")
    words.publish(values.span, at: Self.catalogWord, sequence: &sequence)
  }

  /// Changes with every snapshot: one load, to look whether there is another.
  public var catalogSequence: UInt64 { words[Self.catalogWord] }

  /// The newest snapshot's state; `nil` when the keeper is just about to change it.
  public var catalog: (sequence: UInt64, values: [UInt64])? {
    words.snapshot(of: Self.catalogValues, at: Self.catalogWord)
  }
}
