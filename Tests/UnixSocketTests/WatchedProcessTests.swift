import Glibc
import Testing
import UnixSocket

@Suite struct `A process that is watched` {
  @Test func `ends when it ends, and not before`() throws {
    let process = try ChildProcess(
      starting: "/bin/sleep", arguments: ["sleep", "60"], descriptors: [])
    let watched = try WatchedProcess(process.processID)
    #expect(!watched.hasEnded(withinMilliseconds: 0))
    #expect(!watched.hasEnded(withinMilliseconds: 20))
    process.signal(SIGKILL)
    #expect(watched.hasEnded(withinMilliseconds: 20_000))
    #expect(process.collect() == .signalled(SIGKILL))
    // Also once its number is free again.
    #expect(watched.hasEnded(withinMilliseconds: 0))
  }

  @Test func `has to be there`() {
    // Above pid_max, so that nobody has it.
    #expect(throws: SystemError.self) { try WatchedProcess(.max) }
  }
}
