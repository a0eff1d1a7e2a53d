internal import Glibc

extension Attempt {
  /// Other processes: making, becoming, watching and ending them.
  static let processAttempts = [
    Kind("fork") { _, _ in fork(flags: 0) },
    Kind("vfork") { _, _ in fork(flags: 0x4000) },
    Kind("clone-thread") { _, _ in
      var thread = pthread_t()
      // Safe: the thread takes nothing and gives nothing.
      let code = unsafe pthread_create(&thread, nil, { _ in nil }, nil)
      guard code == 0 else { return .failed(code) }
      pthread_join(thread, nil)
      return .succeeded
    },
    // One that is let does not come back: the program says so by its exit status.
    Kind("exec") { _, _ in execute("/bin/sh", ["sh", "-c", "exit 42"]) },
    // A copy of `test` that belongs to root and has the set-user-ID bit: it says by its exit status whether it
    // could write to its own file.
    Kind("exec-set-user-id") { _, target in execute(target, ["test", "-w", target]) },
    Kind("exec-memory", .program) { file, _ in
      Call.attempt(
        "execveat", .number(file.number), .text(""), .number(0), .number(0), .number(0x1000))
    },
    Kind("trace-me") { _, _ in Call.attempt("ptrace", .number(0), .number(0), .number(0)) },
    // PTRACE_SEIZE, which does not stop the one it takes.
    Kind("trace-parent") { prepared, _ in
      Call.attempt("ptrace", .number(0x4206), .number(prepared.parent), .number(0), .number(0))
    },
    Kind("read-parent-memory", .parentAddress) { prepared, _ in
      let byte = Block([0])
      return withExtendedLifetime(byte) {
        Call.attempt(
          "process_vm_readv", .number(prepared.parent), .bytes(Call.bytes(byte.address, 1)),
          .number(1), .bytes(Call.bytes(prepared.number, 1)), .number(1), .number(0))
      }
    },
    Kind("probe-parent") { prepared, _ in
      Call.attempt("kill", .number(prepared.parent), .number(0))
    },
    Kind("end-parent") { prepared, _ in
      Call.attempt("kill", .number(prepared.parent), .number(Int(SIGTERM)))
    },
    Kind("probe-parent-thread") { prepared, _ in
      Call.attempt("tgkill", .number(prepared.parent), .number(prepared.parent), .number(0))
    },
    Kind("signal-group") { _, _ in Call.attempt("kill", .number(0), .number(0)) },
    // Long enough to see whether the keeper's end is its own, and not for ever.
    Kind("hang") { _, _ in
      var time = timespec()
      // Safe: the structure is written during the call only, here and below.
      unsafe clock_gettime(CLOCK_MONOTONIC, &time)
      let end = time.tv_sec + 30
      while time.tv_sec < end { unsafe clock_gettime(CLOCK_MONOTONIC, &time) }
      return .succeeded
    },
    // F_SETOWN: who gets a signal when there is something to read.
    Kind("own-signals") { prepared, _ in
      Call.attempt("fcntl", .number(3), .number(8), .number(prepared.parent))
    },
  ]

  private static func fork(flags: Int) -> Outcome {
    let child = Call.make("clone", .number(Int(SIGCHLD) | flags), .number(0))
    if child == 0 { _ = Call.make("exit_group", .number(0)) }
    guard child > 0 else { return .failed(errno) }
    waitpid(Int32(child), nil, 0)
    return .succeeded
  }

  private static func execute(_ path: String, _ arguments: [String]) -> Outcome {
    Call.attempt("execve", .text(path), .texts(arguments), .texts([]))
  }
}
