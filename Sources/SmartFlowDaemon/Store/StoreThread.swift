internal import Catalog
internal import Storage
internal import UnixSocket

/// The store of published trees at work, beside the keeper's loop: a disk may take its time, the watchdog may not.
final class StoreThread: Sendable {
  /// What a worker has asked.
  struct Question: Sendable {
    /// The worker's place, and the process in it.
    var place: Int
    var processID: Int32
    var request: UInt32
    var bytes: [UInt8]
  }

  /// What it is told.
  struct Answer: Sendable {
    var place: Int
    var processID: Int32
    var request: UInt32
    var reply: [UInt8]
    /// The catalog with what the answer says.
    var state: CatalogState
  }

  private struct Queue {
    var questions: [Question] = []
    var answers: [Answer] = []
    /// Whether a question is being answered.
    var isBusy = false
  }

  /// Readable when there are answers.
  let answered: WakeDescriptor
  /// The catalog's file.
  let catalogDescriptor: Int32
  /// The catalog at the start.
  let state: CatalogState
  private let asked: WakeDescriptor
  private let queue = Locked(Queue())
  /// `nil` once it is closed.
  private let room: Locked<TreeRoom?>

  /// Takes an open store over.
  ///
  /// - Throws: ``SystemError`` when there is no descriptor to spare.
  init(_ room: sending TreeRoom) throws(SystemError) {
    answered = try WakeDescriptor()
    asked = try WakeDescriptor()
    catalogDescriptor = room.catalogDescriptor
    state = room.state
    self.room = Locked(room)
  }

  /// Begins to answer.
  ///
  /// - Throws: ``SystemError`` when there is no thread to spare.
  func start() throws(SystemError) {
    try SystemThread.start { [self] in
      while answerAll() { asked.wait() }
    }
  }

  /// - Returns: Whether there is a store to ask yet.
  private func answerAll() -> Bool {
    while let question = next() {
      let answer = room.withLock { room in
        room.map { room in
          let reply = room.answer(
            question.bytes, now: SystemClock.microsecondsSince1970, name: Account.name)
          return Answer(
            place: question.place, processID: question.processID, request: question.request,
            reply: Self.fitting(reply), state: room.state)
        }
      }
      guard let answer else { return false }
      queue.withLock { queue in
        queue.answers.append(answer)
        queue.isBusy = false
      }
      answered.wake()
    }
    return true
  }

  private func next() -> Question? {
    queue.withLock { queue in
      guard !queue.questions.isEmpty else { return nil }
      queue.isBusy = true
      return queue.questions.removeFirst()
    }
  }

  private static func fitting(_ reply: StoreReply) -> [UInt8] {
    let bytes = reply.bytes
    guard bytes.count > Catalog.Limits.deskBytes else { return bytes }
    return StoreReply.refused(.tooLong(bytes: UInt64(bytes.count))).bytes
  }

  /// Has a question answered.
  func ask(_ question: Question) {
    queue.withLock { $0.questions.append(question) }
    asked.wake()
  }

  /// What was answered since the last time.
  func takeAnswers() -> [Answer] {
    answered.clear()
    return queue.withLock { queue in
      defer { queue.answers.removeAll() }
      return queue.answers
    }
  }

  /// Whether nothing is asked that was not taken as answered.
  var isIdle: Bool {
    queue.withLock { $0.questions.isEmpty && $0.answers.isEmpty && !$0.isBusy }
  }

  /// Closes the store once the question in hand is answered.
  func close() { room.withLock { $0 = nil } }
}
