/// How long a client has kept the worker waiting: for the rest of a frame, or to take its answers.
///
/// Goes by what is finished, not by what moves: a client that sends one byte now and then holds its place no
/// longer than one that sends none.
struct Patience {
  /// When the frame began that has not come whole, on the monotonic clock in nanoseconds; `nil` between frames.
  private(set) var frameBegan: UInt64?
  /// Since when answers wait that the client has not taken; `nil` when it has them all.
  private(set) var unreadSince: UInt64?
  private var framesTaken: UInt64 = 0
  private var takenBytes = 0

  /// Bytes were read, or looked at.
  ///
  /// - Parameters:
  ///   - isInsideFrame: Whether the last of them belong to a frame that has not come whole.
  ///   - framesTaken: How many frames have come whole so far.
  ///   - now: The monotonic clock, in nanoseconds.
  mutating func noteFrame(isInsideFrame: Bool, framesTaken: UInt64, now: UInt64) {
    if !isInsideFrame {
      frameBegan = nil
    } else if frameBegan == nil || framesTaken != self.framesTaken {
      frameBegan = now
    }
    self.framesTaken = framesTaken
  }

  /// The worker reads again after it had stopped; meanwhile the frame could not go on.
  mutating func resumeReading(now: UInt64) {
    if frameBegan != nil { frameBegan = now }
  }

  /// The client has taken bytes of its answers.
  ///
  /// - Parameters:
  ///   - taken: How many.
  ///   - unsent: How many are left.
  ///   - now: The monotonic clock, in nanoseconds.
  mutating func noteAnswers(taken: Int, unsent: Int, now: UInt64) {
    takenBytes += taken
    if unsent == 0 {
      unreadSince = nil
    } else if unreadSince == nil || takenBytes >= Limits.unsentProgressBytes {
      unreadSince = now
      takenBytes = 0
    }
  }

  /// Why the connection must go, if it must.
  func failure(now: UInt64, frameTimeout: UInt64, unreadTimeout: UInt64) -> Failure? {
    // The clock was read before the note may have been made.
    if let frameBegan, now > frameBegan, now - frameBegan > frameTimeout { return .halfFrame }
    if let unreadSince, now > unreadSince, now - unreadSince > unreadTimeout { return .unread }
    return nil
  }

  /// What a client did not do in time.
  enum Failure {
    /// It did not send the rest of a frame.
    case halfFrame
    /// It did not take its answers.
    case unread
  }
}
