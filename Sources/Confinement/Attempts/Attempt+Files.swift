internal import Glibc

extension Attempt {
  private static let thisFolder = Call.Argument.number(-100)

  /// Files, by opening them.
  static let fileAttempts = [
    Kind("open-for-reading") { _, target in
      Call.attempt("openat", thisFolder, .text(target), .number(Int(O_RDONLY)))
    },
    Kind("open-for-writing") { _, target in
      Call.attempt(
        "openat", thisFolder, .text(target), .number(Int(O_WRONLY | O_CREAT)), .number(0o600))
    },
    Kind("open-own-memory") { _, _ in
      Call.attempt("openat", thisFolder, .text("/proc/self/mem"), .number(Int(O_RDWR)))
    },
    Kind("open-parent-memory") { prepared, _ in
      Call.attempt(
        "openat", thisFolder, .text("/proc/\(prepared.parent)/mem"), .number(Int(O_RDWR)))
    },
    Kind("remove-file") { _, target in
      Call.attempt("unlinkat", thisFolder, .text(target), .number(0))
    },
    Kind("exhaust-descriptors") { _, _ in
      // More than any worker has connections here; the process ends soon, and they with it.
      for _ in 0..<10_000 where dup(STDERR_FILENO) < 0 { return .failed(errno) }
      return .succeeded
    },
    Kind("control-terminal") { _, _ in
      // TIOCSTI: puts a byte where the terminal's user would have typed it.
      Call.attempt("ioctl", .number(2), .number(0x5412), .text("#"))
    },
  ]
}
