internal import CSeccomp
internal import Glibc
internal import WorkerLink

/// The kernel's filter of system calls: those of ``SystemCall/allowed``, and any other ends the process.
///
/// Also ended are calls by another entry than this program's own: 32-bit calls and, on x86-64, those of x32.
enum SystemCallFilter {
  /// Filters every call from now on, of every thread.
  ///
  /// - Returns: How many calls are allowed.
  static func load() throws(ConfinementFailure) -> UInt32 {
    guard let filter = unsafe seccomp_init(killProcess) else {
      throw ConfinementFailure(.makeFilter, result: -ENOMEM)
    }
    defer { unsafe seccomp_release(filter) }
    let attributes: [(scmp_filter_attr, UInt32)] = [
      (SCMP_FLTATR_ACT_BADARCH, killProcess),
      // That is a layer of its own, which may be off.
      (SCMP_FLTATR_CTL_NNP, 0),
      (SCMP_FLTATR_CTL_TSYNC, 1),
      // A tree of comparisons, instead of one after the other.
      (SCMP_FLTATR_CTL_OPTIMIZE, 2),
    ]
    for (attribute, value) in attributes {
      let result = unsafe seccomp_attr_set(filter, attribute, value)
      guard result == 0 else { throw ConfinementFailure(.makeFilter, result: result) }
    }
    for call in SystemCall.allowed {
      let result = unsafe add(call, to: filter)
      guard result == 0 else { throw ConfinementFailure(.addRule, result: result) }
    }
    let result = unsafe seccomp_load(filter)
    guard result == 0 else { throw ConfinementFailure(.loadFilter, result: result) }
    return UInt32(SystemCall.allowed.count)
  }

  @unsafe private static func add(_ call: SystemCall, to filter: scmp_filter_ctx) -> Int32 {
    let number = number(of: call.name)
    // Not one that libseccomp knows on any machine: a slip in the table.
    guard number != Int32(__NR_SCMP_ERROR) else { return -EINVAL }
    let comparisons = call.condition.map { [$0.comparison] } ?? []
    // Safe: the comparisons are read during the call only. A call that this machine does not have, as
    // `epoll_wait` on some, is passed over.
    return unsafe seccomp_rule_add_array(
      filter, allow, number, UInt32(comparisons.count), comparisons)
  }

  /// A call's number here; negative for one that this machine does not have.
  static func number(of name: String) -> Int32 {
    // Safe: the name is read during the call only.
    unsafe seccomp_syscall_resolve_name(name)
  }

  // As in seccomp.h; macros that Swift does not import.
  private static let killProcess: UInt32 = 0x8000_0000
  private static let allow: UInt32 = 0x7FFF_0000
}

extension SystemCall.Condition {
  fileprivate var comparison: scmp_arg_cmp {
    switch self {
    case .lacks(let bits, let argument):
      scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: bits, datum_b: 0)
    case .equals(let number, let argument):
      scmp_arg_cmp(
        arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: 0xFFFF_FFFF, datum_b: UInt64(number))
    case .isThisProcess(let argument):
      scmp_arg_cmp(
        arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: 0xFFFF_FFFF,
        datum_b: UInt64(UInt32(bitPattern: getpid())))
    }
  }
}
