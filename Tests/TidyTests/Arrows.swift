/// Who may import whom: the house's plan, room by room.
///
/// A module of the standard library is named where it is allowed; everything else is refused.
enum Arrows {
  struct Room {
    var name: String
    var mayImport: Set<String>
    /// Why it may import what the plan did not name at first.
    var reason: String = ""
    /// Whether unsafe code may stand in it: the rooms that bridge to C, or lend bytes as spans.
    var mayBeUnsafe = false
  }

  static let rooms: [Room] = [
    // Pure: no file, socket or clock.
    Room(name: "NumberText", mayImport: []),
    Room(
      name: "Hashes", mayImport: ["CSodium"],
      reason: "one bridge to libsodium, so that pure rooms hold no pointer", mayBeUnsafe: true),
    Room(
      name: "JSON", mayImport: ["NumberText"],
      reason: "numbers are written alike by JSON and by the language", mayBeUnsafe: true),
    Room(
      name: "Filtrex", mayImport: ["NumberText", "Hashes", "RealModule"],
      reason: "pow and logarithms without Glibc; bucket hashes", mayBeUnsafe: true),
    Room(name: "TTRPC", mayImport: [], mayBeUnsafe: true),
    Room(
      name: "DecisionEngine", mayImport: ["Filtrex", "JSON", "Hashes"],
      reason: "a tree is named by its digest", mayBeUnsafe: true),
    Room(
      name: "SmartFlowMessages", mayImport: ["CSmartFlowProto", "CProtobufC"], mayBeUnsafe: true),
    Room(name: "Telemetry", mayImport: ["JSON"], reason: "log lines are JSON", mayBeUnsafe: true),
    // Of the system.
    Room(
      name: "UnixSocket", mayImport: ["CLinux", "Glibc", "Synchronization"],
      reason: "system calls that Glibc's module leaves out", mayBeUnsafe: true),
    Room(
      name: "WorkerLink", mayImport: ["UnixSocket"],
      reason: "what keeper and worker tell each other is known to both"),
    Room(
      name: "SmartFlowWorker",
      mayImport: [
        "UnixSocket", "CLinux", "Glibc", "TTRPC", "SmartFlowMessages", "DecisionEngine", "Filtrex",
        "JSON", "Hashes", "WorkerLink", "Telemetry",
      ], reason: "a context is built by the parser's events", mayBeUnsafe: true),
    Room(
      name: "SmartFlowDaemon",
      mayImport: [
        "UnixSocket", "WorkerLink", "Telemetry", "Glibc", "ArgumentParser", "Logging",
      ], mayBeUnsafe: true),
    Room(
      name: "SmartFlowClient",
      mayImport: ["UnixSocket", "TTRPC", "SmartFlowMessages", "Glibc"],
      reason: "the environment names the endpoint", mayBeUnsafe: true),
    // Programs.
    Room(name: "smartflowd", mayImport: ["SmartFlowDaemon"]),
    Room(name: "smartflow-worker", mayImport: ["SmartFlowWorker", "Glibc"]),
    Room(
      name: "smartflow",
      mayImport: [
        "SmartFlowClient", "SmartFlowMessages", "UnixSocket", "DecisionEngine", "Filtrex", "JSON",
        "Hashes", "ArgumentParser", "Glibc",
      ], reason: "expressions and trees are checked here, without a daemon", mayBeUnsafe: true),
  ]

  /// Folders of C, which import nothing of ours in Swift.
  static let foreignRooms = ["CLinux", "CProtobufC", "CSmartFlowProto", "CSodium"]

  /// All that may lie at the top, besides what begins with a dot.
  static let topLevel: Set<String> = [
    "Package.swift", "Sources", "Tests", "proto", "README.md", "contrib", "LICENSE",
    // Made by the package manager, and kept out of git.
    "Package.resolved",
  ]

  /// Files of nothing but rows may be longer than others.
  static let tables: Set<String> = []
}
