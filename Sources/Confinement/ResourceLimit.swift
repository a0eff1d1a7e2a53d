internal import Glibc
internal import WorkerLink

/// A limit of the process that nobody without privileges can raise again: setrlimit(2).
enum ResourceLimit {
  case core
  case processes
  case descriptors
  case addressSpace

  /// Lowers the limit for good; one that is lower already is kept.
  ///
  /// - Returns: What it is now.
  func lower(to wanted: UInt64) throws(ConfinementFailure) -> UInt32 {
    UInt32(clamping: try lowered(to: wanted))
  }

  /// Forbids further processes and threads.
  static func forbidProcesses() throws(ConfinementFailure) -> UInt32 {
    if try Privileges.exceedsProcessLimit() { throw ConfinementFailure(gap: .exceptsRoot) }
    return try processes.lower(to: 0)
  }

  /// Lowers the address space.
  ///
  /// - Returns: What it is now, in MiB.
  static func lowerAddressSpace(to byteCount: UInt64) throws(ConfinementFailure) -> UInt32 {
    UInt32(clamping: try addressSpace.lowered(to: byteCount) >> 20)
  }

  private func lowered(to wanted: UInt64) throws(ConfinementFailure) -> UInt64 {
    var limit = rlimit()
    // Safe: the structure is used during the calls only, here and below.
    guard unsafe getrlimit(resource, &limit) == 0 else { throw ConfinementFailure(.getLimit) }
    // Both alike: a soft limit below the hard one could be raised again.
    let lowered = min(UInt64(limit.rlim_max), wanted)
    limit = rlimit(rlim_cur: rlim_t(lowered), rlim_max: rlim_t(lowered))
    guard unsafe setrlimit(resource, &limit) == 0 else { throw ConfinementFailure(.setLimit) }
    return lowered
  }

  private var resource: __rlimit_resource_t {
    let resource =
      switch self {
      case .core: RLIMIT_CORE
      case .processes: __RLIMIT_NPROC
      case .descriptors: RLIMIT_NOFILE
      case .addressSpace: RLIMIT_AS
      }
    return __rlimit_resource_t(resource.rawValue)
  }
}
