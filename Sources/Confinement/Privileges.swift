internal import CLinux
internal import Glibc
internal import WorkerLink

/// User, groups and capabilities of the process.
enum Privileges {
  /// Becomes an unprivileged user without any capability.
  ///
  /// Where the process is that user already, as it is when nobody was root, only what capabilities it may
  /// have been given are dropped.
  ///
  /// - Returns: The user.
  static func become(userID: UInt32, groupID: UInt32) throws(ConfinementFailure) -> UInt32 {
    guard userID != 0 else { throw ConfinementFailure(gap: .isRoot) }
    // While it is still root: afterwards nothing may be taken off the bounding set.
    try dropBoundingSet()
    if geteuid() != userID || getuid() != userID {
      // Those of root would outlive it.
      guard setgroups(0, nil) == 0 else { throw ConfinementFailure(.setGroups) }
      guard clinux_become_group(groupID) == 0 else { throw ConfinementFailure(.setGroup) }
      guard clinux_become_user(userID) == 0 else { throw ConfinementFailure(.setUser) }
    }
    guard getuid() == userID, geteuid() == userID else {
      throw ConfinementFailure(gap: .refused(.setUser, code: EPERM))
    }
    // Inheritable ones survive a change of users, and with them the ambient ones of who is not root.
    guard clinux_clear_capabilities() == 0 else { throw ConfinementFailure(.setCapabilities) }
    guard try capabilities() == (0, 0, 0) else {
      throw ConfinementFailure(gap: .refused(.setCapabilities, code: EPERM))
    }
    return userID
  }

  /// Takes every capability from what a program with rights of its own could bring back.
  ///
  /// Only who has `CAP_SETPCAP` may; for the others no-new-privileges says the same.
  private static func dropBoundingSet() throws(ConfinementFailure) {
    guard try capabilities().effective >> capSetPCap & 1 == 1 else { return }
    for capability in UInt(0)..<64 where clinux_prctl(capBsetDrop, capability, 0) != 0 {
      // The kernel's last one lies before this.
      if errno == EINVAL { return }
      throw ConfinementFailure(.dropBoundingSet)
    }
  }

  private static func capabilities() throws(ConfinementFailure) -> (
    effective: UInt64, permitted: UInt64, inheritable: UInt64
  ) {
    var sets = clinux_capabilities()
    // Safe: the structure is written during the call only.
    guard unsafe clinux_get_capabilities(&sets) == 0 else {
      throw ConfinementFailure(.getCapabilities)
    }
    return (sets.effective, sets.permitted, sets.inheritable)
  }

  /// Whether the kernel excepts the process from its limit of processes.
  static func exceedsProcessLimit() throws(ConfinementFailure) -> Bool {
    let effective = try capabilities().effective
    return getuid() == 0 || effective >> capSysResource & 1 == 1
      || effective >> capSysAdmin & 1 == 1
  }

  // Numbers of prctl(2) and capabilities(7), which Swift's Glibc module leaves out.
  private static let capBsetDrop: Int32 = 24
  private static let capSetPCap: UInt64 = 8
  private static let capSysAdmin: UInt64 = 21
  private static let capSysResource: UInt64 = 24
}
