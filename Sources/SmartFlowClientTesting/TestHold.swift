internal import UnixSocket

/// Keeps answers back until a test lets them go: a delay without a clock.
public final class TestHold: Sendable {
  private struct State {
    var isReleased = false
    var actions: [@Sendable () -> Void] = []
  }

  private let state = Locked(State())

  /// Makes a hold that keeps back.
  public init() {}

  /// Lets go of all answers that are held, and of all that come.
  public func release() {
    let actions = state.withLock { state in
      state.isReleased = true
      defer { state.actions = [] }
      return state.actions
    }
    for action in actions { action() }
  }

  func whenReleased(_ action: @escaping @Sendable () -> Void) {
    let isReleased = state.withLock { state in
      if !state.isReleased { state.actions.append(action) }
      return state.isReleased
    }
    if isReleased { action() }
  }
}
