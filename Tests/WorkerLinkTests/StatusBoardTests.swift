import Glibc
import Testing
import UnixSocket

@testable import WorkerLink

@Suite struct `The status board` {
  private func line(_ seed: UInt64, _ state: WorkerState) -> StatusBoard.Worker {
    var line = StatusBoard.Worker()
    line.processID = seed + 1
    line.startMicroseconds = seed + 2
    line.restarts = seed + 3
    line.state = state
    line.counters.openConnections = seed + 4
    line.counters.requests = seed + 5
    line.counters.executions = seed + 6
    line.counters.failures = seed + 7
    line.counters.droppedLogLines = seed + 8
    return line
  }

  private func states() -> [WorkerState] { [.starting, .serving, .draining, .stopped] }

  @Test func `shows every worker the same, and each worker's line apart`() throws {
    let board = try StatusBoard(
      keeperProcessID: 77, startMicroseconds: 1_234_567, startNanoseconds: 7,
      workerCount: StatusBoard.workers)
    let seen = try StatusBoard(mapping: try Descriptor.duplicate(board.rawDescriptor))
    #expect(seen.keeperProcessID == 77)
    #expect(seen.startMicroseconds == 1_234_567)
    #expect(seen.workerCount == StatusBoard.workers)
    let states = states()
    for index in 0..<StatusBoard.workers {
      #expect(seen[index] == StatusBoard.Worker())
      board[index] = line(UInt64(index) << 20, states[index % 4])
    }
    for index in 0..<StatusBoard.workers {
      #expect(seen[index] == line(UInt64(index) << 20, states[index % 4]))
    }
  }

  @Test func `can be neither written nor cut by a worker`() throws {
    let board = try StatusBoard(
      keeperProcessID: 1, startMicroseconds: 2, startNanoseconds: 7, workerCount: 1)
    #expect(throws: SystemError(call: "mmap", code: EPERM)) {
      _ = try SharedWords(
        mapping: try Descriptor.duplicate(board.rawDescriptor), count: 1, isWritable: true)
    }
    #expect(ftruncate(board.rawDescriptor, 0) == -1)
    board[0] = line(5, .serving)
    #expect(board[0] == line(5, .serving))
  }

  @Test func `is not read from a file that is too short`() throws {
    let words = try SharedWords(creating: "test", count: 8)
    #expect(throws: SystemError(call: "mmap", code: EINVAL)) {
      _ = try StatusBoard(mapping: try words.descriptor.duplicate())
    }
  }

  @Test func `takes a state that it does not know for stopped, and a count for what it holds`()
    throws
  {
    let words = try SharedWords(creating: "test", count: StatusBoard.wordCount())
    words[2] = .max
    words[8 + 3] = 99
    let board = try StatusBoard(mapping: try words.descriptor.duplicate())
    #expect(board[0].state == .stopped)
    #expect(board.workerCount == StatusBoard.workers)
  }
}

@Suite struct `A worker's page` {
  private var counters: WorkerCounters {
    var counters = WorkerCounters()
    counters.openConnections = 1
    counters.requests = .max
    counters.executions = 3
    counters.failures = 4
    counters.droppedLogLines = 5
    return counters
  }

  @Test func `shows the keeper what the worker counts`() throws {
    let keepers = try WorkerPage()
    let workers = try WorkerPage(
      mapping: try Descriptor.duplicate(keepers.rawDescriptor), isWritable: true)
    #expect(keepers.counters == WorkerCounters())
    workers.counters = counters
    #expect(keepers.counters == counters)
    let siblings = try WorkerPage(
      mapping: try Descriptor.duplicate(keepers.rawDescriptor), isWritable: false)
    #expect(siblings.counters == counters)
  }

  @Test func `can't be cut by the worker, which would end the keeper`() throws {
    let page = try WorkerPage()
    #expect(ftruncate(page.rawDescriptor, 0) == -1)
    #expect(errno == EPERM)
    #expect(page.counters == WorkerCounters())
  }

  @Test func `holds its counters in four pages of memory`() {
    #expect(WorkerPage.wordCount * MemoryLayout<UInt64>.stride == 4 * 4096)
  }

  @Test func `counts for metrics apart from everything else`() throws {
    let page = try WorkerPage()
    for word in [0, StatusBoard.metricsWords - 1] {
      page.countMetric(word)
      page.countMetric(word, by: 41)
      #expect(page.metric(word) == 42)
    }
    page.countMetric(0, by: .max)
    #expect(page.metric(0) == 41)
    #expect(page.counters == WorkerCounters())
    #expect(page.sight == WorkSight(turn: 0, sequence: 0))
  }
}

@Suite struct `The release` {
  @Test func `is a number of three parts`() {
    let parts = ServerVersion.text.split(separator: ".", omittingEmptySubsequences: false)
    #expect(parts.count == 3)
    #expect(parts.allSatisfy { Int($0) != nil })
  }
}
