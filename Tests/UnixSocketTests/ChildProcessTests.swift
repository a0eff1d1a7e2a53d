import Glibc
import TestSupport
import Testing
import UnixSocket

@Suite struct `A child process` {
  private func start(_ script: String, descriptors: [Int32] = []) throws -> ChildProcess {
    try ChildProcess(
      starting: "/bin/sh", arguments: ["sh", "-c", script], descriptors: descriptors)
  }

  /// Waits for its end, a minute at most, by its own descriptor.
  private func end(of process: consuming ChildProcess) throws -> ChildProcess.End {
    var poller = try Poller()
    try poller.add(process.descriptor, .read, token: 1)
    if try poller.wait(milliseconds: 60_000) == 0 {
      Issue.record("still running")
      process.signal(SIGKILL)
    }
    return process.collect()
  }

  @Test(arguments: [0, 1, 127, 255] as [Int32])
  func `tells the status that it ended with`(status: Int32) throws {
    #expect(try end(of: start("exit \(status)")) == .exited(status))
  }

  @Test(arguments: [SIGKILL, SIGTERM, SIGABRT])
  func `tells the signal that ended it`(signal: Int32) throws {
    #expect(try end(of: start("kill -\(signal) $$")) == .signalled(signal))
  }

  @Test func `is ended by a signal`() throws {
    let pair = try Descriptor.pair()
    let passed = try pair.second.duplicate(atLeast: 64)
    let process = try start("read line <&3", descriptors: [passed.rawValue])
    process.signal(SIGTERM)
    #expect(try end(of: process) == .signalled(SIGTERM))
  }

  @Test func `gets its arguments as they are`() throws {
    let process = try ChildProcess(
      starting: "/bin/sh",
      arguments: [
        "sh", "-c", #"test $# = 3 -a "$1$2$3" = 'a b$HOME"é'"#, "sh", "a b", "$HOME", "\"é",
      ],
      descriptors: [])
    #expect(try end(of: process) == .exited(0))
  }

  @Test func `gets the descriptors it is to have, in order, and no others`() throws {
    let first = try Descriptor.pair()
    let second = try Descriptor.pair()
    let one = try first.second.duplicate(atLeast: 64)
    let two = try second.second.duplicate(atLeast: 64)
    let process = try start(
      "echo one >&3; echo two >&4; test ! -e /proc/$$/fd/\(one.rawValue) -a ! -e /proc/$$/fd/5",
      descriptors: [one.rawValue, two.rawValue])
    #expect(try end(of: process) == .exited(0))
    var buffer = [UInt8](repeating: 0, count: 16)
    let fromFirst = first.first.read(into: &buffer)
    #expect(fromFirst == .bytes(4))
    #expect(buffer.prefix(4).elementsEqual("one\n".utf8))
    let fromSecond = second.first.read(into: &buffer)
    #expect(fromSecond == .bytes(4))
    #expect(buffer.prefix(4).elementsEqual("two\n".utf8))
  }

  @Test func `is born with no signal blocked or ignored`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      // Blocked and ignored here; the child must nevertheless die of it.
      let signals = try SignalDescriptor([SIGTERM])
      signal(SIGHUP, SIG_IGN)
      for number in [SIGTERM, SIGHUP] {
        let process = try ChildProcess(
          starting: "/bin/sh", arguments: ["sh", "-c", "kill -\(number) $$"], descriptors: [])
        guard process.collect() == .signalled(number) else { exit(1) }
      }
      exit(signals.next() == nil ? 42 : 2)
    }
  }

  @Test func `says on another descriptor what it would say on standard error`() throws {
    let pair = try Descriptor.pair()
    let standardError = try pair.second.duplicate(atLeast: 64)
    let process = try ChildProcess(
      starting: "/bin/sh", arguments: ["sh", "-c", "echo oh >&2"], descriptors: [],
      standardError: standardError.rawValue)
    #expect(try end(of: process) == .exited(0))
    var buffer = [UInt8](repeating: 0, count: 16)
    let said = pair.first.read(into: &buffer)
    #expect(said == .bytes(3))
    #expect(buffer.prefix(3).elementsEqual("oh\n".utf8))
  }

  @Test func `is seen to run, to wait, to stand still and to have ended`() throws {
    let process = try ChildProcess(
      starting: "/bin/sh", arguments: ["a) R b", "-c", "while :; do :; done"], descriptors: [])
    let pair = try Descriptor.pair()
    let passed = try pair.second.duplicate(atLeast: 64)
    let waiter = try start("read line <&3", descriptors: [passed.rawValue])
    func comes(_ state: ProcessState, _ process: borrowing ChildProcess) -> Bool {
      for _ in 0..<10_000 {
        if process.state() == state { return true }
        _ = poll(nil, 0, 1)
      }
      return false
    }
    let runs = comes(.running, process)
    #expect(runs)
    let waits = comes(.sleeping, waiter)
    #expect(waits)
    let hadStopped = process.hasStopped()
    #expect(!hadStopped)
    process.signal(SIGSTOP)
    let stands = comes(.stopped, process)
    #expect(stands)
    let hasStopped = process.hasStopped()
    #expect(hasStopped)
    let hasStoppedAgain = process.hasStopped()
    #expect(!hasStoppedAgain)
    waiter.signal(SIGKILL)
    let isOver = comes(.ended, waiter)
    #expect(isOver)
    process.signal(SIGKILL)
    #expect(try end(of: process) == .signalled(SIGKILL))
    #expect(try end(of: waiter) == .signalled(SIGKILL))
  }

  @Test func `uses processor time while it runs, and none while it waits`() throws {
    let process = try start("while :; do :; done")
    let first = process.processorNanoseconds() ?? .max
    var later = first
    for _ in 0..<10_000 where later < first &+ 10_000_000 {
      _ = poll(nil, 0, 1)
      later = process.processorNanoseconds() ?? 0
    }
    #expect(first < .max)
    #expect(later >= first + 10_000_000)
    process.signal(SIGSTOP)
    while process.state() != .stopped { _ = poll(nil, 0, 1) }
    let stopped = process.processorNanoseconds()
    _ = poll(nil, 0, 20)
    let stillStopped = process.processorNanoseconds()
    #expect(stopped == stillStopped)
    process.signal(SIGKILL)
    #expect(try end(of: process) == .signalled(SIGKILL))
  }

  @Test(arguments: ["/nowhere/at/all", "/"])
  func `that can't be started says so at once`(path: String) {
    let failure = #expect(throws: SystemError.self) {
      _ = try ChildProcess(starting: path, arguments: ["x"], descriptors: [])
    }
    #expect(failure?.call == "start")
    #expect(failure?.subject == path)
    #expect(failure?.code == (path == "/" ? EACCES : ENOENT))
  }
}

@Suite struct `A process's line in /proc` {
  @Test(
    arguments: [
      ("1 (sh) R 0 1", .running), ("77 (smartflow-w0) S 1", .sleeping), ("7 (a) I", .sleeping),
      ("1 (x) D 0", .uninterruptible), ("1 (x) T 0", .stopped), ("1 (x) t 0", .stopped),
      ("1 (x) Z 0", .ended), ("1 (x) X 0", .ended), ("1 (a) R b) S 5", .sleeping),
      ("1 ()) T", .stopped), ("1 () R", .running),
    ] as [(String, ProcessState)])
  func `tells its state, whatever its name`(line: String, state: ProcessState) {
    #expect(ProcessState(parsing: Array(line.utf8)[...]) == state)
    // Also from the middle of a buffer.
    #expect(ProcessState(parsing: ([41, 32, 82] + Array(line.utf8))[3...]) == state)
  }

  @Test(arguments: ["", ")", ") ", "1 (x)", "1 (x) ", "1 (x)R", "1 (x) Q 0", "R", "1 x R", ")))"])
  func `that is cut or unknown tells nothing`(line: String) {
    #expect(ProcessState(parsing: Array(line.utf8)[...]) == nil)
  }
}

@Suite struct `Signals` {
  // In processes of their own, for a signal mask is inherited by every later thread. Raised, that is sent to
  // this thread: the test runner has others, which block nothing.

  /// Dispatch's threads, on which tests run, block nearly all signals.
  private static func unblockAll() {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
  }

  @Test func `can be read instead of ending the process`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      Self.unblockAll()
      let signals = try SignalDescriptor([SIGTERM, SIGINT])
      guard signals.next() == nil else { exit(1) }
      raise(SIGINT)
      raise(SIGTERM)
      var poller = try Poller()
      try poller.add(signals.descriptor, .read, token: 1)
      guard try poller.wait(milliseconds: 60_000) == 1 else { exit(2) }
      guard let first = signals.next(), let second = signals.next() else { exit(3) }
      guard Set([first, second]) == [SIGINT, SIGTERM], signals.next() == nil else { exit(4) }
      exit(42)
    }
  }

  @Test func `that were not asked for do what they always do`() async {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      Self.unblockAll()
      let signals = try SignalDescriptor([SIGINT])
      raise(SIGTERM)
      exit(signals.next() == nil ? 1 : 2)
    }
  }
}
