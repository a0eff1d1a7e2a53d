internal import Catalog
internal import Confinement
internal import Glibc
internal import WorkerLink

extension Worker {
  /// What confining came to.
  enum ConfinementOutcome {
    /// Every layer holds that the keeper insists on.
    case confined
    /// One that it insists on does not.
    case lacking
    /// Nobody is left to serve for.
    case keeperGone
  }

  /// Confines the process for good, and tells the keeper what became of every layer.
  ///
  /// Everything that is opened, mapped or looked up must be there by now. Nothing of a client was read yet.
  func confine(keeperProcessID: Int32) -> ConfinementOutcome {
    let leftOff = Set(bits: settings.unconfinedBits)
    if !leftOff.contains(.seccomp) { restoreCrashSignals() }
    let reports = Confinement.apply(
      ConfinementSettings(
        userID: UInt32(clamping: settings.userID), groupID: UInt32(clamping: settings.groupID),
        keeperProcessID: keeperProcessID,
        // What is shared with the keeper is no memory of the worker's own.
        addressSpaceBytes: UInt64(
          settings.memoryBytes + Catalog.Limits.catalogBytes + Catalog.Limits.deskBytes),
        // Twice, since a worker takes over another's connections beside those that it has accepted.
        descriptors: UInt64(2 * settings.connections + Limits.ownDescriptors), leftOff: leftOff))
    for report in reports { tell(.layer(report)) }
    let gaps = reports.filter { !$0.state.holds && !leftOff.contains($0.layer) }
    if gaps.contains(where: { $0.state == .lacking(.keeperGone) }) { return .keeperGone }
    return gaps.isEmpty ? .confined : .lacking
  }

  /// Lets a crash end the process by its own signal.
  ///
  /// The runtime's crash handler, which the environment may turn on, starts another program; behind the
  /// filter of system calls it would end by SIGSYS, and the keeper be told of a crime instead of a crash.
  private func restoreCrashSignals() {
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT] {
      _ = signal(number, SIG_DFL)
    }
  }

  /// Tries something forbidden, and writes to the log how it ended if the process is still there.
  func make(_ attempt: Attempt) {
    records.write(event: "attempt", level: .warning, reason: attempt.perform())
    records.flush()
  }
}
