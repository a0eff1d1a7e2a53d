internal import SmartFlowMessages
internal import UnixSocket
internal import WorkerLink

/// What stands behind one call's idempotency key.
struct ClaimedKey {
  let key: Digest
  let asked: Digest
}

/// What the keeper says to a claim.
enum KeyVerdict {
  /// Nobody else has the key.
  case granted
  /// The fields of the `Execution` that was answered to the first call.
  case replayed([UInt8])
  case refused(RPCStatus)
}

/// A call that can wait for the keeper's word on its key.
protocol KeyedCall: QueuedCall {
  var connection: Connection? { get }
  /// Goes on, or answers.
  func take(_ verdict: KeyVerdict, in worker: Worker)
}

/// Calls that wait for the keeper's word on their keys, and what it is to be told of keys.
///
/// What a worker knows of a key it tells before it asks for another, so that as much waits here as keys were granted.
struct KeyDesk: ~Copyable {
  /// Readable when the keeper has something to say.
  let channel: Descriptor
  private var parked: [UInt64: any KeyedCall] = [:]
  private var lastRequest: UInt64 = 0
  /// What found the channel full.
  private var outbox: [KeyMessage] = []
  /// Answers whose records are not on the disk yet.
  private var unsynchronized: [(position: WorkerJournal.Position, message: KeyMessage)] = []
  /// Whether the channel's other end is gone.
  var isClosed = false
  /// Whether the poller watches for room in the channel.
  var isWatchingForRoom = false
  /// No call that is parked must be answered before, on the monotonic clock in nanoseconds.
  private(set) var nearestDeadline = UInt64.max
  /// How many batches are parked.
  private(set) var batches = 0

  init(_ channel: consuming Descriptor) { self.channel = channel }

  var count: Int { parked.count }
  var hasOutbox: Bool { !outbox.isEmpty }

  /// Asks for a key, and parks its call until the keeper answers.
  ///
  /// - Returns: Whether the channel had room for it.
  mutating func claim(_ claimed: ClaimedKey, for call: any KeyedCall) -> Bool {
    guard !isClosed, outbox.isEmpty else { return false }
    lastRequest += 1
    let message = KeyMessage(
      .claim, request: lastRequest, key: claimed.key, asked: claimed.asked)
    guard send(message) else { return false }
    parked[lastRequest] = call
    if call.isBatch { batches += 1 }
    nearestDeadline = min(nearestDeadline, call.deadline)
    return true
  }

  /// Takes the call out that the keeper has answered, unless it is gone.
  mutating func remove(_ request: UInt64) -> (any KeyedCall)? {
    guard let call = parked.removeValue(forKey: request) else { return nil }
    if call.isBatch { batches -= 1 }
    if call.deadline <= nearestDeadline { findNearestDeadline() }
    return call
  }

  /// Takes out all that `isTaken` says, in the order of their claims.
  mutating func takeAll(where isTaken: (any KeyedCall) -> Bool) -> [any KeyedCall] {
    guard !parked.isEmpty else { return [] }
    let taken = parked.filter { isTaken($0.value) }.sorted { $0.key < $1.key }
    for (request, call) in taken {
      parked[request] = nil
      if call.isBatch { batches -= 1 }
    }
    if !taken.isEmpty { findNearestDeadline() }
    return taken.map(\.value)
  }

  private mutating func findNearestDeadline() {
    nearestDeadline = parked.values.reduce(.max) { min($0, $1.deadline) }
  }

  /// Tells the keeper, at once or as soon as there is room.
  mutating func tell(_ message: KeyMessage) {
    guard !isClosed else { return }
    if !outbox.isEmpty || !send(message) { outbox.append(message) }
  }

  /// Tells the keeper of an answer once its record is on the disk.
  mutating func tell(_ message: KeyMessage, after position: WorkerJournal.Position) {
    unsynchronized.append((position, message))
  }

  /// Tells the keeper of the answers whose records are `isDue`: on the disk, or the disk failed.
  mutating func tellSynchronized(where isDue: (WorkerJournal.Position) -> Bool) {
    guard !unsynchronized.isEmpty else { return }
    for (position, message) in unsynchronized where isDue(position) { tell(message) }
    unsynchronized.removeAll { isDue($0.position) }
  }

  /// Sends what there was no room for.
  mutating func sendOutbox() {
    var count = 0
    while count < outbox.count, send(outbox[count]) { count += 1 }
    outbox.removeFirst(count)
  }

  /// Forgets what nobody will hear.
  mutating func close() {
    isClosed = true
    outbox.removeAll()
  }

  private borrowing func send(_ message: KeyMessage) -> Bool {
    // Safe: bytes of any content are bytes.
    if case .bytes = unsafe channel.sendPacket(message.bytes.span.bytes) { return true }
    return false
  }
}
