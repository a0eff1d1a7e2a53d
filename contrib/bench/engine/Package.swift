// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody who depends on the libraries builds their measurements.
let package = Package(
  name: "engine-bench",
  dependencies: [
    .package(name: "smartflow-core", path: "../../.."),
    // Its counter of allocations.
    .package(name: "language-bench", path: "../language"),
  ],
  targets: [
    .executableTarget(
      name: "EngineBench",
      dependencies: [
        .product(name: "_Decoders", package: "smartflow-core"),
        .product(name: "CAllocations", package: "language-bench"),
      ],
      // Lifetimes, for what a request lends.
      swiftSettings: [
        .swiftLanguageMode(.v6), .enableExperimentalFeature("Lifetimes"),
        .treatAllWarnings(as: .error),
      ])
  ]
)
