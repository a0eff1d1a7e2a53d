internal import UnixSocket

/// The store of idempotency keys for two threads: one that answers for them, and one that takes journals in.
public final class KeyRoom: Sendable {
  private let store: Locked<KeyStore>

  /// Opens the store.
  ///
  /// - Throws: ``KeyStore/Failure`` as ``KeyStore/init(path:retentionMicroseconds:)``.
  public init(path: String, retentionMicroseconds: UInt64) throws(KeyStore.Failure) {
    store = Locked(try KeyStore(path: path, retentionMicroseconds: retentionMicroseconds))
  }

  /// Lends the store, to one thread at a time.
  public func withStore<Result>(
    _ body: (KeyStore) throws(KeyStore.Failure) -> Result
  ) throws(KeyStore.Failure) -> Result {
    try store.withLock { store throws(KeyStore.Failure) in try body(store) }
  }
}
