import Glibc
import Testing
import WorkerLink

@testable import Confinement

/// Settings of the process as it is, in which only some layers are put on.
private func settings(
  _ layers: Set<ConfinementLayer>, userID: UInt32 = geteuid(), keeper: Int32 = getppid()
) -> ConfinementSettings {
  ConfinementSettings(
    userID: userID, groupID: getegid(), keeperProcessID: keeper, addressSpaceBytes: 1 << 40,
    descriptors: 64, leftOff: Set(ConfinementLayer.allCases).subtracting(layers))
}

/// Each is done in a process of its own: there is no way back.
@Suite struct `Confining a process` {
  @Test func `does nothing where every layer is left off`() {
    let reports = Confinement.apply(settings([]))
    #expect(reports == ConfinementLayer.allCases.map { LayerReport($0, .lacking(.leftOff)) })
    // Nothing in this process has changed: it may still open a file.
    let file = open("/dev/null", O_RDONLY)
    #expect(file >= 0)
    close(file)
  }

  @Test func `reports every layer once, in their order, whatever fails`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      let reports = Confinement.apply(
        settings([.unprivilegedUser, .parentDeath], userID: 0, keeper: 1))
      guard reports.map(\.layer) == ConfinementLayer.allCases else { exit(1) }
      guard reports[0].state == .lacking(.isRoot) else { exit(2) }
      guard reports[2].state == .lacking(.keeperGone) || getppid() == 1 else { exit(3) }
      guard reports.dropFirst(3).allSatisfy({ $0.state == .lacking(.leftOff) }) else { exit(4) }
      exit(0)
    }
  }

  @Test func `says that no process may be made only where the kernel heeds it`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      let state = Confinement.apply(settings([.processLimit]))[5].state
      exit(state == (getuid() == 0 ? .lacking(.exceptsRoot) : .holds(0)) ? 0 : 1)
    }
  }

  @Test func `lowers a limit, and never raises one`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      var limit = rlimit(rlim_cur: 32, rlim_max: 32)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      let states = Confinement.apply(settings([.descriptorLimit, .coreLimit])).map(\.state)
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      guard limit.rlim_max == 32, states[6] == .holds(32) else { exit(1) }
      getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
      exit(limit.rlim_max == 0 && limit.rlim_cur == 0 && states[4] == .holds(0) ? 0 : 2)
    }
  }

  @Test func `ends the process at a call that is not in the table`() async {
    await #expect(processExitsWith: .signal(SIGSYS)) {
      let reports = Confinement.apply(settings([.noNewPrivileges, .seccomp]))
      guard reports.last?.state == .holds(UInt32(SystemCall.allowed.count)) else { exit(1) }
      _ = open("/dev/null", O_RDONLY)
      exit(2)
    }
  }

  @Test func `lets the process leave in peace`() async {
    await #expect(processExitsWith: .exitCode(7)) {
      guard Confinement.apply(settings([.noNewPrivileges, .seccomp])).last?.state.holds == true
      else { exit(1) }
      _exit(7)
    }
  }

  @Test func `lets a process end itself by its own signal`() async {
    await #expect(processExitsWith: .signal(SIGABRT)) {
      guard Confinement.apply(settings([.noNewPrivileges, .seccomp])).last?.state.holds == true
      else { exit(1) }
      abort()
    }
  }

  @Test func `shuts the file system with no rule`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      guard case .holds = Confinement.apply(settings([.noNewPrivileges, .landlock]))[8].state else {
        exit(1)
      }
      guard open("/dev/null", O_RDONLY) < 0, errno == EACCES else { exit(2) }
      exit(mkdir("/tmp/confinement-test", 0o700) < 0 && errno == EACCES ? 0 : 3)
    }
  }
}

@Suite struct `An attempt` {
  @Test func `is found by its name, and there are no two of one`() {
    #expect(Set(Attempt.names).count == Attempt.names.count)
    #expect(Attempt.names.count > 50)
    #expect(Attempt(preparing: "") == nil)
    #expect(Attempt(preparing: "Fork") == nil)
    let attempt = Attempt(preparing: "open-for-reading:/a:b")
    #expect(attempt?.target == "/a:b")
  }

  @Test func `says how it ended`() {
    #expect(
      Attempt(preparing: "open-for-reading:/dev/null")?.perform() == "open-for-reading succeeded")
    #expect(
      Attempt(preparing: "open-for-reading:/nowhere/x")?.perform()
        == "open-for-reading failed with error 2")
  }
}
