// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody who depends on the libraries builds their measurements.
let package = Package(
  name: "language-bench",
  // For the other measurements that count allocations.
  products: [.library(name: "CAllocations", targets: ["CAllocations"])],
  dependencies: [.package(name: "smartflow-core", path: "../../..")],
  targets: [
    .target(name: "CAllocations"),
    .executableTarget(
      name: "LanguageBench",
      dependencies: ["CAllocations", .product(name: "Filtrex", package: "smartflow-core")],
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
  ]
)
