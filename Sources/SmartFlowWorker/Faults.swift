#if FAULT_INJECTION
  internal import Catalog
  internal import Glibc
  internal import UnixSocket

  /// Faults on purpose, for tests of what is to survive them; in no build but one with `SMARTFLOW_FAULTS=1`.
  ///
  /// A request asks for its own by metadata: `x-smartflow-fault: KIND@PLACE`, such as `hang@execute` or
  /// `slow:40@decode`.
  struct Faults {
    /// Where in a request's path it happens.
    enum Place: String {
      case decode
      case compile
      case execute
      case record
      case answer
      /// After the calls of a turn, before their answers leave: outside of every call.
      case turn
    }

    private enum Kind: String {
      /// Waits for ever, for a lock that it holds itself.
      case hang
      /// Runs for ever.
      case spin
      /// Runs for some milliseconds, and goes on.
      case slow
      /// Stops at a check of the language.
      case trap
      /// Writes where there is no memory.
      case segfault
      case abort
      /// Leaves as if all were well.
      case exit
      /// Takes memory until there is none.
      case leak
      /// Ends as a process does that makes a system call it may not make.
      case forbidden
    }

    private var wanted: (kind: Kind, place: Place, milliseconds: UInt64)?
    private var hoard: [[UInt8]] = []

    private static let key = Array("x-smartflow-fault".utf8)
    /// Enough for any worker, and little enough for any machine that runs the tests.
    private static let memoryBytes: rlim_t = 1 << 30

    /// Bounds the memory that a leak can take, where nobody else has.
    static func prepare() {
      var limit = rlimit()
      // Safe: the structure is used during the calls only.
      // What is shared with the keeper is no memory of the worker's own.
      let bytes = memoryBytes + rlim_t(Catalog.Limits.catalogBytes + Catalog.Limits.deskBytes)
      guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
        limit.rlim_cur > bytes
      else { return }
      limit.rlim_cur = bytes
      _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    }

    /// Takes note of what a request wants done to it.
    ///
    /// - Parameter request: The envelope's bytes; the pair is looked for as it lies on the wire.
    mutating func ask(for request: RawSpan) {
      wanted = nil
      // Safe: bytes of any content are bytes.
      let bytes = unsafe request.withUnsafeBytes { unsafe [UInt8]($0) }
      let field = [0x0A, UInt8(Self.key.count)] + Self.key + [0x12]
      guard let found = bytes.firstRange(of: field), found.upperBound < bytes.count else { return }
      let start = found.upperBound + 1
      let end = min(start + Int(bytes[found.upperBound]), bytes.count)
      let parts = String(decoding: bytes[start..<end], as: UTF8.self).split(separator: "@")
      guard parts.count == 2, let place = Place(rawValue: String(parts[1])) else { return }
      let words = parts[0].split(separator: ":")
      guard let kind = words.first.flatMap({ Kind(rawValue: String($0)) }) else { return }
      wanted = (kind, place, words.count > 1 ? UInt64(words[1]) ?? 0 : 0)
    }

    /// Does what the request wants done at this place, once.
    mutating func strike(_ place: Place) {
      guard let fault = wanted, fault.place == place else { return }
      wanted = nil
      switch fault.kind {
      case .hang:
        let lock = Locked(0)
        lock.withLock { _ in lock.withLock { $0 = 1 } }
      case .spin: Self.run(until: .max)
      case .slow: Self.run(until: SystemClock.monotonicNanoseconds + fault.milliseconds * 1_000_000)
      case .trap: preconditionFailure("a fault that was asked for")
      case .segfault:
        // Safe: it is not, and is meant to end the process.
        unsafe UnsafeMutablePointer<UInt8>(bitPattern: 16)?.pointee = 1
      case .abort: Glibc.abort()
      case .exit: Glibc.exit(0)
      case .leak:
        while true {
          var bytes: [UInt8] = []
          // The limit is one of addresses, so nothing need be written there.
          bytes.reserveCapacity(16 << 20)
          hoard.append(bytes)
        }
      case .forbidden: raise(SIGSYS)
      }
    }

    private static func run(until end: UInt64) {
      while SystemClock.monotonicNanoseconds < end {}
    }
  }
#endif
