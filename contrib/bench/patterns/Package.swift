// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody who depends on the libraries builds their measurements.
let package = Package(
  name: "pattern-bench",
  dependencies: [.package(name: "smartflow-core", path: "../../..")],
  targets: [
    .executableTarget(
      name: "PatternBench",
      dependencies: [.product(name: "Filtrex", package: "smartflow-core")],
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
  ]
)
