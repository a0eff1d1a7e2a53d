internal import Journal
internal import Storage
internal import UnixSocket
internal import WorkerLink

/// Idempotency keys: sees to it that of all calls with the same key one is performed, whichever workers they come to.
///
/// Who comes first has the key until its worker has recorded the answer or given the key back; who comes meanwhile
/// waits here. A key whose worker ended stays taken until the worker's journal was read: the answer may stand there.
final class KeyService: WorkerService {
  private struct Waiter {
    var channel: UInt64
    var request: UInt64
  }

  /// A key that a call has.
  private struct Claim {
    var asked: Digest
    /// The process whose call has it.
    var generation: UInt64
    /// Whether that process is gone.
    var isOrphaned = false
    var waiters: [Waiter] = []
  }

  private let keys: KeyRoom
  private var poller: Poller
  private var channels: [UInt64: WorkerChannel] = [:]
  private var lastToken: UInt64 = 0
  private var claims: [Digest: Claim] = [:]
  /// Answers that came in this pass, to be remembered together.
  private var recorded: [(message: KeyMessage, channel: UInt64)] = []
  private var packet = [UInt8](repeating: 0, count: KeyMessage.byteCount + 1)
  private var nextTidying: UInt64 = 0
  /// Processes whose records are taken up, and whose channels have not been read to their ends.
  private var settled: Set<UInt64> = []
  private var notices: [JournalNotice] = []
  /// Whether the store could not be used; told once.
  private var hasFailed = false
  private var isWatching = false

  private static let askedToken: UInt64 = 0

  init(_ keys: KeyRoom) throws(SystemError) {
    self.keys = keys
    poller = try Poller()
  }

  func watch(_ asked: borrowing WakeDescriptor) throws(SystemError) {
    guard !isWatching else { return }
    try poller.add(asked.descriptor, .read, token: Self.askedToken)
    isWatching = true
  }

  func wait() {
    let left = SystemClock.milliseconds(until: nextTidying)
    do throws(SystemError) {
      _ = try poller.wait(milliseconds: Int32(clamping: left))
    } catch {
      fail("epoll_wait", "\(error)")
    }
  }

  func enroll(_ channel: WorkerChannel) {
    lastToken += 1
    do throws(SystemError) {
      try channel.descriptor.setNonBlocking()
      try poller.add(channel.descriptor, .read, token: lastToken)
      channels[lastToken] = channel
    } catch {
      // Its worker's calls with keys wait for their deadlines; those without go on.
      fail("channel of idempotency keys", "\(error)")
    }
  }

  func work(settled: [UInt64], ending: ServiceEnding?) -> Bool {
    for (token, channel) in channels { listen(to: channel, token) }
    rememberRecorded()
    self.settled.formUnion(settled)
    settle()
    tidy()
    switch ending {
    case nil: return false
    case .last: return true
    // What is claimed only this process knows.
    case .handedOn: return claims.isEmpty
    }
  }

  private func listen(to channel: WorkerChannel, _ token: UInt64) {
    for _ in 0..<ServiceLimits.packetsPerPass {
      switch channel.descriptor.receivePacket(into: &packet) {
      case .packet(let count, _):
        guard let message = KeyMessage(parsing: packet[..<count]) else {
          notices.append(
            JournalNotice("key_message_refused", .warning, ["worker": "\(channel.workerIndex)"]))
          continue
        }
        handle(message, of: channel, token)
      case .wouldBlock: return
      case .closed: return drop(channel, token)
      case .failed: return drop(channel, token)
      }
    }
  }

  private func handle(_ message: KeyMessage, of channel: WorkerChannel, _ token: UInt64) {
    switch message.kind {
    case .claim:
      // What was recorded in this pass is an answer already.
      rememberRecorded()
      claim(message, of: channel, token)
    case .recorded: recorded.append((message, token))
    case .released:
      guard let claim = claims[message.key], claim.generation == channel.generation else { return }
      passOn(message.key)
    case .granted, .replayed, .reused, .unavailable:
      notices.append(
        JournalNotice("key_message_refused", .warning, ["worker": "\(channel.workerIndex)"]))
    }
  }

  // MARK: Claims

  private func claim(_ message: KeyMessage, of channel: WorkerChannel, _ token: UInt64) {
    if let claim = claims[message.key] {
      guard claim.asked == message.asked else { return send(.reused, to: token, message) }
      guard claim.waiters.count < ServiceLimits.waitersOfKey else {
        return send(.unavailable, to: token, message)
      }
      claims[message.key]?.waiters.append(Waiter(channel: token, request: message.request))
      return
    }
    do throws(KeyStore.Failure) {
      let now = SystemClock.microsecondsSince1970
      let found = try keys.withStore { store throws(KeyStore.Failure) in
        try store.answer(to: message.key.bytes, at: now)
      }
      hasFailed = false
      guard let found else {
        claims[message.key] = Claim(asked: message.asked, generation: channel.generation)
        return send(.granted, to: token, message)
      }
      guard found.request == message.asked.bytes else { return send(.reused, to: token, message) }
      send(.replayed, to: token, message, Array(found.answer))
    } catch {
      fail("the store of idempotency keys", "\(error)")
      send(.unavailable, to: token, message)
    }
  }

  /// Remembers the answers of this pass, and gives them to those who wait.
  private func rememberRecorded() {
    guard !recorded.isEmpty else { return }
    let answers = recorded
    recorded.removeAll(keepingCapacity: true)
    let now = SystemClock.microsecondsSince1970
    do throws(KeyStore.Failure) {
      try keys.withStore { store throws(KeyStore.Failure) in
        try store.together { () throws(KeyStore.Failure) in
          for (message, _) in answers {
            try store.remember(
              KeyedAnswer(
                key: message.key.bytes, request: message.asked.bytes,
                microseconds: message.microseconds, answer: message.answer[...]), at: now)
          }
        }
      }
    } catch {
      // The journals have them. Until they are read, the keys stay taken, so that nobody performs anything again.
      fail("the store of idempotency keys", "\(error)")
      return
    }
    for (message, _) in answers {
      for waiter in claims.removeValue(forKey: message.key)?.waiters ?? [] {
        var answer = message
        answer.request = waiter.request
        send(.replayed, to: waiter.channel, answer, message.answer)
      }
    }
  }

  /// Gives a key that has no answer to the next who waits for it.
  private func passOn(_ key: Digest) {
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

  private func drop(_ channel: WorkerChannel, _ token: UInt64) {
    do throws(SystemError) {
      try poller.remove(channel.descriptor)
    } catch {
      fail("channel of idempotency keys", "\(error)")
    }
    channels[token] = nil
    rememberRecorded()
    for key in claims.keys where claims[key]?.generation == channel.generation {
      claims[key]?.isOrphaned = true
    }
  }

  /// Settles what is over: a channel may tell of more than the journal's end does.
  private func settle() {
    guard !settled.isEmpty else { return }
    let open = Set(channels.values.map(\.generation))
    for generation in settled.subtracting(open) { release(orphansOf: generation) }
    settled.formIntersection(open)
  }

  /// Settles what a process had that is gone: all that it has recorded is remembered by now.
  private func release(orphansOf generation: UInt64) {
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

  private func send(
    _ kind: KeyMessage.Kind, to token: UInt64, _ message: KeyMessage, _ answer: [UInt8] = []
  ) {
    var message = message
    message.kind = kind
    message.answer = answer
    // Safe: bytes of any content are bytes.
    guard let sent = unsafe channels[token]?.descriptor.sendPacket(message.bytes.span.bytes),
      case .bytes = sent
    else {
      // A worker that does not read has calls that expire; what it was given goes to the next.
      if kind == .granted { passOn(message.key) }
      return
    }
  }

  // MARK: Time

  private func tidy() {
    let now = SystemClock.monotonicNanoseconds
    guard now >= nextTidying else { return }
    var hasMore = false
    do throws(KeyStore.Failure) {
      hasMore = try keys.withStore { store throws(KeyStore.Failure) in
        try store.forgetOld(at: SystemClock.microsecondsSince1970)
      }
    } catch {
      fail("the store of idempotency keys", "\(error)")
    }
    nextTidying = now + (hasMore ? ServiceLimits.restNanoseconds : ServiceLimits.tidyingNanoseconds)
  }

  private func fail(_ what: String, _ reason: String) {
    guard !hasFailed else { return }
    hasFailed = true
    notices.append(JournalNotice("keys_failed", .error, ["what": what, "reason": reason]))
  }

  func takeNotices() -> [JournalNotice] {
    defer { notices.removeAll() }
    return notices
  }

  func takeSynchronizations() -> [UInt64] { [] }
}
