import Testing
import UnixSocket
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `A worker's place` {
  @Test func `has nothing to look at once its process was taken out`() throws {
    let slot = WorkerSlot(index: 0, maximumTimeoutNanoseconds: 1, leftOff: [])
    #expect(slot.running?.page.sight == nil)
    let pair = try Descriptor.pair()
    slot.running = WorkerSlot.Running(
      process: try ChildProcess(starting: "/bin/true", arguments: ["true"], descriptors: []),
      log: try pair.first.duplicate(), control: try pair.first.duplicate(),
      words: try pair.first.duplicate(), page: try WorkerPage(), desk: nil,
      journal: WorkerChannel(try pair.second.duplicate(), workerIndex: 0, generation: 1),
      keys: WorkerChannel(try pair.second.duplicate(), workerIndex: 0, generation: 1),
      startNanoseconds: 7)
    #expect(slot.running?.page.sight.turn == 0)
    let running = slot.running.take()
    let taken = try #require(running)
    #expect(taken.process.collect() == .exited(0))
    // Not a read through what is not there any more.
    #expect(slot.running?.page.sight == nil)
    #expect(slot.running?.startNanoseconds == nil)
  }
}
