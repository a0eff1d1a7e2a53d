internal import SmartFlowMessages

/// An arena that serves one message after the other.
final class LentArena {
  /// Not here while it is lent; whoever asks meanwhile gets one of their own.
  private var arena: MessageArena? = .forRequests

  /// Lends the arena for one message; a request holds on to it as long as it lives.
  func lend<Result, Failure: Error>(
    _ body: (inout MessageArena) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var lent = arena.take() ?? .forRequests
    do throws(Failure) {
      let result = try body(&lent)
      arena = consume lent
      return result
    } catch {
      arena = consume lent
      throw error
    }
  }
}
