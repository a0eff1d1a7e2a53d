internal import Journal
internal import Storage
internal import UnixSocket

/// Journals that were made before anybody needs them, one for each worker's place.
///
/// To make one is to wait for the disk, for seconds where somebody else has much to write. A worker that starts must not
/// wait so long, nor the keeper's loop, nor the thread that follows journals: so the next one is always there, and a
/// thread that does nothing else makes the one after it.
final class JournalStock: Sendable {
  private struct Shelf {
    var ready: [Int: NewJournal] = [:]
    /// Places whose journal is to be made.
    var wanted: Set<Int> = []
    /// Places that have asked in vain.
    var lacking: Set<Int> = []
    var failure: JournalError?
    var hasEnded = false
  }

  /// Readable when there is one for a place that has asked in vain.
  let refilled: WakeDescriptor
  private let asked: WakeDescriptor
  private let ended: WakeDescriptor
  private let maker: JournalMaker
  private let shelf = Locked(Shelf())

  /// - Throws: ``SystemError`` when there is no descriptor to spare.
  init(_ maker: JournalMaker) throws(SystemError) {
    self.maker = maker
    refilled = try WakeDescriptor()
    asked = try WakeDescriptor()
    ended = try WakeDescriptor()
  }

  /// Makes the first ones, and has a thread make those that follow.
  ///
  /// - Parameter places: How many workers there are.
  /// - Throws: ``SystemError`` when there is no thread to spare.
  func start(places: Int) throws(SystemError) {
    shelf.withLock { $0.wanted = Set(0..<places) }
    makeWanted()
    try SystemThread.start { [self] in
      while !shelf.withLock({ $0.hasEnded }) {
        asked.wait(milliseconds: failure == nil ? -1 : StockLimits.retryMilliseconds)
        makeWanted()
      }
      ended.wake()
    }
  }

  /// Takes the journal of a place out; the next one is made.
  ///
  /// - Returns: `nil` where it is not made yet: ``refilled`` tells when it is, ``failure`` whether it can't be.
  func take(for workerIndex: Int) -> NewJournal? {
    let (journal, isNew) = shelf.withLock { shelf in
      let journal = shelf.ready.removeValue(forKey: workerIndex)
      if journal == nil { shelf.lacking.insert(workerIndex) }
      return (journal, shelf.wanted.insert(workerIndex).inserted)
    }
    if isNew { asked.wake() }
    return journal
  }

  /// Whether the journal of a place is still being made, rather than there or not to be had.
  func isComing(for workerIndex: Int) -> Bool {
    shelf.withLock { $0.ready[workerIndex] == nil && $0.failure == nil }
  }

  /// Takes back a journal whose worker did not start.
  func giveBack(_ journal: NewJournal, of workerIndex: Int) {
    let second = shelf.withLock { $0.ready.updateValue(journal, forKey: workerIndex) }
    if let second { discard(second) }
  }

  /// Why the last journal could not be made; `nil` once one was.
  var failure: JournalError? { shelf.withLock { $0.failure } }

  /// Makes no more, and removes those that nobody has had; what the disk does not let go in time the next start removes.
  func end() {
    let left = shelf.withLock { shelf in
      defer { shelf.ready.removeAll() }
      shelf.hasEnded = true
      return Array(shelf.ready.values)
    }
    asked.wake()
    for journal in left { discard(journal) }
    ended.wait(milliseconds: ServiceLimits.endMilliseconds)
  }

  private func makeWanted() {
    while let place = shelf.withLock({ $0.hasEnded ? nil : $0.wanted.first }) {
      do throws(JournalError) {
        put(
          try maker.create(workerIndex: place, at: SystemClock.microsecondsSince1970), at: place)
      } catch {
        shelf.withLock { $0.failure = error }
        return
      }
    }
  }

  private func put(_ journal: NewJournal, at place: Int) {
    let wasLacking: Bool? = shelf.withLock { shelf in
      shelf.failure = nil
      shelf.wanted.remove(place)
      // Where one was given back meanwhile, or nobody is there to have it, it is one too many.
      guard !shelf.hasEnded, shelf.ready[place] == nil else { return nil }
      shelf.ready[place] = journal
      return shelf.lacking.remove(place) != nil
    }
    guard let wasLacking else { return discard(journal) }
    if wasLacking { refilled.wake() }
  }

  /// Removes a journal that no worker has had.
  func discard(_ journal: NewJournal) {
    do throws(JournalError) {
      try maker.discard(journal.id)
    } catch {
      // Nothing is in it, and the next start removes it.
      shelf.withLock { $0.failure = error }
    }
  }
}

private enum StockLimits {
  /// How long the thread rests when a journal could not be made, in milliseconds.
  static let retryMilliseconds: Int32 = 1000
}
