internal import Journal
internal import Storage
internal import UnixSocket
internal import WorkerLink

/// Idempotency keys: sees to it that of all calls with the same key one is performed, whichever workers they come to.
///
/// Who comes first has the key until its worker has recorded the answer or given the key back; who comes meanwhile
/// waits here. A key whose worker ended stays taken until the worker's journal was read: the answer may stand there.
///
/// An answer that a worker has told of is given to whoever asks from then on. The store remembers it at the end of the
/// pass; while it can't, the answer stays here, and in the journal, and no key is granted to anybody: what was performed
/// under it could be forgotten.
final class KeyService: WorkerService {
  let keys: KeyRoom
  let poller: ServicePoller
  private(set) var channels: [UInt64: WorkerChannel] = [:]
  var claims: [Digest: KeyClaim] = [:]
  /// Answers that the store does not have yet; at most one for each call that had a key when the store failed.
  var unstored: [Digest: KeyMessage] = [:]
  /// Not before is the store tried again, on the monotonic clock.
  private var nextStoring: UInt64 = 0
  private var nextTidying: UInt64 = 0
  private var packet = [UInt8](repeating: 0, count: KeyMessage.byteCount + 1)
  /// Processes whose records are taken up, and whose channels have not been read to their ends.
  private var settled: Set<UInt64> = []
  /// What the release before has left, until its workers are here.
  private var inherited: KeysInHand?
  private var notices: [JournalNotice] = []

  /// - Parameters:
  ///   - keys: The store.
  ///   - inherited: What the release before has left, whose workers are enrolled before the first pass.
  /// - Throws: ``SystemError`` when there is nothing to wait by.
  init(_ keys: KeyRoom, inherited: KeysInHand? = nil) throws(SystemError) {
    self.keys = keys
    self.inherited = inherited
    poller = try ServicePoller()
  }

  var waitsUntil: UInt64 { unstored.isEmpty ? nextTidying : min(nextTidying, nextStoring) }

  func enroll(_ channel: WorkerChannel, as token: UInt64) { channels[token] = channel }

  func work(settled: [UInt64], ending: ServiceEnding?) -> Bool {
    if let inherited {
      self.inherited = nil
      takeUp(inherited)
    }
    for (token, channel) in channels { listen(to: channel, token) }
    store()
    self.settled.formUnion(settled)
    settle()
    tidy()
    return ending != nil
  }

  // MARK: Workers

  private func listen(to channel: WorkerChannel, _ token: UInt64) {
    for _ in 0..<ServiceLimits.packetsPerPass {
      switch channel.descriptor.receivePacket(into: &packet) {
      case .packet(let count, _):
        guard let message = KeyMessage(parsing: packet[..<count]) else {
          refuse(channel)
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
    case .claim: claim(message, of: channel, token)
    case .recorded:
      unstored[message.key] = message
      answerWaiters(with: message)
    case .released:
      guard claims[message.key]?.generation == channel.generation else { return }
      passOn(message.key)
    case .granted, .replayed, .reused, .unavailable: refuse(channel)
    }
  }

  private func refuse(_ channel: WorkerChannel) {
    notices.append(
      JournalNotice("key_message_refused", .warning, ["worker": "\(channel.workerIndex)"]))
  }

  private func drop(_ channel: WorkerChannel, _ token: UInt64) {
    remove(channel)
    channels[token] = nil
    orphanClaims(of: channel.generation)
  }

  /// Settles what is over: a channel may tell of more than the journal's end does.
  private func settle() {
    guard !settled.isEmpty else { return }
    let open = Set(channels.values.map(\.generation))
    for generation in settled.subtracting(open) { release(orphansOf: generation) }
    settled.formIntersection(open)
  }

  /// Tells a worker what becomes of a claim.
  func send(
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

  // MARK: The store

  /// Has the store remember what it does not have yet, all of a pass together.
  private func store() {
    let now = SystemClock.monotonicNanoseconds
    guard !unstored.isEmpty, now >= nextStoring else { return }
    let answers = unstored.values.map { message in
      KeyedAnswer(
        key: message.key.bytes, request: message.asked.bytes,
        microseconds: message.microseconds, answer: message.answer[...])
    }
    do throws(StoreFailure) {
      try keys.remember(answers, at: SystemClock.microsecondsSince1970)
      unstored.removeAll(keepingCapacity: true)
    } catch {
      // The room tells. They are answered from here until then, and stand in the journals should this process end.
      nextStoring = now + ServiceLimits.storingNanoseconds
    }
  }

  private func tidy() {
    let now = SystemClock.monotonicNanoseconds
    guard now >= nextTidying else { return }
    var hasMore = false
    do throws(StoreFailure) {
      hasMore = try keys.forgetOld(at: SystemClock.microsecondsSince1970)
    } catch {
      fail("forgetting old idempotency keys", error)
    }
    nextTidying = now + (hasMore ? ServiceLimits.restNanoseconds : ServiceLimits.tidyingNanoseconds)
  }

  func fail(_ what: String, _ error: any Error) {
    notices.append(
      JournalNotice("keys_failed", .error, ["what": what, "reason": "\(error)"]))
  }

  func takeNotices() -> [JournalNotice] {
    defer { notices.removeAll() }
    return notices + keys.takeNotices()
  }

  func takeSynchronizations() -> [UInt64] { [] }
}
