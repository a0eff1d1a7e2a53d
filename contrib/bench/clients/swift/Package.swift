// swift-tools-version: 6.3
import PackageDescription

// A package of its own, built as a service's would be that uses the client library.
let package = Package(
  name: "swift-load",
  dependencies: [.package(name: "smartflow-core", path: "../../../..")],
  targets: [
    .executableTarget(
      name: "SwiftLoad",
      dependencies: [.product(name: "SmartFlowClient", package: "smartflow-core")],
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
  ]
)
