import Foundation
import TestSupport
import Testing

/// The client of `Sources/CSmartFlowClient`, run by `CClient/client.c`, and its header for C++; built once.
enum CClient {
  /// Whether this machine can build it.
  static var isBuildable: Bool {
    let programs = ["cc", "c++", "make", "objcopy"].map { "/usr/bin/" + $0 }
    return programs.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
      && FileManager.default.fileExists(atPath: "/usr/include/protobuf-c/protobuf-c.h")
  }

  static let missing: Comment = """
    A C and C++ compiler, make or protobuf-c is missing (Debian: g++ make libprotobuf-c-dev)
    """

  /// The folder of what is built.
  private static let folder = Result {
    _ = try ForeignClient.build("CClient", in: ".build-interop/c")
    return Project.file(".build-interop/c").path
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> Data {
    try ForeignClient.run(folder.get() + "/" + program, arguments)
  }

  /// What came back from every case of `cases.c`, in their order, by the program in C or in C++.
  static func suite(_ program: String) throws -> [ForeignClient.Outcome] {
    try ForeignClient.suite { try run(program, [$0, "suite"]) }
  }

  /// The JSON objects that it writes, one a line.
  static func lines(_ arguments: [String]) throws -> [[String: Any]] {
    try ForeignClient.lines(of: run("client", arguments))
  }

  /// What one of the examples of `contrib/c` and `contrib/cpp` prints.
  static func example(_ name: String, _ arguments: String...) throws -> [String] {
    let output = try run("examples/" + name, arguments)
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map { String($0) }
  }
}
