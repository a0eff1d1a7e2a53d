import Foundation
import SmartFlowClient
import TestSupport
import Testing

/// The daemon's programs in a folder of their own, where they can be replaced.
private struct Release {
  let folder: TemporaryFolder
  var programs: URL { URL(filePath: folder.path("bin")) }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
    for name in ["smartflowd", "smartflow-worker"] { try put(name) }
  }

  /// Replaces a program by a fresh copy, as a package manager does: by another file of the same name.
  func put(_ name: String, contents: String? = nil) throws {
    let new = programs.appending(path: name + ".new")
    if let contents {
      try Data(contents.utf8).write(to: new)
    } else {
      try FileManager.default.copyItem(
        at: try DaemonProcess.programFolder().appending(path: name), to: new)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: new.path)
    guard rename(new.path, programs.appending(path: name).path) == 0 else {
      throw CocoaError(.fileWriteUnknown)
    }
  }
}

@Suite(.serialized) struct `A daemon that becomes another release` {
  private func upgrade(_ daemon: DaemonProcess, round: Int = 1) async throws {
    daemon.signal(SIGUSR2)
    let isDone = await comes(within: .seconds(60)) {
      ((try? daemon.logRecords(of: "upgraded"))?.count ?? 0) == round
    }
    try #require(isDone, "\(daemon.log().suffix(4000))")
  }

  /// The file that a process runs, and a mark when it is not there any more.
  private func program(_ process: Int32) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
  }

  @Test func `stays the same process, and costs its clients nothing, also under load`()
    async throws
  {
    let release = try Release()
    let daemon = try DaemonProcess(workers: 2, programs: release.programs)
    let before = daemon.workerProcessIDs()
    let load = try Load(socketPath: daemon.socketPath, connections: 8)
    await load.untilAnswered(100)
    for round in 1...2 {
      for name in ["smartflowd", "smartflow-worker"] { try release.put(name) }
      #expect(try program(daemon.processID).hasSuffix(" (deleted)"))
      try await upgrade(daemon, round: round)
      #expect(try !program(daemon.processID).hasSuffix(" (deleted)"))
      await load.untilAnswered(100)
    }
    let outcome = await load.stop()
    report("2 upgrades under load of 8 connections\n\(outcome)")
    #expect(outcome.failures.isEmpty && outcome.lost == 0, "\(outcome)")
    let after = daemon.workerProcessIDs()
    #expect(after.count == 2 && Set(before).isDisjoint(with: after))
    for worker in after { #expect(try !program(worker).hasSuffix(" (deleted)")) }
    #expect(!daemon.log().contains("worker_died") && !daemon.log().contains("worker_killed"))
    #expect(try daemon.stop() == 0)
    #expect(!FileManager.default.fileExists(atPath: daemon.socketPath))
    #expect(!FileManager.default.fileExists(atPath: daemon.adminSocketPath))
  }

  @Test func `watches, replaces and drains its workers as any other`() async throws {
    let release = try Release()
    let daemon = try DaemonProcess(workers: 2, programs: release.programs)
    try await upgrade(daemon)
    daemon.signal(SIGHUP)
    let isReplaced = await comes(within: .seconds(30)) {
      ((try? daemon.logRecords(of: "worker_replaced"))?.count ?? 0) == 4
    }
    #expect(isReplaced, "\(daemon.log())")
    let worker = try #require(daemon.workerProcessIDs().first)
    kill(worker, SIGKILL)
    let isBack = await comes(within: .seconds(30)) {
      daemon.log().contains(#""event":"worker_died""#) && daemon.workerProcessIDs().count == 2
    }
    #expect(isBack, "\(daemon.log())")
    #expect(try daemon.stop() == 0)
  }

  @Test func `is the only one on its path still`() async throws {
    let release = try Release()
    let daemon = try DaemonProcess(workers: 1, programs: release.programs)
    try await upgrade(daemon)
    #expect(throws: DaemonProcess.Failure.self) {
      try DaemonProcess(workers: 1, folder: daemon.folder)
    }
    #expect(try daemon.stop() == 0)
  }

  @Test(arguments: [
    "#!/bin/sh\necho this release is broken >&2\nexit 3\n", "#!/bin/sh\nkill -SEGV $$\n",
    "no program at all", "",
  ])
  func `stays what it is where the program that is there now can't go on`(program: String)
    async throws
  {
    let release = try Release()
    let daemon = try DaemonProcess(workers: 1, programs: release.programs)
    let workers = daemon.workerProcessIDs()
    try release.put("smartflowd", contents: program)
    daemon.signal(SIGUSR2)
    let isRefused = await comes(within: .seconds(30)) {
      daemon.log().contains(#""event":"upgrade_refused""#)
    }
    #expect(isRefused, "\(daemon.log())")
    if program.contains("broken") { #expect(daemon.log().contains("this release is broken")) }
    #expect(daemon.workerProcessIDs() == workers)
    let client = try RawConnection(path: daemon.socketPath)
    try client.send([0, 0, 0, 0, 0, 0, 0, 1, 1, 0])
    #expect(try client.receive(10).count == 10)
    // And is asked again once the program has been repaired.
    try release.put("smartflowd")
    try await upgrade(daemon)
    #expect(try daemon.stop() == 0)
  }

  @Test(.enabled(if: FaultWorker.isBuilt, "the faulty worker is not built"))
  func `refuses the trees still that were in quarantine`() async throws {
    let daemon = try FaultDaemon(workers: 2)
    let client = try daemon.client()
    for death in 1...3 {
      _ = await client.failure(Ask.tree(7), Ask.options("trap@execute"))
      _ = try await daemon.deaths(death)
    }
    try await upgrade(daemon.process)
    let refused = await client.failure(Ask.tree(7), Ask.options())
    #expect(refused?.info?.reason == "QUARANTINED")
    #expect(await client.failure(Ask.tree(8), Ask.options()) == nil)
    await client.close()
    #expect(try daemon.process.stop() == 0)
  }
}
