internal import Glibc

extension Attempt {
  private static let executable = Int(PROT_READ | PROT_EXEC)

  /// Memory: as code, and too much of it.
  static let memoryAttempts = [
    Kind("protect-executable", .page) { page, _ in
      Call.attempt("mprotect", .number(page.number), .number(4096), .number(executable))
    },
    Kind("protect-executable-by-key", .page) { page, _ in
      Call.attempt(
        "pkey_mprotect", .number(page.number), .number(4096), .number(executable), .number(-1))
    },
    Kind("map-executable") { _, _ in map(4096, executable) },
    Kind("make-memory-file") { _, _ in
      Call.attempt("memfd_create", .text("attempt"), .number(0))
    },
    // More than any worker is given; nothing of it is touched.
    Kind("map-much") { _, _ in map(1 << 40, Int(PROT_NONE)) },
    Kind("exhaust-memory") { _, _ in
      // Bounded, so that it ends where nothing else ends it.
      var blocks: [[UInt8]] = []
      for _ in 0..<4096 { blocks.append([UInt8](repeating: 0, count: 1 << 20)) }
      return blocks.count == 4096 ? .succeeded : .failed(ENOMEM)
    },
  ]

  private static func map(_ byteCount: Int, _ protection: Int) -> Outcome {
    let flags = Int(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
    return Call.attempt(
      "mmap", .number(0), .number(byteCount), .number(protection), .number(flags), .number(-1),
      .number(0))
  }
}
