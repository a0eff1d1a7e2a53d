import Glibc
import Testing
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `A slot's confinement` {
  private func all(_ state: LayerState = .holds()) -> [LayerReport] {
    ConfinementLayer.allCases.map { LayerReport($0, state) }
  }

  @Test func `suffices when every layer was told of, and holds`() {
    var confinement = SlotConfinement(leftOff: [])
    for report in all() {
      #expect(!confinement.isSufficient)
      confinement.note(report)
    }
    #expect(confinement.isSufficient)
    confinement.note(LayerReport(.seccomp, .lacking(.refused(.loadFilter, code: 22))))
    #expect(!confinement.isSufficient)
    confinement.forget()
    #expect(confinement.missing == Set(ConfinementLayer.allCases))
  }

  @Test func `does without what was left off, told of or not`() {
    var confinement = SlotConfinement(leftOff: [.landlock, .seccomp])
    for report in all() where report.layer != .landlock { confinement.note(report) }
    confinement.note(LayerReport(.seccomp, .lacking(.leftOff)))
    #expect(confinement.isSufficient)
  }

  @Test func `does not take a layer's word that it was left off`() {
    var confinement = SlotConfinement(leftOff: [])
    for report in all() { confinement.note(report) }
    confinement.note(LayerReport(.landlock, .lacking(.leftOff)))
    #expect(!confinement.isSufficient)
  }

  @Test func `says what is missing and what to do`() {
    var confinement = SlotConfinement(leftOff: [])
    confinement.note(LayerReport(.seccomp, .lacking(.refused(.loadFilter, code: EINVAL))))
    confinement.note(LayerReport(.landlock, .lacking(.refused(.makeRuleset, code: ENOSYS))))
    #expect(
      confinement.refusal
        == "workers can't be confined: seccomp (seccomp_load: Invalid argument), landlock "
        + "(landlock_create_ruleset: Function not implemented); use a system that allows it, or start "
        + "with `--allow-unconfined landlock,seccomp` to do without")
  }
}
