import Glibc
import Testing
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `What is configured of confinement` {
  @Test func `insists on every layer where nothing is said`() throws {
    let launch = try Asked().settings().launch
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
  func `takes layers in one flag or many`(flags: [String]) throws {
    let launch = try Asked(flags: flags).settings().launch
    #expect(Set(bits: launch.unconfinedBits) == [.landlock, .seccomp])
  }

  @Test(arguments: ["", "all", "landlock,", "Landlock", "landlock seccomp"])
  func `refuses a layer that there is not, with those that there are`(text: String) throws {
    let asked = Asked(flags: ["--allow-unconfined", text])
    #expect(try asked.exitStatus() == EX_USAGE)
    let sentence = try asked.flaws().joined()
    for layer in ConfinementLayer.allCases { #expect(sentence.contains(layer.name)) }
  }

  @Test(.enabled(if: geteuid() == 0, "only root's workers are somebody else"))
  func `leaves root's workers root only where that is asked for`() throws {
    let flags = ["--allow-unconfined", "unprivileged-user"]
    #expect(try Asked(flags: flags).settings().launch.userID == 0)
    #expect(try Asked(flags: flags + ["--worker-user", "nobody"]).exitStatus() == EX_USAGE)
  }

  @Test(arguments: ["nosuchuserhere", "4294967295", "-1"])
  func `refuses a user that there is not`(user: String) throws {
    let asked = Asked(flags: ["--worker-user=\(user)"])
    #expect(try asked.exitStatus() == EX_NOUSER)
    #expect(
      try asked.flaws() == ["--worker-user: `\(user)` is no user here; name one that is"])
  }

  @Test(.enabled(if: geteuid() == 0, "only root can change its workers' user"))
  func `takes a user by name or number, and never root`() throws {
    func launch(_ user: String) throws -> LaunchSettings {
      try Asked(flags: ["--worker-user", user]).settings().launch
    }
    #expect(try launch("nobody").userID == 65534)
    #expect(try launch("12345").userID == 12345)
    #expect(try launch("12345").groupID == 12345)
    for root in ["root", "0"] {
      #expect(try Asked(flags: ["--worker-user", root]).exitStatus() == EX_USAGE)
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may become anybody"))
  func `refuses another user where nobody is root`() throws {
    let asked = Asked(flags: ["--worker-user", "root"])
    #expect(try asked.exitStatus() == EX_USAGE)
    #expect(try asked.flaws().joined().contains("takes root to become"))
  }

  @Test func `grants more memory where cache and connections need it`() throws {
    let more = Asked(
      flags: ["--workers", "1", "--max-connections", "4096", "--tree-cache-bytes", "\(1 << 30)"])
    #expect(try more.settings().launch.memoryBytes == (128 + 2048 + 2048) << 20)
    let little = Asked(flags: ["--workers", "2", "--worker-memory", "200MiB"])
    #expect(try little.exitStatus() == EX_USAGE)
    #expect(try little.flaws().joined().contains("give 512MiB or more"))
    let enough = Asked(flags: ["--workers", "2", "--worker-memory", "512MiB"])
    #expect(try enough.settings().launch.memoryBytes == 512 << 20)
    for (connections, cacheBytes) in [(Int.max, 0), (1024, Int.max), (1 << 40, 1 << 40)] {
      let flags = ["--max-connections", "\(connections)", "--tree-cache-bytes", "\(cacheBytes)"]
      #expect(try Asked(flags: flags).exitStatus() == EX_USAGE)
    }
  }
}

@Suite struct `What is configured of connections` {
  @Test(arguments: [(1, 10, 10), (3, 10, 4), (10, 10, 1)])
  func `gives each worker its part of them, and leaves none out`(
    workers: Int, all: Int, each: Int
  ) throws {
    let asked = Asked(flags: ["--workers", "\(workers)", "--max-connections", "\(all)"])
    #expect(try asked.settings().launch.connections == each)
  }

  @Test func `is taken as it is given`() throws {
    let launch = try Asked(flags: [
      "--workers", "1", "--max-connections", "7", "--max-streams", "1", "--frame-timeout", "10ms",
      "--unread-timeout", "2m", "--unread-bytes", "5MiB",
    ]).settings().launch
    #expect(launch.connections == 7)
    #expect(launch.streamsInFlight == 1)
    #expect(launch.frameTimeoutNanoseconds == 10_000_000)
    #expect(launch.unreadTimeoutNanoseconds == 120_000_000_000)
    #expect(launch.unreadBytes == 5 << 20)
  }
}
