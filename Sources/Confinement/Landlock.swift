internal import CLinux
internal import Glibc
internal import WorkerLink

/// Landlock with no rule: whatever it knows to forbid is forbidden.
///
/// Descriptors that are open already go on as they are.
///
/// - Source: landlock(7); the kernel's `Documentation/userspace-api/landlock.rst`.
enum Landlock {
  /// What a version of the kernel's interface knows to forbid, a bit each.
  struct Rights: Equatable {
    var files: UInt64
    var network: UInt64
    var scoped: UInt64

    /// All that the version knows, and no bit that it does not: the kernel refuses those.
    init(version: Int32) {
      // 13 kinds of access at first; then linking between folders, truncating, and device control.
      let fileRights: UInt64 =
        switch version {
        case ..<2: 13
        case 2: 14
        case 3, 4: 15
        default: 16
        }
      files = (1 << fileRights) - 1
      // Binding and connecting TCP.
      network = version >= 4 ? 0b11 : 0
      // Abstract sockets, and signals to processes that are not confined with this one.
      scoped = version >= 6 ? 0b11 : 0
    }
  }

  /// Forbids all that this kernel knows to forbid.
  ///
  /// - Returns: The version of the kernel's interface.
  static func restrict() throws(ConfinementFailure) -> UInt32 {
    let version = clinux_landlock_version()
    guard version > 0 else { throw ConfinementFailure(.makeRuleset) }
    let rights = Rights(version: version)
    let ruleset = clinux_landlock_ruleset(rights.files, rights.network, rights.scoped)
    guard ruleset >= 0 else { throw ConfinementFailure(.makeRuleset) }
    guard clinux_landlock_restrict(ruleset) == 0 else {
      let failure = ConfinementFailure(.restrictSelf)
      close(ruleset)
      throw failure
    }
    close(ruleset)
    return UInt32(version)
  }
}
