internal import Journal
internal import Storage
internal import UnixSocket
internal import WorkerLink

/// Who has which key, and who waits for it.
extension KeyService {
  /// Gives a worker the key that it asks for, or the answer, or lets it wait.
  func claim(_ message: KeyMessage, of channel: WorkerChannel, _ token: UInt64) {
    if let claim = claims[message.key] {
      guard claim.asked == message.asked else { return send(.reused, to: token, message) }
      // What an ended worker has recorded is not known until it can be remembered: nobody need wait for that.
      guard claim.waiters.count < ServiceLimits.waitersOfKey,
        !claim.isOrphaned || keys.knowsAllKeys
      else { return send(.unavailable, to: token, message) }
      claims[message.key]?.waiters.append(
        KeyClaim.Waiter(channel: token, request: message.request))
      return
    }
    do throws(StoreFailure) {
      guard let found = try answer(to: message.key) else {
        guard keys.knowsAllKeys else { return send(.unavailable, to: token, message) }
        claims[message.key] = KeyClaim(asked: message.asked, generation: channel.generation)
        return send(.granted, to: token, message)
      }
      guard found.asked == message.asked.bytes else { return send(.reused, to: token, message) }
      send(.replayed, to: token, message, found.answer)
    } catch {
      send(.unavailable, to: token, message)
    }
  }

  private func answer(
    to key: Digest
  ) throws(StoreFailure) -> (asked: [UInt8], answer: [UInt8])? {
    if let message = unstored[key] { return (message.asked.bytes, message.answer) }
    let found = try keys.answer(to: key.bytes, at: SystemClock.microsecondsSince1970)
    return found.map { ($0.request, Array($0.answer)) }
  }

  /// Gives an answer to all who wait for it.
  func answerWaiters(with message: KeyMessage) {
    for waiter in claims.removeValue(forKey: message.key)?.waiters ?? [] {
      var answer = message
      answer.request = waiter.request
      send(.replayed, to: waiter.channel, answer, message.answer)
    }
  }

  /// Gives a key that has no answer to the next who waits for it.
  func passOn(_ key: Digest) {
    guard var claim = claims[key] else { return }
    while !claim.waiters.isEmpty {
      let waiter = claim.waiters.removeFirst()
      guard let channel = channels[waiter.channel] else { continue }
      claim.generation = channel.generation
      claim.isOrphaned = false
      claims[key] = claim
      return send(
        .granted, to: waiter.channel,
        KeyMessage(.granted, request: waiter.request, key: key, asked: claim.asked))
    }
    claims[key] = nil
  }

  /// Notes that a process is gone: what it has recorded may stand in its journal alone.
  func orphanClaims(of generation: UInt64) {
    for key in claims.keys where claims[key]?.generation == generation {
      claims[key]?.isOrphaned = true
    }
  }

  /// Settles what a process had that is gone: all that it has recorded is remembered by now.
  func release(orphansOf generation: UInt64) {
    for (key, claim) in claims where claim.generation == generation && claim.isOrphaned {
      // Each asks again, as it were: the first one gets the key, or all get the answer.
      claims[key] = nil
      for waiter in claim.waiters {
        guard let channel = channels[waiter.channel] else { continue }
        self.claim(
          KeyMessage(.claim, request: waiter.request, key: key, asked: claim.asked), of: channel,
          waiter.channel)
      }
    }
  }
}
