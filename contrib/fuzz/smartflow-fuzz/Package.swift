// swift-tools-version: 6.3
import PackageDescription

/// What the house is compiled with; an unsafe expression says so here too.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
]

/// The rooms that take bytes from outside.
let decoders = Target.Dependency.product(name: "_Decoders", package: "smartflow-core")

/// A program of libFuzzer's: one file that exports `LLVMFuzzerTestOneInput`, in a folder of its name.
func fuzzer(_ name: String) -> Target {
  .executableTarget(
    name: "fuzz-" + name, dependencies: ["FuzzSupport", decoders], swiftSettings: house)
}

// A package of its own, so that nobody who depends on the libraries builds their fuzzers.
let package = Package(
  name: "smartflow-fuzz",
  dependencies: [.package(name: "smartflow-core", path: "../../..")],
  targets: [
    .target(name: "FuzzSupport", dependencies: [decoders], swiftSettings: house),
    fuzzer("control"), fuzzer("envelope"), fuzzer("expressions"), fuzzer("frames"),
    fuzzer("journal"),
    fuzzer("json"), fuzzer("messages"), fuzzer("patterns"), fuzzer("templates"), fuzzer("trees"),
    fuzzer("worker"),
  ]
)
