import Foundation
import TestSupport
import Testing

/// The foreign client of `RustClient/`: built once from `proto/`, by Debian's Rust and its crates.
enum RustClient {
  /// Whether this machine can build it.
  static var isBuildable: Bool {
    let files = FileManager.default
    let registry = "/usr/share/cargo/registry"
    let crates = (try? files.contentsOfDirectory(atPath: registry)) ?? []
    return ["cargo", "rustc"].allSatisfy { files.isExecutableFile(atPath: "/usr/bin/" + $0) }
      && ["ttrpc-", "protobuf-codegen-pure-"].allSatisfy { name in
        crates.contains { $0.hasPrefix(name) }
      }
  }

  static let missing: Comment = """
    Cargo, the Rust compiler or ttRPC for Rust is not installed (Debian: cargo rustc librust-ttrpc-dev)
    """

  private static let program = Result {
    try ForeignClient.build("RustClient", in: ".build-interop/rust")
  }

  /// What came back from every case of `cases.rs`.
  static func suite() throws -> [ForeignClient.Outcome] {
    try ForeignClient.suite { try ForeignClient.run(program.get(), [$0, "suite"]) }
  }

  /// The JSON objects that it writes, one a line.
  static func lines(_ arguments: [String]) throws -> [[String: Any]] {
    try ForeignClient.lines(of: ForeignClient.run(program.get(), arguments))
  }
}
