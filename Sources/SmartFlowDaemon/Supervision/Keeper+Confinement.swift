internal import Glibc
internal import Logging
internal import UnixSocket
internal import WorkerLink

extension Keeper {
  /// Begins anew with a slot: another process is in it.
  func forgetConfinement(of slot: WorkerSlot) {
    for layer in ConfinementLayer.allCases { board[slot.index, layer] = nil }
  }

  /// Notes what a worker says of a layer, which it does before any client could make it say anything.
  func note(_ report: LayerReport, of slot: WorkerSlot) {
    slot.confinement.note(report)
    board[slot.index, report.layer] = report.state
    guard !report.state.holds, !slot.confinement.leftOff.contains(report.layer) else { return }
    logger.error(
      "worker_unconfined",
      metadata: [
        "worker": "\(slot.index)", "layer": "\(report.layer.name)", "reason": "\(report.detail)",
      ])
  }

  /// Whether a worker that says that it serves may; one that may not is ended.
  func isConfined(_ slot: WorkerSlot) -> Bool {
    guard !slot.confinement.isSufficient else { return true }
    logger.error(
      "worker_unconfined",
      metadata: [
        "worker": "\(slot.index)", "reason": "it is ready without having told of every layer",
        "untold": "\(slot.confinement.missing.names)",
      ])
    slot.running?.process.signal(SIGKILL)
    return false
  }

  /// Writes once what holds: the workers are alike, since one that lacks more does not serve.
  func logConfinement() {
    guard let confinement = slots.first?.confinement else { return }
    let held = confinement.reports.filter(\.state.holds)
    let leftOff = confinement.leftOff
    logger.log(
      level: leftOff.isEmpty ? .info : .warning, "confined",
      metadata: [
        "holds": .string(held.map { "\($0.layer.name) (\($0.detail))" }.joined(separator: "; ")),
        "left_off": .string(leftOff.names),
      ])
  }
}
