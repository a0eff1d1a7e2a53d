internal import Journal

/// Answers to calls with idempotency keys on their way from journals into the store.
extension JournalRoom {
  /// Sees to it that the answers of journals that are final are among those that are remembered, and on the disk.
  ///
  /// A worker may have ended between record and answer, so that nobody has told of it.
  func rememberAnswers(at now: UInt64) {
    // Each time from a journal's beginning: not at every look. A clock that was set back is no reason to wait.
    let mayTry =
      keysFailedAt.map { now < $0 || now - $0 >= KeyLimits.againMicroseconds } ?? true
    if mayTry {
      keysFailedAt = nil
      for journal in followed.values
      where journal.isFinal && !journal.isRemembered && keysFailedAt == nil {
        if isSpared(journal) {
          // Most have no key, and were or will be read for the audit: once is enough.
          journal.isRemembered = journal.isRead
        } else {
          remember(journal, at: now)
        }
      }
    }
    // One that can't be recovered never says what is in it; the log has told.
    inherited = inherited.filter { id in
      followed[id].map { !$0.isRemembered && ($0.isFinal || $0.mayBeFinal) } ?? false
    }
    keys.setBehind(!inherited.isEmpty)
  }

  /// Whether a journal need not be read for answers, since it is read for the audit and none has been met.
  private func isSpared(_ journal: FollowedJournal) -> Bool {
    intake != nil && !isBehind && !inherited.contains(journal.id)
      && journal.isWithoutKeys && !journal.isDamaged
  }

  private func remember(_ journal: FollowedJournal, at now: UInt64) {
    var remembered = 0
    do throws(JournalError) {
      var reader = try journal.answers()
      while true {
        let answers = try reader.next(KeyLimits.rememberedAnswers)
        if !answers.isEmpty {
          let isRemembered = tryKeys(at: now) { () throws(StoreFailure) in
            try keys.remember(answers, at: now)
          }
          guard isRemembered else { return }
          remembered += answers.count
        }
        if answers.count < KeyLimits.rememberedAnswers { break }
      }
    } catch {
      // What can't be read now can't be read later: what was told to the keys' thread is remembered all the same.
      fail(journal, "\(error)")
    }
    journal.isRemembered =
      remembered == 0
      || tryKeys(at: now) { () throws(StoreFailure) in try keys.synchronize() }
  }

  /// - Returns: Whether it went well; if not, the journal stays and it is tried again.
  private func tryKeys(at now: UInt64, _ body: () throws(StoreFailure) -> Void) -> Bool {
    do throws(StoreFailure) {
      try body()
      return true
    } catch {
      // The room of the keys tells.
      keysFailedAt = now
      return false
    }
  }
}
