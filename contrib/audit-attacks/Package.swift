// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody who depends on the libraries builds it. `AuditAttacks.swift` is the tests' own.
let package = Package(
  name: "audit-attacks",
  dependencies: [.package(name: "smartflow-core", path: "../..")],
  targets: [
    .executableTarget(
      name: "AuditAttacks",
      dependencies: [.product(name: "_Audit", package: "smartflow-core")],
      swiftSettings: [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"), .treatAllWarnings(as: .error),
      ])
  ]
)
