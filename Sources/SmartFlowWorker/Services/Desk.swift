internal import Catalog
internal import UnixSocket
internal import WorkerLink

/// The memory that a worker shares with its keeper, to ask the store of published trees: one question at a time.
///
/// Questions behind it wait here. Only operators ask them, so a queue is rare, and calls by ID never stand in it.
struct Desk: ~Copyable {
  /// A question on its way.
  struct Question {
    let bytes: [UInt8]
    /// Whom to answer; `nil` once it was too late.
    var call: Call?
    /// Makes the answer of what the store says.
    let completion: (Worker, Call, StoreReply) -> Void
  }

  private let memory: SharedBytes
  private var waiting: [Question] = []
  private var asked: Question?
  private(set) var number: UInt32 = 0

  init(_ memory: consuming SharedBytes) { self.memory = memory }

  /// Whether nobody waits for an answer.
  var isEmpty: Bool { asked == nil && waiting.isEmpty }
  var isFull: Bool { waiting.count >= Limits.callsAtKeeper }

  /// How long the loop may wait before one of the calls is too late.
  var waitMilliseconds: Int32 {
    var nearest = asked?.call?.deadline ?? .max
    for question in waiting { nearest = min(nearest, question.call?.deadline ?? .max) }
    return Int32(min(SystemClock.milliseconds(until: nearest), 1000))
  }

  mutating func add(_ question: Question) { waiting.append(question) }

  /// Lays the next question on the desk, if it is free and one waits.
  ///
  /// - Returns: How many bytes it has.
  mutating func layNext() -> Int? {
    guard asked == nil else { return nil }
    // One whose caller was answered meanwhile need not be asked.
    while let next = waiting.first {
      waiting.removeFirst()
      guard next.call != nil else { continue }
      number &+= 1
      asked = next
      // Safe: bytes of any content are bytes.
      unsafe memory.write(next.bytes.span.bytes, at: 0)
      return next.bytes.count
    }
    return nil
  }

  /// Takes the question off the desk, and its answer.
  ///
  /// - Returns: `nil` when it is not the one that was asked.
  mutating func take(_ number: UInt32, byteCount: Int) -> (question: Question, reply: [UInt8])? {
    guard number == self.number, byteCount <= memory.capacity, let asked = asked.take() else {
      return nil
    }
    let reply = memory.withBytes(0..<byteCount) { span in
      // Safe: bytes of any content are bytes.
      unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
    return (asked, reply)
  }

  /// Takes the question back that could not be asked.
  mutating func takeBack() -> Question? { asked.take() }

  /// Takes out all calls whose deadline has come; what they asked may still be done.
  mutating func removeExpired(now: UInt64) -> [Call] {
    var expired: [Call] = []
    if let call = asked?.call, call.deadline <= now {
      expired.append(call)
      asked?.call = nil
    }
    for index in waiting.indices {
      guard let call = waiting[index].call, call.deadline <= now else { continue }
      expired.append(call)
      waiting[index].call = nil
    }
    return expired
  }
}

extension Worker {
  /// Asks the store, and answers the call with what `completion` makes of its reply.
  func ask(
    _ request: StoreRequest, for call: Call,
    then completion: @escaping (Worker, Call, StoreReply) -> Void
  ) {
    ask(request.bytes, for: call, then: completion)
  }

  /// Asks the keeper what these bytes ask for, and answers the call with what `completion` makes of the reply.
  func ask(
    _ bytes: [UInt8], for call: Call,
    then completion: @escaping (Worker, Call, StoreReply) -> Void
  ) {
    guard bytes.count <= Catalog.Limits.deskBytes, !desk.isFull else {
      return answer(call, failure: .overloaded)
    }
    desk.add(Desk.Question(bytes: bytes, call: call, completion: completion))
    askNext()
  }

  private func askNext() {
    while let byteCount = desk.layNext() {
      guard tell(.askStore(request: desk.number, byteCount: UInt32(clamping: byteCount))) else {
        if let call = desk.takeBack()?.call { answer(call, failure: .overloaded) }
        continue
      }
      return
    }
  }

  /// The keeper has laid an answer on the desk.
  func takeFromDesk(_ number: UInt32, byteCount: Int) {
    guard let (question, bytes) = desk.take(number, byteCount: byteCount) else { return }
    if let call = question.call {
      if let reply = StoreReply(parsing: bytes) {
        // What was changed is seen by whoever is told of it, and by whoever they tell.
        lookAtCatalog()
        question.completion(self, call, reply)
      } else {
        answer(call, failure: .storeUnavailable)
      }
    }
    askNext()
  }

  /// Goes over to the newest catalog, if there is another.
  func lookAtCatalog() {
    // Nearly always this one load is all.
    guard board.catalogSequence != seenCatalog, let (sequence, words) = board.catalog,
      let state = CatalogState(words: words)
    else { return }
    seenCatalog = sequence
    catalog.become(state)
  }
}
