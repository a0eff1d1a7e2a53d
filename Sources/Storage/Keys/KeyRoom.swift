public import Journal
internal import UnixSocket
internal import WorkerLink

/// The store of idempotency keys for two threads: one that answers for them, and one that takes journals in.
///
/// What either of them finds out about the store both know: while answers can't be remembered, a key that is not found may
/// be one of theirs, and is not known to be free.
public final class KeyRoom: Sendable {
  private struct Condition {
    var isWritable = true
    /// When it was told last that an answer can't be read, in microseconds since 1970.
    var unreadableToldAt: UInt64?
    /// Whether answers stand in journals of a daemon before which are not remembered yet.
    var isBehind = false
    var notices: [JournalNotice] = []
  }

  private let store: Locked<KeyStore>
  private let condition = Locked(Condition())

  /// Opens the store.
  ///
  /// - Throws: ``StoreFailure`` as ``KeyStore/init(path:retentionMicroseconds:)``.
  public init(path: String, retentionMicroseconds: UInt64) throws(StoreFailure) {
    store = Locked(try KeyStore(path: path, retentionMicroseconds: retentionMicroseconds))
  }

  /// Whether a key that is not found is free.
  ///
  /// Not while the store can't be written, or answers of a daemon before are still to be remembered: whoever performed
  /// something under the key would perform it twice.
  public var knowsAllKeys: Bool { condition.withLock { $0.isWritable && !$0.isBehind } }

  /// Says whether answers of a daemon before are still to be remembered.
  func setBehind(_ isBehind: Bool) { condition.withLock { $0.isBehind = isBehind } }

  /// What was answered to the first call with a key, if it is remembered.
  ///
  /// - Throws: ``StoreFailure``.
  public func answer(to key: [UInt8], at now: UInt64) throws(StoreFailure) -> KeyedAnswer? {
    do throws(StoreFailure) {
      return try store.withLock { store throws(StoreFailure) in
        try store.answer(to: key, at: now)
      }
    } catch {
      condition.withLock { condition in
        // Where it is damaged, some answers can be read and others not, at any rate.
        if let told = condition.unreadableToldAt, now >= told,
          now - told < KeyLimits.tellingMicroseconds
        {
          return
        }
        condition.unreadableToldAt = now
        condition.notices.append(.keysFailed(error))
      }
      throw error
    }
  }

  /// Remembers all of some answers, or none.
  ///
  /// - Throws: ``StoreFailure``; until it goes well, ``knowsAllKeys`` is false.
  public func remember(_ answers: [KeyedAnswer], at now: UInt64) throws(StoreFailure) {
    try writing { store throws(StoreFailure) in
      try store.together { () throws(StoreFailure) in
        for answer in answers { try store.remember(answer, at: now) }
      }
    }
  }

  /// Waits until everything that is remembered would outlast a power cut.
  ///
  /// - Throws: ``StoreFailure``.
  func synchronize() throws(StoreFailure) {
    try writing { store throws(StoreFailure) in try store.synchronize() }
  }

  /// Forgets some of the keys whose time is over.
  ///
  /// - Returns: Whether there may be more.
  /// - Throws: ``StoreFailure``. Where there is nothing to forget, nothing is written: how it went says nothing of others.
  public func forgetOld(at now: UInt64) throws(StoreFailure) -> Bool {
    try store.withLock { store throws(StoreFailure) in try store.forgetOld(at: now) }
  }

  /// What there is to tell since the last time.
  public func takeNotices() -> [JournalNotice] {
    condition.withLock { condition in
      defer { condition.notices.removeAll() }
      return condition.notices
    }
  }

  /// Writes, and tells of the first failure and of the first success after it.
  private func writing(
    _ body: (KeyStore) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    do throws(StoreFailure) {
      try store.withLock { store throws(StoreFailure) in try body(store) }
      condition.withLock { condition in
        guard !condition.isWritable else { return }
        condition.isWritable = true
        condition.notices.append(JournalNotice("keys_resumed", .notice, [:]))
      }
    } catch {
      condition.withLock { condition in
        guard condition.isWritable else { return }
        condition.isWritable = false
        condition.notices.append(.keysFailed(error))
      }
      throw error
    }
  }
}

extension JournalNotice {
  fileprivate static func keysFailed(_ error: StoreFailure) -> JournalNotice {
    JournalNotice("keys_failed", .error, ["reason": "\(error)"])
  }
}
