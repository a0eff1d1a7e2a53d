internal import CLinux
internal import Glibc

extension Attempt {
  /// Rights: getting them back, and the parts of the kernel that are never a worker's.
  static let privilegeAttempts = [
    Kind("become-root") { _, _ in
      Call.attempt("setresuid", .number(0), .number(0), .number(0))
    },
    Kind("raise-core-limit") { _, _ in raise(4) },
    Kind("raise-process-limit") { _, _ in raise(6) },
    Kind("raise-descriptor-limit") { _, _ in raise(7, to: 1 << 16) },
    Kind("raise-memory-limit") { _, _ in raise(9) },
    Kind("become-dumpable") { _, _ in Call.attempt("prctl", .number(4), .number(1)) },
    Kind("outlive-parent") { _, _ in Call.attempt("prctl", .number(1), .number(0)) },
    Kind("mount") { _, target in
      Call.attempt(
        "mount", .text("none"), .text(target), .text("tmpfs"), .number(0), .number(0))
    },
    Kind("unshare") { _, _ in Call.attempt("unshare", .number(0x1000_0000)) },
    // An array map of one element of four bytes.
    Kind("bpf") { _, _ in
      let map = Call.bytes(UInt32(2), 4, 4, 1) + [UInt8](repeating: 0, count: 56)
      return Call.attempt("bpf", .number(0), .bytes(map), .number(map.count))
    },
    Kind("io-uring") { _, _ in
      Call.attempt(
        "io_uring_setup", .number(1), .bytes([UInt8](repeating: 0, count: 120)))
    },
    Kind("user-faults") { _, _ in Call.attempt("userfaultfd", .number(0)) },
    Kind("keyring") { _, _ in Call.attempt("keyctl", .number(0), .number(-2), .number(1)) },
    Kind("personality") { _, _ in Call.attempt("personality", .number(0xFFFF_FFFF)) },
    Kind("call-of-x32") { _, _ in
      Call.outcome(Call.make(number: Int(SystemCallFilter.number(of: "getpid")) | 1 << 30, []))
    },
    Kind("call-of-32-bits") { _, _ in Call.outcome(clinux_getpid_32()) },
  ]

  /// Raises a limit, soft and hard.
  private static func raise(_ limit: Int, to value: UInt64 = .max) -> Outcome {
    Call.attempt(
      "prlimit64", .number(0), .number(limit), .bytes(Call.bytes(value, value)), .number(0))
  }

  /// Ends that a crash may take; each must still be told apart by its signal, behind every layer.
  static let endings = [
    Kind("abort") { _, _ in
      abort()
    },
    Kind("trap") { _, _ in preconditionFailure("an attempt to end by a trap") },
    Kind("bad-address") { _, _ in
      // Safe: it is not; that is the attempt. The first page is never mapped.
      let address = unsafe UnsafeMutablePointer<UInt8>(bitPattern: 8)
      unsafe address?.pointee = 1
      return .succeeded
    },
    Kind("corrupt-heap") { _, _ in
      // Safe: it is not; that is the attempt. The C library notices, and says so.
      let block = unsafe malloc(4096)
      unsafe giveBack(block)
      unsafe giveBack(block)
      return .succeeded
    },
  ]

  /// A call of its own, since the compiler leaves out memory that is only taken and given back.
  @inline(never)
  @unsafe private static func giveBack(_ block: UnsafeMutableRawPointer?) { unsafe free(block) }
}
