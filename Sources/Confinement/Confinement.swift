internal import CLinux
internal import Glibc
public import WorkerLink

/// Takes from a process, for good, whatever it does not need to serve.
///
/// To be called once, in a process of one thread, before anything of a client is read: Landlock, users and
/// capabilities are a thread's own, and only threads made later inherit them.
public enum Confinement {
  /// Puts on every layer but those left off.
  ///
  /// The order matters. Changing users comes first, since all else is easier to do without rights than
  /// rights are to drop after; it also takes back the parent-death signal and makes the process dumpable as
  /// the system likes, so both are set behind it. The filter of system calls comes last: it forbids the others.
  ///
  /// - Parameter settings: What to confine to.
  /// - Returns: A report of every layer, in their order. A layer that fails keeps none of the others from
  ///   being put on.
  public static func apply(_ settings: ConfinementSettings) -> [LayerReport] {
    ConfinementLayer.allCases.map { layer in
      guard !settings.leftOff.contains(layer) else {
        return LayerReport(layer, .lacking(.leftOff))
      }
      do throws(ConfinementFailure) {
        return LayerReport(layer, .holds(try put(layer, settings)))
      } catch {
        return LayerReport(layer, .lacking(error.gap))
      }
    }
  }

  /// - Returns: The measure that ``LayerReport/detail`` tells of.
  private static func put(
    _ layer: ConfinementLayer, _ settings: ConfinementSettings
  ) throws(ConfinementFailure) -> UInt32 {
    switch layer {
    case .unprivilegedUser:
      try Privileges.become(userID: settings.userID, groupID: settings.groupID)
    case .noNewPrivileges: try setNoNewPrivileges()
    case .parentDeath: try endWithParent(settings.keeperProcessID)
    case .notDumpable: try hideMemory()
    case .coreLimit: try ResourceLimit.core.lower(to: 0)
    case .processLimit: try ResourceLimit.forbidProcesses()
    case .descriptorLimit: try ResourceLimit.descriptors.lower(to: settings.descriptors)
    case .addressSpaceLimit: try ResourceLimit.lowerAddressSpace(to: settings.addressSpaceBytes)
    case .landlock: try Landlock.restrict()
    case .seccomp: try SystemCallFilter.load()
    }
  }

  private static func setNoNewPrivileges() throws(ConfinementFailure) -> UInt32 {
    guard clinux_prctl(Option.setNoNewPrivileges, 1, 0) == 0 else {
      throw ConfinementFailure(.setNoNewPrivileges)
    }
    return 0
  }

  private static func endWithParent(_ keeper: Int32) throws(ConfinementFailure) -> UInt32 {
    guard clinux_prctl(Option.setParentDeath, UInt(SIGKILL), 0) == 0 else {
      throw ConfinementFailure(.setParentDeath)
    }
    // A keeper that died before the line above was reached sends no signal any more.
    guard getppid() == keeper else { throw ConfinementFailure(gap: .keeperGone) }
    return UInt32(SIGKILL)
  }

  private static func hideMemory() throws(ConfinementFailure) -> UInt32 {
    guard clinux_prctl(Option.setDumpable, 0, 0) == 0 else {
      throw ConfinementFailure(.setDumpable)
    }
    return 0
  }

  /// Numbers of prctl(2), which Swift's Glibc module leaves out.
  private enum Option {
    static let setParentDeath: Int32 = 1
    static let setDumpable: Int32 = 4
    static let setNoNewPrivileges: Int32 = 38
  }
}

/// Why a layer could not be put on.
struct ConfinementFailure: Error, Equatable {
  let gap: LayerState.Gap

  init(gap: LayerState.Gap) { self.gap = gap }

  /// The step that has just failed, by the thread's `errno`.
  init(_ step: ConfinementStep) { gap = .refused(step, code: errno) }

  /// A step of libseccomp that failed; it gives a negative error number.
  init(_ step: ConfinementStep, result: Int32) { gap = .refused(step, code: -result) }
}
