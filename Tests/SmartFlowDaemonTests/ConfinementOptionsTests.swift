import ArgumentParser
import Glibc
import Testing
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `An amount of memory` {
  @Test(arguments: [
    ("512MiB", 512 << 20), ("1GiB", 1 << 30), ("4KiB", 4096), ("0MiB", 0), ("2TiB", 2 << 40),
  ])
  func `is read as people write it`(text: String, byteCount: Int) {
    #expect(SizeText(argument: text)?.byteCount == byteCount)
  }

  @Test(arguments: [
    "", "1", "GiB", "-1GiB", "1.5GiB", "1GB", "1 GiB", "+1GiB", "9999999999TiB",
    "99999999999999999999GiB",
  ])
  func `is nothing else`(text: String) { #expect(SizeText(argument: text) == nil) }

  @Test(arguments: [(1 << 30, "1GiB"), (640 << 20, "640MiB"), (5000, "5000 bytes"), (0, "0 bytes")])
  func `is written in the largest unit that fits`(byteCount: Int, text: String) {
    #expect(SizeText(byteCount: byteCount).description == text)
  }
}

@Suite struct `The options of confinement` {
  /// Settles the settings of a daemon that was started with these flags.
  private func settle(
    _ arguments: [String], connections: Int = 512, cacheBytes: Int = 64 << 20
  ) throws -> LaunchSettings {
    var launch = LaunchSettings()
    launch.connections = connections
    launch.treeCacheBytes = cacheBytes
    try ConfinementOptions.parse(arguments).settle(&launch)
    return launch
  }

  private func failure(_ arguments: [String]) -> StartFailure? {
    do {
      _ = try settle(arguments)
      return nil
    } catch { return error as? StartFailure }
  }

  @Test func `insist on every layer where nothing is said`() throws {
    let launch = try settle([])
    #expect(launch.unconfinedBits == 0)
    #expect(launch.memoryBytes == 1 << 30)
    #expect(launch.attempt == nil)
    // Root's workers are somebody else; those of others are whoever starts them.
    if geteuid() == 0 {
      #expect(launch.userID != 0)
    } else {
      #expect(launch.userID == Int(geteuid()))
      #expect(launch.groupID == Int(getegid()))
    }
  }

  @Test(arguments: [
    ["--allow-unconfined", "landlock,seccomp"],
    ["--allow-unconfined", "seccomp", "--allow-unconfined", "landlock"],
    ["--allow-unconfined", "seccomp,landlock,seccomp"],
  ])
  func `take layers in one flag or many`(arguments: [String]) throws {
    #expect(Set(bits: try settle(arguments).unconfinedBits) == [.landlock, .seccomp])
  }

  @Test(arguments: ["", "all", "landlock,", "Landlock", "landlock seccomp"])
  func `refuse a layer that there is not, with those that there are`(text: String) {
    let failure = failure(["--allow-unconfined", text])
    #expect(failure?.exitStatus == EX_USAGE)
    for layer in ConfinementLayer.allCases {
      #expect(failure?.description.contains(layer.name) == true)
    }
  }

  @Test func `leave root's workers root only where that is asked for`() throws {
    let launch = try settle(["--allow-unconfined", "unprivileged-user"])
    #expect(launch.userID == Int(geteuid()))
    #expect(
      failure(["--allow-unconfined", "unprivileged-user", "--worker-user", "nobody"])?.exitStatus
        == EX_USAGE)
  }

  @Test(arguments: [
    ("nosuchuserhere", EX_NOUSER, "is no user here"), ("4294967295", EX_NOUSER, "is no user here"),
    ("-1", EX_NOUSER, "is no user here"),
  ])
  func `refuse a user that there is not`(user: String, status: Int32, sentence: String) {
    let failure = failure(["--worker-user=\(user)"])
    #expect(failure?.exitStatus == status)
    #expect(failure?.description.contains(sentence) == true)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can change its workers' user"))
  func `take a user by name or number, and never root`() throws {
    #expect(try settle(["--worker-user", "nobody"]).userID == 65534)
    #expect(try settle(["--worker-user", "12345"]).userID == 12345)
    #expect(try settle(["--worker-user", "12345"]).groupID == 12345)
    for root in ["root", "0"] {
      #expect(failure(["--worker-user", root])?.exitStatus == EX_USAGE)
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may become anybody"))
  func `refuse another user where nobody is root`() {
    let failure = failure(["--worker-user", "root"])
    #expect(failure?.exitStatus == EX_USAGE)
    #expect(failure?.description.contains("takes root to become") == true)
  }

  @Test func `grant more memory where cache and connections need it`() throws {
    let launch = try settle([], connections: 4096, cacheBytes: 1 << 30)
    #expect(launch.memoryBytes == (128 + 2048 + 2048) << 20)
    let little = failure(["--worker-memory", "200MiB"])
    #expect(little?.exitStatus == EX_USAGE)
    #expect(
      little?.description.contains("give 512MiB or more") == true, "\(little?.description ?? "")")
    #expect(try settle(["--worker-memory", "512MiB"]).memoryBytes == 512 << 20)
    for (connections, cacheBytes) in [(Int.max, 0), (1, Int.max), (1 << 40, 1 << 40)] {
      #expect(throws: StartFailure.self) {
        try settle([], connections: connections, cacheBytes: cacheBytes)
      }
    }
  }
}

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
