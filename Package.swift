// swift-tools-version: 6.3
import PackageDescription

/// What every Swift target of the house is compiled with.
let common: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]

/// Sources also mark every unsafe expression; tests can not, since `#expect` takes no keyword.
let house = common + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let flyingSocks = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
let realModule = Target.Dependency.product(name: "RealModule", package: "swift-numerics")

/// With `SMARTFLOW_FAULTS=1` a worker hangs, crashes or leaks where a request asks for it: for tests of what is
/// to survive that, in a build of its own (`--scratch-path .build-faults`), and never in a release.
let faults: [SwiftSetting] =
  Context.environment["SMARTFLOW_FAULTS"] == "1" ? [.define("FAULT_INJECTION")] : []

/// Generated code asserts that a message is of the type that it is packed or freed as, which the Swift types say
/// already, and each assertion has the path of its file on the machine: nothing of that is released.
let withoutAssertions: [CSetting] = [.define("NDEBUG", .when(configuration: .release))]

/// A Swift library of the house; `Tests/TidyTests` holds the same arrows against every import.
func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: house + settings)
}

func program(
  _ name: String, _ dependencies: [Target.Dependency], linking: [LinkerSetting] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, swiftSettings: house, linkerSettings: linking)
}

/// How releases of the keeper are linked: with a third less memory, most of which was the list of what to relocate.
///
/// By LLVM's linker, which comes with Swift: it packs relocations, which Debian 12's C library reads and its linkers
/// do not write. Nobody looks up a function of a program by its name, so that none is exported. Flags of this kind
/// are allowed to a program alone; no package that uses the libraries comes to see them.
let compactFlags = ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"]
let compact: [LinkerSetting] = [
  .unsafeFlags(
    compactFlags + ["-Xlinker", "--no-export-dynamic"], .when(configuration: .release))
]

/// The same of a worker, and its functions in the order of `contrib/order`: first those that a call needs.
///
/// The system maps code sixteen pages at a time. In the linker's order each sixteen hold some that are needed, and a
/// call takes nearly all of the program. Names that are there no longer are passed over, so that no build fails.
let compactInOrder: [LinkerSetting] =
  compact + [
    .unsafeFlags(
      [
        "-Xlinker",
        "--symbol-ordering-file=\(Context.packageDirectory)/contrib/order/smartflow-worker.txt",
        "-Xlinker", "--no-warn-symbol-ordering",
      ], .when(configuration: .release))
  ]

/// What FoundationNetworking wants in its static form: FlyingFox imports it for a part that is not used here.
///
/// By the name of the library itself, which every Swift needs, so that no headers need be installed.
let foundationNetworking: [LinkerSetting] = [.linkedLibrary(":libcurl.so.4")]

/// A suite; `data` names folders of files that its tests read by path.
///
/// `OracleSupport` is one without tests of its own: it looks into the language, which release builds do not allow,
/// and they leave suites out.
func tests(
  _ name: String, _ dependencies: [Target.Dependency], data: [String] = []
) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: data, swiftSettings: common)
}

let package = Package(
  name: "smartflow-core",
  products: [
    .executable(name: "smartflowd", targets: ["smartflowd"]),
    .executable(name: "smartflow-worker", targets: ["smartflow-worker"]),
    .executable(name: "smartflow", targets: ["smartflow"]),
    .executable(name: "smartflow-gateway", targets: ["smartflow-gateway"]),
    // With the modules whose types are in its interface, so that a program can import them by name.
    .library(
      name: "SmartFlowClient", targets: ["SmartFlowClient", "SmartFlowMessages", "UnixSocket"]),
    .library(name: "SmartFlowClientCodable", targets: ["SmartFlowClientCodable"]),
    .library(name: "SmartFlowClientTesting", targets: ["SmartFlowClientTesting"]),
    // Static, since a dynamic one would link Swift's libraries; contrib/c builds the shared library.
    .library(name: "CSmartFlowClient", type: .static, targets: ["CSmartFlowClient"]),
    .library(name: "DecisionEngine", targets: ["DecisionEngine"]),
    .library(name: "Filtrex", targets: ["Filtrex"]),
    // For contrib/fuzz alone: no promise is made of what is in it.
    .library(
      name: "_Decoders",
      targets: [
        "JSON", "TTRPC", "SmartFlowMessages", "Filtrex", "DecisionEngine", "WorkerLink",
        "UnixSocket", "SmartFlowWorker", "Catalog", "Journal",
      ]),
    // For contrib/audit-attacks alone.
    .library(name: "_Audit", targets: ["Storage", "Hashes"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(
      name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CLinux"),
    .target(
      name: "CSmartFlowProto", dependencies: ["CProtobufC"], cSettings: withoutAssertions),

    room("NumberText"),
    room("Hashes", ["CNettle", "NumberText"]),
    room("JSON", ["NumberText"]),
    room("Filtrex", ["NumberText", "Hashes", realModule]),
    room("TTRPC"),
    room("DecisionEngine", ["Filtrex", "JSON", "Hashes"]),
    room("SmartFlowMessages", ["CSmartFlowProto", "CProtobufC", "NumberText"]),
    room("UnixSocket", ["CLinux"]),
    room("WorkerLink", ["UnixSocket"]),
    room("Catalog", ["UnixSocket", "WorkerLink"]),
    room("Journal", ["UnixSocket", "CLinux"]),
    room(
      "Storage",
      [
        "Catalog", "JSON", "Journal", "Hashes", "NumberText", "UnixSocket", "WorkerLink", "CSQLite",
        "CSodium",
      ]),
    room("Confinement", ["CSeccomp", "CLinux", "WorkerLink"]),
    room("Telemetry", ["JSON", "NumberText"]),
    room(
      "SmartFlowWorker",
      [
        "UnixSocket", "TTRPC", "SmartFlowMessages", "DecisionEngine", "Filtrex", "JSON",
        "Hashes", "WorkerLink", "Telemetry", "CLinux", "Confinement", "Catalog", "Journal",
      ], settings: faults),
    room(
      "SmartFlowDaemon",
      [
        "UnixSocket", "WorkerLink", "Telemetry", "JSON", "Catalog", "Journal", "Storage",
        argumentParser, logging,
      ]),
    room("SmartFlowClient", ["UnixSocket", "TTRPC", "SmartFlowMessages"]),
    room(
      "SmartFlowClientCodable", ["SmartFlowClient", "SmartFlowMessages", "JSON", "NumberText"]),
    room(
      "SmartFlowClientTesting",
      [
        "SmartFlowClient", "SmartFlowMessages", "UnixSocket", "TTRPC", "DecisionEngine", "Filtrex",
        "JSON",
      ]),
    .target(name: "CSmartFlowClient"),
    // Alone with HTTP: nothing else links it. FlyingFox and not hummingbird, since it is one package instead of
    // two dozen, builds in 26 s where that takes 154 s, and makes a dynamically linked program of 4 MB of that one's
    // 40 MB.
    room(
      "SmartFlowGateway",
      [
        "SmartFlowClient", "SmartFlowMessages", "UnixSocket", "Telemetry", argumentParser,
        flyingFox, flyingSocks,
      ]),

    program("smartflowd", ["SmartFlowDaemon"], linking: compact),
    program("smartflow-worker", ["SmartFlowWorker"], linking: compactInOrder),
    program("smartflow-gateway", ["SmartFlowGateway"], linking: foundationNetworking),
    program(
      "smartflow",
      [
        "SmartFlowClient", "SmartFlowMessages", "UnixSocket", "DecisionEngine", "Filtrex", "JSON",
        "Hashes", "Telemetry", "Storage", argumentParser,
      ]),

    .target(
      name: "TestSupport", dependencies: [], path: "Tests/TestSupport", exclude: ["Preloaded"],
      swiftSettings: common),
    tests("NumberTextTests", ["NumberText", "TestSupport"], data: ["Vectors"]),
    tests("HashesTests", ["Hashes"]),
    tests("JSONTests", ["JSON", "TestSupport"]),
    tests("OracleSupport", ["Filtrex", "NumberText", "TestSupport"]),
    tests(
      "FiltrexTests", ["Filtrex", "JSON", "OracleSupport", "TestSupport"],
      data: ["Vectors", "Cases"]),
    tests("TTRPCTests", ["TTRPC", "TestSupport"]),
    tests(
      "DecisionEngineTests",
      ["DecisionEngine", "Filtrex", "Hashes", "JSON", "OracleSupport", "TestSupport"],
      data: ["SchemaOracle", "Cases"]),
    tests("UserActionTests", ["DecisionEngine", "Filtrex", "JSON"]),
    tests("SmartFlowMessagesTests", ["SmartFlowMessages", "TestSupport"]),
    tests("UnixSocketTests", ["UnixSocket", "TestSupport"]),
    tests("JournalTests", ["Journal", "UnixSocket", "TestSupport"]),
    tests("WorkerLinkTests", ["WorkerLink", "UnixSocket", "TestSupport"]),
    tests("CatalogTests", ["Catalog", "UnixSocket", "WorkerLink", "TestSupport"]),
    tests(
      "StorageTests",
      ["Storage", "Catalog", "Journal", "Hashes", "UnixSocket", "WorkerLink", "TestSupport"]),
    tests("ConfinementTests", ["Confinement", "CSeccomp", "WorkerLink"]),
    tests(
      "SmartFlowWorkerTests",
      [
        "SmartFlowWorker", "SmartFlowMessages", "DecisionEngine", "Filtrex", "JSON", "TTRPC",
        "Catalog", "UnixSocket", "WorkerLink", "TestSupport",
      ]),
    tests(
      "SmartFlowDaemonTests",
      [
        "SmartFlowDaemon", "Storage", "Journal", "UnixSocket", "WorkerLink", "Telemetry", "JSON",
        "TestSupport",
      ]),
    tests("TelemetryTests", ["Telemetry", "JSON", "TestSupport"]),
    tests(
      "SmartFlowClientTests",
      [
        "SmartFlowClient", "SmartFlowClientTesting", "SmartFlowMessages", "TTRPC", "UnixSocket",
        "TestSupport",
      ]),
    tests(
      "SmartFlowClientCodableTests",
      ["SmartFlowClientCodable", "SmartFlowClient", "SmartFlowMessages", "TestSupport"]),
    tests(
      "SmartFlowClientTestingTests",
      [
        "SmartFlowClientTesting", "SmartFlowClient", "SmartFlowClientCodable", "SmartFlowMessages",
        "UnixSocket", "TestSupport",
      ]),
    tests(
      "SmartFlowGatewayTests",
      ["SmartFlowGateway", "SmartFlowMessages", "UnixSocket", "TestSupport"]),
    tests(
      "SmartFlowCommandTests",
      ["DecisionEngine", "Filtrex", "Hashes", "JSON", "Storage", "TestSupport"],
      data: ["Drawings"]),
    tests(
      "EndToEndTests",
      ["TestSupport"], data: ["Vectors", "RequestCosts.json"]),
    tests(
      "FaultTests",
      ["SmartFlowClient", "SmartFlowMessages", "TTRPC", "UnixSocket", "TestSupport"]),
    tests(
      "InteropTests", ["TestSupport"],
      data: ["GoClient", "PythonClient", "CClient", "RustClient"]),
    tests("TidyTests", ["TestSupport"]),
  ]
)
