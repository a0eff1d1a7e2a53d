/// What happened to a client's connection.
///
/// A reader gets them in the order in which they happened. `connected` comes before the answer to any call that was sent
/// over that connection, and `disconnected` before the calls that were lost with it fail.
public enum ConnectionEvent: Equatable, Sendable {
  /// A dial begins, because a call needs a connection.
  ///
  /// - attempt: 1, and one more for each dial and each connection since somebody last answered.
  case connecting(attempt: Int)
  /// There is a connection; calls go out.
  case connected
  /// The server has said that it is about to end; what it still has in flight it finishes, and then it hangs up.
  ///
  /// A worker that hands its connections over to another one is not seen from here: the connection stays.
  case serverDraining
  /// There is none, or none any more.
  ///
  /// - reason: Why.
  /// - retryAt: No dial before this; and none at all before a call needs one.
  case disconnected(reason: Reason, retryAt: ContinuousClock.Instant)
  /// The client was closed; nothing follows.
  case closed

  /// Why there is no connection.
  public enum Reason: Equatable, Sendable, CustomStringConvertible {
    /// Nobody answers at the endpoint, or not to this user.
    case unreachable(String)
    /// There was a connection, and it has ended.
    case lost(String)

    /// One sentence.
    public var description: String {
      switch self {
      case .unreachable(let sentence), .lost(let sentence): sentence
      }
    }
  }
}
