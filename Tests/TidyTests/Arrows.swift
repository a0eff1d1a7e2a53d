/// A target's row in the plan: what it may import, and where it may be unsafe.
struct Room {
  /// Why an arrow, or an unsafe place, is there beyond what everybody may do.
  typealias Reason = String

  var name: String
  /// Modules of the house it may import; `Package.swift` declares the same.
  var house: [String]
  /// Modules from elsewhere, each with what it is for; products are declared in `Package.swift` too.
  var foreign: [String: Reason]
  /// Files or folders, relative to the target's own, that hold unsafe code beyond a span's bytes.
  var unsafe: [String: Reason]
  /// The same for `@unchecked Sendable`.
  var unchecked: [String: Reason]

  init(
    _ name: String, _ house: [String] = [], foreign: [String: Reason] = [:],
    unsafe: [String: Reason] = [:], unchecked: [String: Reason] = [:]
  ) {
    self.name = name
    self.house = house
    self.foreign = foreign
    self.unsafe = unsafe
    self.unchecked = unchecked
  }
}

/// The plan of the house.
///
/// An arrow that is not here does not exist; one that is added says why.
enum Plan {
  static let rooms = [
    Room("CLinux"),
    Room("CProtobufC"),
    Room("CNettle"),
    Room("CSodium"),
    Room("CSeccomp"),
    Room("CSQLite"),
    Room("CSmartFlowProto", ["CProtobufC"]),

    // Pure: bytes and values in, bytes and values out.
    Room("NumberText"),
    Room(
      "Hashes", ["CNettle", "NumberText"],
      unsafe: [
        "SHA256.swift": "Nettle reads and writes through pointers",
        "Hexadecimal.swift": "writes eight digits at a time",
      ]),
    Room(
      "JSON", ["NumberText"],
      unsafe: [
        "JSONScanner.swift": "reads the bytes of a static text",
        "JSONScanner+Text.swift": "reads a text eight bytes at a time, and copies it in one piece",
        "JSONWriter.swift": "copies what needs no escape in one piece",
        "JSONSink.swift": "makes a text of a span without an array between",
        "JSONTape.swift": "compares bytes with those of a static text",
        "JSONTapeReader.swift": "reads the bytes of a static text",
        "JSONTapeReader+Text.swift": "reads a text eight bytes at a time",
        "JSONTape+Canonical.swift": "writes a static text, and copies another in one piece",
      ]),
    Room(
      "Filtrex", ["NumberText", "Hashes"],
      foreign: ["RealModule": "powers and logarithms without Glibc"],
      unsafe: [
        "Execution":
          "the machine's loop, where the verifier and one check before it know the bounds",
        "Patterns": "steps from state to state and row to row, whose writer knows the bounds",
      ]),
    Room(
      "TTRPC",
      unsafe: ["FrameHeader.swift": "loads four numbers of a header whose length was checked"]),
    Room("DecisionEngine", ["Filtrex", "JSON", "Hashes"]),
    Room(
      "SmartFlowMessages", ["CSmartFlowProto", "CProtobufC", "NumberText"],
      unsafe: [
        "Bridging": "protobuf-c's structures end here",
        "Encoding/UUIDText.swift": "writes eight digits at a time",
        "Method.swift": "compares names eight bytes at a time",
      ]),

    // With the system.
    Room(
      "UnixSocket", ["CLinux"],
      foreign: [
        "Glibc": "sockets, descriptors, clocks",
        "Synchronization": "counters that keeper and workers share",
      ],
      unsafe: ["": "system calls take pointers; none leaves the function that made it"],
      unchecked: ["": "descriptors, shared counters and the lock: what others build safety on"]),
    Room(
      "WorkerLink", ["UnixSocket"],
      foreign: ["Glibc": "constants of what the keeper hands down"],
      unsafe: ["": "fixed layouts in shared memory"]),
    Room(
      // What keeper and worker tell each other of published trees, and the memory that workers find them in.
      "Catalog", ["UnixSocket", "WorkerLink"],
      unsafe: [
        "Memory": "copies entries out of shared memory, whose places were checked"
      ]),
    Room(
      "Journal", ["UnixSocket", "CLinux"],
      foreign: ["Glibc": "the error numbers of a disk that is full"],
      unsafe: ["CRC32C.swift": "the checksum is C, and reads through a pointer"]),
    Room(
      "Storage",
      [
        "Catalog", "JSON", "Journal", "Hashes", "NumberText", "UnixSocket", "WorkerLink", "CSQLite",
        "CSodium",
      ],
      foreign: ["Glibc": "who this user is, error numbers"],
      unsafe: [
        "Database.swift": "SQLite takes and gives pointers; none leaves the function that got it",
        "Audit/AuditKey.swift": "libsodium keeps the secret in memory of its own",
        "Audit/AuditPublicKey.swift": "libsodium reads through pointers",
      ]),
    Room(
      // WorkerLink has the names of the layers, which the keeper knows without linking libseccomp.
      "Confinement", ["CSeccomp", "CLinux", "WorkerLink"],
      foreign: ["Glibc": "users, groups, limits, error numbers"],
      unsafe: [
        "": "system calls and libseccomp take pointers; none leaves the function that made it"
      ]
    ),
    Room(
      "Telemetry", ["JSON", "NumberText"],
      unsafe: [
        "RecordLine.swift": "appends static texts without a copy",
        "TraceContext.swift": "reads a header's bytes in place",
      ]),
    Room(
      "SmartFlowWorker",
      [
        "UnixSocket", "TTRPC", "SmartFlowMessages", "DecisionEngine", "Filtrex", "JSON", "Hashes",
        "WorkerLink", "Telemetry", "CLinux", "Confinement", "Catalog", "Journal",
      ],
      foreign: ["Glibc": "error numbers, signals, the exit"],
      unsafe: [
        "Connections": "copies what a socket gave",
        "Services": "reads and compares buffers in place",
        "Faults.swift": "crashes on purpose, in builds for tests and no others",
        "WorkerProgram.swift": "a last line on standard error, when nobody else is left",
      ]),
    Room(
      "SmartFlowDaemon",
      ["UnixSocket", "WorkerLink", "Telemetry", "JSON", "Catalog", "Journal", "Storage"],
      foreign: [
        "Glibc": "users, groups, signals, processes",
        "ArgumentParser": "the command line",
        "Logging": "the keeper's own log",
      ],
      unsafe: [
        "Configuration": "users, groups and environment come from the C library as pointers",
        "Store": "makes folders and files by their paths",
        "Supervision": "asks the system whether the worker's program is there",
        "Upgrade": "the environment and the program's place come from the C library as pointers",
        "Logging": "writes the log's bytes",
      ],
      unchecked: ["Logging": "one output for every logger of the process"]),
    Room(
      "SmartFlowClient", ["UnixSocket", "TTRPC", "SmartFlowMessages"],
      foreign: ["Glibc": "the environment and error numbers"],
      unsafe: ["": "the environment and the thread come from the C library as pointers"],
      unchecked: [
        "ClientLoop.swift": "belongs to its thread; others reach its locked inbox only",
        "ClientCall.swift": "handed over once, touched by the loop's thread from then on",
      ]),

    // JSON and NumberText write texts and numbers as the daemon's own parser reads them back. No Foundation, so that
    // who encodes contexts links none.
    Room("SmartFlowClientCodable", ["SmartFlowClient", "SmartFlowMessages", "JSON", "NumberText"]),
    Room(
      // A server in a test's own process. TTRPC and SmartFlowMessages are the protocol's server side; DecisionEngine, with
      // Filtrex for contexts and JSON for trees, decides as the daemon does. No program links it.
      "SmartFlowClientTesting",
      [
        "SmartFlowClient", "SmartFlowMessages", "UnixSocket", "TTRPC", "DecisionEngine", "Filtrex",
        "JSON",
      ],
      foreign: ["Glibc": "a folder for the socket, made and removed"],
      unsafe: [
        "SocketFolder.swift": "the C library takes the folder's name through a pointer",
        "TestCall.swift": "copies a request out of its frame",
      ],
      unchecked: [
        "TestServerLoop.swift": "belongs to its thread; others reach its locked state only"
      ]),

    // Needs libc alone, and reads and writes messages itself: that takes 16 KB, protobuf-c with CSmartFlowProto 71 KB,
    // and it would copy each text into memory of its own. Its tests have protobuf-c as judge.
    Room("CSmartFlowClient"),

    Room(
      "SmartFlowGateway", ["SmartFlowClient", "SmartFlowMessages", "UnixSocket", "Telemetry"],
      foreign: [
        "Glibc": "signals, the environment, the socket's file",
        "Dispatch": "signals in a program of many threads",
        "Foundation": "the type of a body in FlyingFox",
        "ArgumentParser": "the command line",
        "FlyingFox": "HTTP; nothing else in the house speaks it",
        "FlyingSocks": "the addresses that FlyingFox listens on, and how it waits for sockets",
      ],
      unsafe: [
        "ListenAddress.swift": "the C library reads addresses through pointers",
        "SocketFile.swift": "the C library reads paths through pointers",
        "ClientSockets.swift": "the C library writes what a socket is through pointers",
        "GatewayCommand.swift": "the environment, and a line on standard error",
      ]),

    // Programs.
    Room("smartflowd", ["SmartFlowDaemon"], foreign: ["Glibc": "the exit code"]),
    Room("smartflow-gateway", ["SmartFlowGateway"]),
    Room("smartflow-worker", ["SmartFlowWorker"], foreign: ["Glibc": "the exit code"]),
    Room(
      "smartflow",
      [
        "SmartFlowClient", "SmartFlowMessages", "UnixSocket", "DecisionEngine", "Filtrex", "JSON",
        "Hashes", "Telemetry", "Storage",
      ],
      foreign: [
        "Glibc": "files, the terminal, the clock",
        "ArgumentParser": "the command line",
      ],
      unsafe: [
        "Clock.swift": "the time of day",
        "Terminal.swift": "reads and writes descriptors",
      ]),
  ]

  /// Rooms that read no file, socket or clock.
  static let pure = [
    "NumberText", "Hashes", "JSON", "Filtrex", "TTRPC", "DecisionEngine", "SmartFlowMessages",
    "Telemetry",
  ]

  /// Modules that bring the system along.
  static let system = ["Foundation", "FoundationEssentials", "Glibc", "Dispatch"]

  /// What no module in a worker may import: it starts in milliseconds and stays small.
  static let foundation = [
    "Foundation", "FoundationEssentials", "FoundationNetworking", "FoundationXML", "Dispatch",
  ]

  /// Everything that may lie at the top of the project.
  static let topLevel = [
    ".ci", ".gitignore", ".swift-format", "LICENSE", "Package.swift", "README.md", "Sources",
    "Tests", "contrib", "proto",
  ]

  /// Swift files may grow to this; longer, and one holds two things.
  static let longestFile = 600

  /// Files that may be longer, each a table with the reason; none is, today.
  static let tables: [String: Room.Reason] = [:]

  static func room(_ name: String) -> Room? { rooms.first { $0.name == name } }
}
