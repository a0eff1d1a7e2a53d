import Glibc
import Testing

@testable import UnixSocket

@Suite struct `A failed system call` {
  @Test func `is told by its call, what it was about, and the kernel's reason`() {
    #expect(
      SystemError(call: "bind", code: EADDRINUSE, subject: "/s").description
        == "bind `/s`: Address already in use")
    #expect(SystemError(call: "accept", code: EMFILE).description == "accept: Too many open files")
  }
}

@Suite struct `A locked value` {
  @Test func `is touched by one thread at a time`() throws {
    let sum = Locked(0)
    let done = Locked(0)
    for _ in 0..<4 {
      try SystemThread.start {
        for _ in 0..<5_000 { sum.withLock { $0 += 1 } }
        done.withLock { $0 += 1 }
      }
    }
    let deadline = SystemClock.monotonicNanoseconds + 30_000_000_000
    while done.withLock({ $0 }) < 4, SystemClock.monotonicNanoseconds < deadline { sched_yield() }
    #expect(sum.withLock { $0 } == 20_000)
  }

  @Test func `is free again after an error`() {
    let value = Locked(1)
    #expect(throws: SystemError.self) {
      try value.withLock { (value: inout Int) throws(SystemError) in
        value = 2
        throw SystemError(call: "test", code: EIO)
      }
    }
    #expect(value.withLock { $0 } == 2)
  }
}
