import Foundation
import TestSupport
import Testing

@Suite struct `What holds a worker` {
  @Test func `is seen from outside`() throws {
    let daemon = try DaemonProcess(workers: 2)
    for worker in daemon.workerProcessIDs() {
      let status = ProcessStatus(worker)
      #expect(status["NoNewPrivs"] == "1")
      #expect(status["Seccomp"] == "2")
      for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] + (isRoot ? ["CapBnd"] : []) {
        #expect(status[set] == "0000000000000000", "\(set)")
      }
      #expect(status["Threads"] == "1")
      if isRoot {
        for ids in ["Uid", "Gid"] { #expect(status[ids] == "65534\t65534\t65534\t65534") }
        #expect(status["Groups"] == "")
      }
      let limits = try String(contentsOfFile: "/proc/\(worker)/limits", encoding: .utf8)
      #expect(limits.contains(#/Max core file size +0 +0 /#), "\(limits)")
      #expect(limits.contains(#/Max processes +0 +0 /#), "\(limits)")
      #expect(limits.contains(#/Max address space +2151677952 +2151677952 /#), "\(limits)")
      #expect(limits.contains(#/Max open files +1056 +1056 /#), "\(limits)")
    }
  }

  @Test(.enabled(if: isRoot, "only root can change its workers' user"))
  func `is the user that was asked for`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--worker-user", "12345"])
    let worker = try #require(daemon.workerProcessIDs().first)
    #expect(ProcessStatus(worker)["Uid"] == "12345\t12345\t12345\t12345")
    #expect(ProcessStatus(worker)["Gid"] == "12345\t12345\t12345\t12345")
  }

  @Test(.enabled(if: isRoot, "only root sees the descriptors of a process that hides its memory"))
  func `is not what the daemon's starter left open`() throws {
    let folder = try TemporaryFolder()
    let secret = folder.path("secret")
    try Data().write(to: URL(filePath: secret))
    let daemon = try Daemon(in: folder, [], shell: "exec 9<'\(secret)' 0<'\(secret)'")
    #expect(waitUntil(within: .seconds(10)) { daemon.log().contains(#""ready""#) })
    let worker = try #require(daemon.workerProcessIDs().first)
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/fd")
    #expect(descriptors.compactMap(Int.init).sorted() == Array(0...14))
    for descriptor in descriptors {
      let file = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/\(worker)/fd/\(descriptor)")
      #expect(file != secret)
    }
  }

  @Test func `stands in one line of the log`() throws {
    let daemon = try DaemonProcess(workers: 2, arguments: ["--allow-unconfined", "landlock"])
    let lines = try daemon.logRecords().filter { $0["event"] as? String == "confined" }
    #expect(lines.count == 1)
    #expect(lines.first?["left_off"] as? String == "landlock")
    let holds = try #require(lines.first?["holds"] as? String)
    for layer in Layer.allCases {
      #expect(holds.contains(layer.rawValue) == (layer != .landlock), "\(holds)")
    }
  }

  @Test func `holds the worker that takes a dead one's place`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let first = try #require(daemon.workerProcessIDs().first)
    kill(first, SIGKILL)
    let isBack = waitUntil(within: .seconds(10)) {
      daemon.workerProcessIDs().contains { $0 != first && ProcessStatus($0)["Seccomp"] == "2" }
    }
    #expect(isBack, "\(daemon.log())")
  }
}

@Suite struct `A worker's memory` {
  @Test func `is not used up by frames that never end`() throws {
    // As little as such a worker may be given, so that forty long frames are more than it has for them.
    let daemon = try DaemonProcess(
      workers: 1,
      arguments: [
        "--max-connections", "64", "--worker-memory", "288MiB", "--frame-timeout", "10m",
      ])
    let worker = daemon.workerProcessIDs()
    let light = try RawConnection(path: daemon.socketPath)
    let frame: [UInt8] =
      [0, 0x40, 0, 0, 0, 0, 0, 1, 1, 0] + [UInt8](repeating: 1, count: 4_000_000)
    var floods: [RawConnection] = []
    var refused = 0
    for _ in 0..<40 {
      let flood = try RawConnection(path: daemon.socketPath)
      floods.append(flood)
      do { try flood.send(frame) } catch { refused += 1 }
    }
    #expect(refused > 0)
    #expect(refused < 40)
    #expect(daemon.log().contains(#""event":"connection_closed""#))
    let answer = try light.call(
      Wire.executeTree(stream: 1, tree: mariaTree, context: #"{"daysInactive": 9}"#))
    #expect(answer.code == 0)
    #expect(daemon.workerProcessIDs() == worker)
  }
}

@Suite struct `A daemon that can not confine its workers` {
  private func start(_ arguments: [String]) throws -> (status: Int32, log: String) {
    let daemon = try Daemon(in: try TemporaryFolder(), arguments)
    let hasEnded = waitUntil(within: .seconds(20)) { !daemon.isRunning }
    #expect(hasEnded, "\(daemon.log())")
    daemon.signal(SIGKILL)
    return (daemon.wait(), daemon.log())
  }

  @Test func `does not start, and names layer, reason and remedy`() throws {
    // Without no-new-privileges the kernel lets nobody but root have the other two.
    let (status, log) = try start(["--allow-unconfined", "no-new-privileges"])
    #expect(status == 78, "\(log)")
    #expect(
      log.contains("smartflowd: workers can't be confined: landlock (landlock_restrict_self: "),
      "\(log)")
    #expect(log.contains("seccomp (seccomp_load: "), "\(log)")
    #expect(
      log.contains("start with `--allow-unconfined landlock,seccomp` to do without"), "\(log)")
  }

  @Test(.enabled(if: isRoot, "nobody else starts a worker as root"))
  func `does not take a limit for one that the kernel does not heed`() throws {
    let (status, log) = try start(["--allow-unconfined", "unprivileged-user"])
    #expect(status == 78, "\(log)")
    #expect(log.contains("process-limit (the kernel excepts root, which the worker is)"), "\(log)")
  }

  @Test func `serves when it is told to do without`() throws {
    let daemon = try DaemonProcess(
      workers: 1, arguments: ["--allow-unconfined", "no-new-privileges,landlock,seccomp"])
    let worker = try #require(daemon.workerProcessIDs().first)
    #expect(ProcessStatus(worker)["Seccomp"] == "0")
    #expect(ProcessStatus(worker)["NoNewPrivs"] == "0")
  }

  @Test(arguments: [
    (["--allow-unconfined", "all"], 64, "is no layer; there are unprivileged-user, "),
    (["--worker-user", "nosuchuserhere"], 67, "is no user here"),
    (["--worker-memory", "1MiB"], 64, "--worker-memory: 1MiB do not hold"),
    (["--worker-memory", "1000"], 64, "--worker-memory"),
  ])
  func `says in a sentence what is wrong with a flag`(
    arguments: [String], status: Int32, sentence: String
  ) throws {
    let (ended, log) = try start(arguments)
    #expect(ended == status, "\(log)")
    #expect(log.contains(sentence), "\(log)")
  }
}

/// Workers that do not say what they should, in the place of the real one.
@Suite struct `A worker that is not confined` {
  /// A packet of the control channel, as a shell writes it.
  private static func packet(kind: UInt8, _ value: [UInt8]) -> String {
    let bytes = Array("KLFS".utf8) + [kind, 0, 0, 0] + value
    return "printf '" + bytes.map { "\\" + String($0, radix: 8) }.joined() + "' >&6"
  }

  private static let ready = packet(kind: 1, [0, 0, 0, 0, 0, 0, 0, 0])
  private static let allHold = (1...10).map { packet(kind: 8, [$0, 1, 0, 0, 0, 0, 0, 0]) }
    .joined(separator: "\n")
  /// Landlock, refused at its first step with ENOSYS.
  private static let noLandlock = packet(kind: 8, [9, 3, 12, 0, 38, 0, 0, 0])
  /// Stays until the keeper is gone.
  private static let stay = "cat <&6 >/dev/null"

  /// Starts a daemon whose worker is a script.
  private func start(_ script: String) throws -> Daemon {
    let folder = try TemporaryFolder()
    let path = folder.path("worker")
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
    #expect(chmod(path, 0o755) == 0)
    return try Daemon(in: folder, ["--worker-path", path])
  }

  private func waitFor(_ text: String, in daemon: Daemon) {
    #expect(waitUntil(within: .seconds(10)) { daemon.log().contains(text) }, "\(daemon.log())")
  }

  @Test func `is ended when it says that it serves`() throws {
    let daemon = try start("\(Self.ready)\n\(Self.stay)")
    waitFor("it is ready without having told of every layer", in: daemon)
    waitFor(#""signal":"SIGKILL""#, in: daemon)
    #expect(!daemon.log().contains(#""event":"ready""#))
  }

  @Test func `ends the daemon's start by its first word`() throws {
    let daemon = try start("\(Self.noLandlock)\nexit 78")
    #expect(waitUntil(within: .seconds(10)) { !daemon.isRunning })
    #expect(daemon.wait() == 78)
    #expect(
      daemon.log().contains(
        "landlock (landlock_create_ruleset: Function not implemented); use a system that allows it"),
      "\(daemon.log())")
  }

  @Test func `counts as dead where the daemon already serves, and is started again`() throws {
    // The first says that all is well; those after it do not, until somebody puts it right.
    let daemon = try start(
      """
      if [ -e lacking ]; then
        \(Self.noLandlock)
        exit 78
      fi
      \(Self.allHold)
      \(Self.ready)
      \(Self.stay)
      """)
    waitFor(#""event":"ready""#, in: daemon)
    try Data().write(to: URL(filePath: daemon.folder.path("lacking")))
    kill(try #require(daemon.workerProcessIDs().first), SIGKILL)
    waitFor(#""exit_status":"78""#, in: daemon)
    waitFor(#""event":"worker_unconfined","layer":"landlock","#, in: daemon)
    #expect(daemon.isRunning)
    try FileManager.default.removeItem(atPath: daemon.folder.path("lacking"))
    let serves = waitUntil(within: .seconds(10)) {
      let worker = daemon.workerProcessIDs().first
      return worker.map { ProcessStatus($0)["Name"] == "worker" } == true
        && daemon.log().components(separatedBy: "worker_started").count > 3
    }
    #expect(serves, "\(daemon.log())")
  }

  @Test func `can not take back what it has told once it serves`() throws {
    let daemon = try start(
      "\(Self.allHold)\n\(Self.ready)\n\(Self.noLandlock)\n\(Self.stay)")
    waitFor("control_message_refused", in: daemon)
    #expect(!daemon.log().contains("worker_unconfined"))
    #expect(daemon.isRunning)
  }
}
