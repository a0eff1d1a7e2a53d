/// A system call that a confined worker may make.
struct SystemCall {
  /// What one of its arguments must be.
  enum Condition: Equatable {
    /// None of these bits is set in the argument.
    case lacks(UInt64, argument: UInt32)
    /// The argument is this number; 1 is `SOL_SOCKET`, and so what is the same for every socket.
    case equals(UInt32, argument: UInt32)
    /// The argument is the process itself.
    case isThisProcess(argument: UInt32)
  }

  let name: String
  let condition: Condition?
  /// What it is for.
  let reason: String

  private init(_ name: String, _ reason: String, if condition: Condition? = nil) {
    self.name = name
    self.condition = condition
    self.reason = reason
  }

  private static let executable: UInt64 = 0x4

  /// All of them; a worker that needs another gets a row here, with what for.
  ///
  /// Names are those of libseccomp; one that a machine lacks (`epoll_wait` on arm64) is passed over there.
  static let allowed = [
    // Connections and the channels to the keeper.
    SystemCall("accept4", "new connections, on sockets that the keeper bound"),
    SystemCall(
      "getsockopt", "who is at the other end of a connection", if: .equals(1, argument: 1)),
    SystemCall("read", "requests, and what the keeper says"),
    SystemCall("sendto", "answers, log lines and what the keeper is told"),
    SystemCall("sendmsg", "a connection handed to the worker that takes over"),
    SystemCall("recvmsg", "a connection handed over by the worker before"),
    SystemCall("shutdown", "ending a connection"),
    SystemCall("close", "ending a connection"),

    // Waiting.
    SystemCall("epoll_ctl", "which connections to wait for"),
    SystemCall("epoll_wait", "the wait"),
    SystemCall("epoll_pwait", "the wait, as the C library has it on machines without the above"),
    SystemCall("restart_syscall", "the wait goes on after a debugger or SIGSTOP"),

    // Memory; none of it ever becomes code.
    SystemCall("brk", "the heap"),
    SystemCall("mmap", "the heap", if: .lacks(executable, argument: 2)),
    SystemCall("mprotect", "the heap grows by it", if: .lacks(executable, argument: 2)),
    SystemCall("munmap", "memory given back"),
    SystemCall("mremap", "large blocks grow"),
    SystemCall("madvise", "memory given back"),
    SystemCall("futex", "locks and once-only initialisation of the runtime"),

    // Time and chance.
    SystemCall("clock_gettime", "deadlines, where the kernel's clock can't be read without a call"),
    SystemCall("getrandom", "identifiers of executions, seeds of hash tables"),

    // The end, and its reason: what a crash says, and dying by the signal that says why.
    SystemCall("write", "the runtime's last words on standard error"),
    SystemCall("writev", "the C library's last words on standard error"),
    SystemCall("rt_sigprocmask", "abort(3)"),
    SystemCall("rt_sigaction", "abort(3)"),
    SystemCall("rt_sigreturn", "the way back from a signal, for what a debugger sends"),
    SystemCall("getpid", "abort(3)"),
    SystemCall("gettid", "abort(3)"),
    SystemCall("tgkill", "abort(3); to no other process", if: .isThisProcess(argument: 0)),
    SystemCall("exit_group", "the end"),
    SystemCall("exit", "the end of a thread"),
  ]
}
