import Foundation
import TestSupport
import Testing

/// What a worker must not be able to do, tried from inside one.
///
/// The table stands in `contrib/docs/threat-model.md` too.
enum Attempts {
  /// Those that the filter of system calls ends.
  static let forbidden = [
    "open-for-reading", "open-for-writing", "open-own-memory", "open-parent-memory", "remove-file",
    "exhaust-descriptors", "control-terminal", "socket-unix", "socket-inet", "connect-tcp",
    "bind-tcp", "connect-abstract", "bind-abstract", "fork", "vfork", "clone-thread", "exec",
    "exec-set-user-id", "exec-memory", "trace-me", "trace-parent", "read-parent-memory",
    "probe-parent", "end-parent", "probe-parent-thread", "signal-group", "own-signals",
    "protect-executable", "protect-executable-by-key", "map-executable", "make-memory-file",
    "become-root", "raise-core-limit", "raise-process-limit", "raise-descriptor-limit",
    "raise-memory-limit", "become-dumpable", "outlive-parent", "mount", "unshare", "bpf",
    "io-uring", "user-faults", "keyring", "personality", "call-of-x32", "call-of-32-bits",
  ]

  /// Those of them that do no harm where they are let, and that anybody may do.
  static let harmless = [
    "open-for-reading", "open-for-writing", "open-own-memory", "remove-file",
    "exhaust-descriptors", "socket-unix", "socket-inet", "connect-tcp", "bind-tcp",
    "connect-abstract", "bind-abstract", "fork", "vfork", "clone-thread", "trace-me",
    "probe-parent", "probe-parent-thread", "signal-group", "own-signals", "protect-executable",
    "protect-executable-by-key", "map-executable", "make-memory-file", "map-much",
    "become-dumpable", "outlive-parent", "keyring", "personality",
  ]

  /// Those of them that only root may do.
  static let harmlessForRoot = [
    "open-parent-memory", "trace-parent", "read-parent-memory", "end-parent", "become-root",
    "unshare",
  ]

  /// Crashes, and the signal that must tell of each.
  static let endings = [
    ("abort", SIGABRT), ("trap", SIGILL), ("bad-address", SIGSEGV), ("corrupt-heap", SIGABRT),
  ]
}

// One daemon after the other: a hundred at once would take the time from tests that need it.
@Suite(.serialized) struct `A confined worker` {
  @Test(arguments: Attempts.forbidden)
  func `is ended at what it may not do`(attempt: String) throws {
    let targets = try AttemptTargets()
    let run = try AttemptRun(targets.argument(of: attempt), [])
    #expect(run.end == .killed, "\(run.log)")
    #expect(FileManager.default.contents(atPath: targets.file) == Data("secret".utf8))
    #expect(!FileManager.default.fileExists(atPath: targets.newFile))
  }

  @Test func `gets no more memory than it is granted, and lives`() throws {
    let run = try AttemptRun("map-much", [])
    #expect(run.end == .failed(ENOMEM), "\(run.log)")
  }

  @Test func `that takes ever more memory ends itself`() throws {
    let run = try AttemptRun(
      "exhaust-memory", ["--worker-memory", "288MiB", "--max-connections", "64"])
    // By the runtime's own word: it can't go on without memory.
    #expect(
      run.end == .died("signal \(SIGABRT)") || run.end == .died("signal \(SIGILL)"), "\(run.log)")
    #expect(run.log.contains("failed to allocate"), "\(run.log)")
  }

  @Test(arguments: Attempts.endings)
  func `that crashes is told by its own signal`(attempt: String, signal: Int32) throws {
    #expect(try AttemptRun(attempt, []).end == .died("signal \(signal)"))
  }

  @Test func `says its last words`() throws {
    #expect(try AttemptRun("corrupt-heap", []).log.contains("double free or corruption"))
  }
}

@Suite(.serialized) struct `A worker without any layer` {
  @Test(arguments: Attempts.harmless + (isRoot ? Attempts.harmlessForRoot : []))
  func `may do what a confined one may not`(attempt: String) throws {
    let targets = try AttemptTargets()
    let run = try AttemptRun(targets.argument(of: attempt), Layer.only([]))
    #expect(run.end == .succeeded, "\(run.log)")
  }

  @Test(arguments: [("exec", "exit 42"), ("exec-memory", "exit 0")])
  func `becomes another program`(attempt: String, end: String) throws {
    #expect(try AttemptRun(attempt, Layer.only([])).end == .died(end))
  }

  @Test(arguments: Attempts.endings)
  func `that crashes is told by the same signal`(attempt: String, signal: Int32) throws {
    #expect(try AttemptRun(attempt, Layer.only([])).end == .died("signal \(signal)"))
  }
}

@Suite(.serialized) struct `A layer alone` {
  @Test(arguments: Attempts.forbidden)
  func `seccomp ends every forbidden call`(attempt: String) throws {
    let targets = try AttemptTargets()
    let run = try AttemptRun(targets.argument(of: attempt), Layer.alone(.seccomp))
    #expect(run.end == .killed, "\(run.log)")
  }

  @Test(
    arguments: [
      ("open-for-reading", EACCES), ("open-for-writing", EACCES), ("open-own-memory", EACCES),
      ("remove-file", EACCES), ("exec", EACCES), ("exec-memory", EACCES), ("connect-tcp", EACCES),
      ("bind-tcp", EACCES), ("connect-abstract", EPERM), ("trace-parent", EPERM),
      ("read-parent-memory", EPERM), ("probe-parent", EPERM), ("end-parent", EPERM),
      ("probe-parent-thread", EPERM),
    ])
  func `landlock keeps files, networks and others away`(attempt: String, code: Int32) throws {
    let targets = try AttemptTargets()
    let run = try AttemptRun(targets.argument(of: attempt), Layer.alone(.landlock))
    // Kernels forbid more with each version of Landlock: TCP with 4, sockets and signals with 6.
    let version = try #require(run.log.firstMatch(of: #/landlock \(ABI (\d+)/#)?.output.1)
    let needed =
      switch attempt {
      case "connect-tcp", "bind-tcp": 4
      case "connect-abstract", "probe-parent", "end-parent", "probe-parent-thread": 6
      default: 1
      }
    guard try #require(Int(version)) >= needed else { return }
    #expect(run.end == .failed(code), "\(run.log)")
    #expect(FileManager.default.fileExists(atPath: targets.file))
    #expect(!FileManager.default.fileExists(atPath: targets.newFile))
  }

  @Test(
    .enabled(if: isRoot, "only root can change its workers' user"),
    arguments: [
      ("become-root", EPERM), ("open-parent-memory", EACCES), ("trace-parent", EPERM),
      ("read-parent-memory", EPERM), ("probe-parent", EPERM), ("end-parent", EPERM),
    ])
  func `another user takes root's rights`(attempt: String, code: Int32) throws {
    #expect(try AttemptRun(attempt, Layer.only([.unprivilegedUser])).end == .failed(code))
  }

  @Test(.enabled(if: isRoot && TemporaryFolder.heedsSetUserID, "needs a program that root lends"))
  func `no-new-privileges takes from a program what root lent it`() throws {
    let targets = try AttemptTargets()
    let copy = targets.folder.path("test")
    try FileManager.default.copyItem(atPath: "/usr/bin/test", toPath: copy)
    #expect(chmod(copy, 0o4755) == 0)
    func end(_ layers: [Layer]) throws -> AttemptRun.End {
      try AttemptRun("exec-set-user-id:\(copy)", Layer.only(layers)).end
    }
    #expect(try end([.unprivilegedUser]) == .died("exit 0"))
    #expect(try end([.unprivilegedUser, .noNewPrivileges]) == .died("exit 1"))
  }

  @Test(
    arguments: [
      (.processLimit, "fork", EAGAIN), (.processLimit, "clone-thread", EAGAIN),
      (.descriptorLimit, "exhaust-descriptors", EMFILE), (.addressSpaceLimit, "map-much", ENOMEM),
      (.coreLimit, "raise-core-limit", EPERM), (.processLimit, "raise-process-limit", EPERM),
      (.descriptorLimit, "raise-descriptor-limit", EPERM),
      (.addressSpaceLimit, "raise-memory-limit", EPERM),
    ] as [(Layer, String, Int32)])
  func `a limit holds, and can't be raised by who is not root`(
    layer: Layer, attempt: String, code: Int32
  ) throws {
    #expect(try AttemptRun(attempt, Layer.only([.unprivilegedUser, layer])).end == .failed(code))
  }

  @Test(
    .enabled(if: Cores.areFiles, "the system does not write a core file where a program ran"),
    arguments: [([], true), ([.coreLimit], false), ([.notDumpable], false)] as [([Layer], Bool)])
  func `a crash leaves no picture of the memory`(layers: [Layer], leaves: Bool) throws {
    let folder = try TemporaryFolder()
    // Given up with the fifth worker, so that nothing writes any more when the folder is looked at.
    let run = try AttemptRun(
      "bad-address", Layer.only(layers), in: folder, shell: "ulimit -c unlimited",
      untilItGivesUp: true)
    #expect(run.end == .died("signal \(SIGSEGV)"))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(files.contains { $0.hasPrefix("core") } == leaves, "\(files)")
  }

  @Test(arguments: [true, false])
  func `parent-death ends a worker that does not see the keeper's end`(holds: Bool) throws {
    let folder = try TemporaryFolder()
    let daemon = try Daemon(
      in: folder,
      ["--worker-attempt", "hang"]
        + Layer.alone(.noNewPrivileges, .seccomp, holds ? .parentDeath : .seccomp))
    // It hangs once it is confined, of which the filter is the last step.
    let isConfined = waitUntil(within: .seconds(10)) {
      daemon.workerProcessIDs().first.map { Self.status(of: $0, "Seccomp") == "2" } == true
    }
    #expect(isConfined)
    let worker = try #require(daemon.workerProcessIDs().first)
    daemon.signal(SIGKILL)
    daemon.wait()
    let isGone = waitUntil(within: holds ? .seconds(10) : .milliseconds(300)) {
      ["", "Z (zombie)", "X (dead)"].contains(Self.status(of: worker, "State"))
    }
    #expect(isGone == holds)
    kill(worker, SIGKILL)
  }

  private static func status(of process: Int32, _ key: String) -> String {
    ProcessStatus(process)[key] ?? ""
  }
}

/// Core files.
private enum Cores {
  /// Whether the system writes them, and where the program ran rather than elsewhere or through a program.
  static let areFiles: Bool = {
    let pattern = try? String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    return pattern?.hasPrefix("core") == true && limit.rlim_max == rlim_t.max
  }()
}

extension TemporaryFolder {
  /// Whether programs in it may have rights of their owner's.
  fileprivate static let heedsSetUserID: Bool = {
    var status = statvfs()
    return statvfs(FileManager.default.temporaryDirectory.path, &status) == 0
      && status.f_flag & UInt(ST_NOSUID) == 0
  }()
}
