internal import UnixSocket

/// What a worker has in hand right now, and until when: what the watchdog goes by.
public struct WorkMark: Equatable, Sendable {
  /// What is being done to a call.
  public enum Phase: UInt64, Sendable {
    /// Its message is read, or its context.
    case decoding = 1
    /// Its tree is parsed, checked and compiled.
    case compiling = 2
    /// Its tree runs, for a slice.
    case executing = 3
    /// Its actions are recorded and its answer written.
    case answering = 4

    /// As logs write it.
    public var name: String {
      switch self {
      case .decoding: "decoding"
      case .compiling: "compiling"
      case .executing: "executing"
      case .answering: "answering"
      }
    }
  }

  /// What is being done.
  public var phase: Phase
  /// When the call's answer is due, on the monotonic clock in nanoseconds.
  public var deadline: UInt64
  /// Processor time that this piece may take beyond what any piece may, in nanoseconds, for its size.
  public var allowanceNanoseconds: UInt64 = 0
  /// The call's stream on its connection.
  public var streamID: UInt32 = 0
  /// The tree, once it is known.
  public var tree: TreeFingerprint?
  /// The execution, once it has begun.
  public var execution: ExecutionNumber?

  /// Makes a mark without a tree.
  public init(_ phase: Phase, deadline: UInt64, streamID: UInt32 = 0) {
    self.phase = phase
    self.deadline = deadline
    self.streamID = streamID
  }
}

/// An execution's UUID as two words.
public struct ExecutionNumber: Equatable, Sendable {
  /// The first eight bytes, most significant first.
  public var high: UInt64
  /// The last eight bytes, most significant first.
  public var low: UInt64

  /// Takes the words as they are.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads the sixteen bytes of a UUID.
  public init(_ bytes: borrowing [16 of UInt8]) {
    // Safe: bytes of any content are bytes, and both loads end inside the sixteen.
    let bytes = unsafe bytes.span.bytes
    unsafe high = UInt64(bigEndian: bytes.unsafeLoadUnaligned(as: UInt64.self))
    unsafe low = UInt64(
      bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// The 36 characters of the usual text form.
  public var text: String {
    let bytes = [high, low].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }
    let ends = [0, 4, 6, 8, 10, 16]
    return zip(ends, ends.dropFirst()).map { Digest.hexadecimal(bytes[$0..<$1]) }
      .joined(separator: "-")
  }
}

/// The worker's pen: it marks in the worker's own page what the worker has in hand.
///
/// A few plain stores each time, no system call and no read of shared memory: what the keeper sees may be
/// spoilt, what the worker goes by is its own.
public struct WorkMarker: Sendable {
  /// The mark as it lies in the page, so that each phase changes no more than it must.
  private var words = [9 of UInt64](repeating: 0)
  /// What stays the same in the mark's third word for all phases of the call.
  private var what: UInt64 = 0
  /// How many of the words the page does not have yet.
  private var changed = 0
  private var turn: UInt64 = 0
  private var sequence: UInt64 = 0
  private var unanswered: UInt64 = 0

  /// A pen that has written nothing.
  public init() {}

  /// The loop has come back from its wait.
  public mutating func beginTurn(on page: borrowing WorkerPage) {
    turn |= 1
    page.words[WorkerPage.turnWord] = turn
  }

  /// The loop is about to wait.
  ///
  /// - Parameters:
  ///   - requestsInFlight: Requests that were read and whose answer the kernel does not have yet.
  ///   - page: The worker's own.
  public mutating func endTurn(requestsInFlight: UInt64, on page: borrowing WorkerPage) {
    if unanswered != requestsInFlight {
      unanswered = requestsInFlight
      page.words[WorkerPage.unansweredWord] = unanswered
    }
    turn = (turn &+ 1) & ~1
    page.words[WorkerPage.turnWord] = turn
  }

  /// A request has been read.
  public mutating func noteRequest(on page: borrowing WorkerPage) {
    unanswered &+= 1
    page.words[WorkerPage.unansweredWord] = unanswered
  }

  /// A call is taken in hand; nothing is shown before it enters a phase.
  public mutating func begin(deadline: UInt64, streamID: UInt32) {
    words[0] = deadline
    what = UInt64(streamID) << 32
    changed = 3
  }

  /// Names the tree, and the execution if there is one, that the next phases are about.
  ///
  /// - Parameters:
  ///   - kind: What the digest is of.
  ///   - digest: SHA-256.
  ///   - execution: The sixteen bytes of its UUID.
  public mutating func name(
    _ kind: TreeFingerprint.Kind, _ digest: borrowing [32 of UInt8],
    execution: [16 of UInt8]? = nil
  ) {
    let number = Digest(digest).words
    words[3] = number.0
    words[4] = number.1
    words[5] = number.2
    words[6] = number.3
    what = what & ~0xFFFF_FFFF | kind.rawValue << 8
    changed = 7
    guard let execution else { return }
    let bits = ExecutionNumber(execution)
    words[7] = bits.high
    words[8] = bits.low
    what |= 1 << 16
    changed = 9
  }

  /// The call in hand enters a phase.
  public mutating func enter(
    _ phase: WorkMark.Phase, allowanceNanoseconds: UInt64 = 0, on page: borrowing WorkerPage
  ) {
    words[1] = allowanceNanoseconds
    words[2] = what | phase.rawValue
    show(changed, on: page)
    changed = 3
  }

  /// The call is put down.
  public mutating func end(on page: borrowing WorkerPage) {
    words[2] = 0
    show(3, on: page)
  }

  private mutating func show(_ count: Int, on page: borrowing WorkerPage) {
    page.words.publish(
      words.span.extracting(first: count), at: WorkerPage.markWord, sequence: &sequence)
  }
}

/// What the keeper sees when it looks at a page.
public struct WorkSight: Equatable, Sendable {
  /// Counts the loop's turns; odd while the loop is at work, even while it waits.
  public var turn: UInt64
  /// Counts the marks; odd while one is being made.
  public var sequence: UInt64
  /// What is in hand, if it is a call and not just being marked.
  public var mark: WorkMark?

  /// Makes a sight.
  public init(turn: UInt64, sequence: UInt64, mark: WorkMark? = nil) {
    self.turn = turn
    self.sequence = sequence
    self.mark = mark
  }

  /// Whether there is anything that must come to an end.
  public var isBusy: Bool { (turn | sequence) & 1 == 1 || mark != nil }
}

extension WorkerPage {
  // On cache lines of their own, apart from the counters.
  static let turnWord = 64
  static let unansweredWord = 65
  static let markWord = 72
  /// Words of a mark: deadline, allowance, what, four of the digest, two of the execution.
  ///
  /// What: the phase in the lowest byte (0 is nothing), the digest's kind in the next (0 is none), a bit that says
  /// whether there is an execution, and the stream in the upper half.
  private static let markWords = 9

  /// What the worker has in hand.
  ///
  /// Whatever a worker writes there is taken for what it says, and for nothing more.
  public var sight: WorkSight {
    let turn = words[Self.turnWord]
    guard let (sequence, values) = words.snapshot(of: Self.markWords, at: Self.markWord) else {
      return WorkSight(turn: turn, sequence: words[Self.markWord] | 1)
    }
    var sight = WorkSight(turn: turn, sequence: sequence)
    let what = values[2]
    guard let phase = WorkMark.Phase(rawValue: what & 0xFF) else { return sight }
    var mark = WorkMark(
      phase, deadline: values[0], streamID: UInt32(truncatingIfNeeded: what >> 32))
    mark.allowanceNanoseconds = values[1]
    if let kind = TreeFingerprint.Kind(rawValue: what >> 8 & 0xFF) {
      mark.tree = TreeFingerprint(
        kind, Digest(words: (values[3], values[4], values[5], values[6])))
      if what >> 16 & 1 == 1 {
        mark.execution = ExecutionNumber(high: values[7], low: values[8])
      }
    }
    sight.mark = mark
    return sight
  }

  /// Requests that were read and whose answers had not left when the loop's last turn ended, and those that
  /// were read since.
  public var unansweredRequests: UInt64 { words[Self.unansweredWord] }
}
