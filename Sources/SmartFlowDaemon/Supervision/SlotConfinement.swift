internal import WorkerLink

/// What the worker in a slot has said of its confinement, before it was ready.
struct SlotConfinement {
  /// The layers in the order in which they were told.
  private(set) var reports: [LayerReport] = []
  /// Layers that the daemon was told to do without.
  let leftOff: Set<ConfinementLayer>

  init(leftOff: Set<ConfinementLayer>) { self.leftOff = leftOff }

  /// Notes a layer; the same one a second time replaces the first.
  mutating func note(_ report: LayerReport) {
    reports.removeAll { $0.layer == report.layer }
    reports.append(report)
  }

  /// Forgets everything: another process is in the slot.
  mutating func forget() { reports = [] }

  /// Layers that do not hold, without having been left off.
  var gaps: [LayerReport] {
    reports.filter { !$0.state.holds && !leftOff.contains($0.layer) }
  }

  /// Whether the worker may serve: of a layer that it has not spoken of nothing good is assumed.
  var isSufficient: Bool { missing.isEmpty && gaps.isEmpty }

  /// Layers that were not told of, and not left off.
  var missing: Set<ConfinementLayer> {
    Set(ConfinementLayer.allCases).subtracting(leftOff).subtracting(reports.map(\.layer))
  }

  /// Why the daemon does not start, and what to do about it: a sentence.
  var refusal: String {
    let names = Set(gaps.map(\.layer)).names
    let reasons = gaps.map { "\($0.layer.name) (\($0.detail))" }.joined(separator: ", ")
    return
      "workers can't be confined: \(reasons); use a system that allows it, or start with "
      + "`--allow-unconfined \(names.replacing(", ", with: ","))` to do without"
  }
}
