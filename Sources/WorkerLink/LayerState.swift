/// What became of a layer in one worker.
public enum LayerState: Equatable, Sendable {
  /// It holds; the number says by what measure, and what it counts is the layer's to know.
  case holds(UInt32 = 0)
  /// It does not.
  case lacking(Gap)

  /// Why a layer is lacking.
  public enum Gap: Equatable, Sendable {
    /// The daemon was told to do without.
    case leftOff
    /// The system refused a step, with its `errno`.
    case refused(ConfinementStep, code: Int32)
    /// The worker was to be root.
    case isRoot
    /// The kernel excepts root, which the worker is.
    case exceptsRoot
    /// The keeper is no longer the worker's parent.
    case keeperGone
  }

  /// Whether the layer holds.
  public var holds: Bool {
    if case .holds = self { true } else { false }
  }
}

/// A step on the way to a layer, so that one that fails can be named.
public enum ConfinementStep: UInt8, CaseIterable, Sendable {
  /// Dropping capabilities from what a program could regain.
  case dropBoundingSet = 1
  /// Dropping the keeper's groups.
  case setGroups
  /// Becoming the group.
  case setGroup
  /// Becoming the user.
  case setUser
  /// Giving up the capabilities that are left.
  case setCapabilities
  /// Seeing that none is.
  case getCapabilities
  /// Giving up new privileges.
  case setNoNewPrivileges
  /// Asking to end with the keeper.
  case setParentDeath
  /// Hiding the memory.
  case setDumpable
  /// Asking what a limit is.
  case getLimit
  /// Lowering a limit.
  case setLimit
  /// Asking for Landlock, and making a rule set.
  case makeRuleset
  /// Living by it.
  case restrictSelf
  /// Making a filter.
  case makeFilter
  /// Adding a call to it.
  case addRule
  /// Living by it.
  case loadFilter

  /// The call, as its manual page has it.
  public var call: String {
    switch self {
    case .dropBoundingSet: "prctl PR_CAPBSET_DROP"
    case .setGroups: "setgroups"
    case .setGroup: "setresgid"
    case .setUser: "setresuid"
    case .setCapabilities: "capset"
    case .getCapabilities: "capget"
    case .setNoNewPrivileges: "prctl PR_SET_NO_NEW_PRIVS"
    case .setParentDeath: "prctl PR_SET_PDEATHSIG"
    case .setDumpable: "prctl PR_SET_DUMPABLE"
    case .getLimit: "getrlimit"
    case .setLimit: "setrlimit"
    case .makeRuleset: "landlock_create_ruleset"
    case .restrictSelf: "landlock_restrict_self"
    case .makeFilter: "seccomp_init"
    case .addRule: "seccomp_rule_add"
    case .loadFilter: "seccomp_load"
    }
  }
}
