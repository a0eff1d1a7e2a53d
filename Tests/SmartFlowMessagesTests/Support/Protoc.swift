import Foundation
import TestSupport

/// Google's own implementation, asked through `protoc --encode` and `--decode`.
enum Protoc {
  static let isInstalled = path("protoc") != nil
  static let isGeneratorInstalled = isInstalled && path("protoc-c") != nil

  static func path(_ tool: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(tool)" }.first(where: FileManager.default.isExecutableFile)
  }

  /// The text form of a message's bytes.
  static func decode(_ type: String, _ bytes: [UInt8]) throws -> String {
    String(decoding: try run("--decode=" + type, Data(bytes)), as: UTF8.self)
  }

  /// The bytes of a message's text form.
  static func encode(_ type: String, _ text: String) throws -> [UInt8] {
    [UInt8](try run("--encode=" + type, Data(text.utf8)))
  }

  private static func run(_ verb: String, _ input: Data) throws -> Data {
    let files = [
      "smartflow/v1/execution.proto", "smartflow/v1/admin.proto", "google/rpc/error_details.proto",
      "google/rpc/status.proto", "grpc/health/v1/health.proto", "ttrpc.proto",
    ]
    return try run(
      path("protoc") ?? "protoc",
      [verb, "--proto_path=" + Project.file("proto").path] + files, input)
  }

  /// Runs a program to its end; its output, or its complaint as an error.
  static func run(_ path: String, _ arguments: [String], _ input: Data = Data()) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    // Its input, its output, its complaints.
    let files = try [input, Data(), Data()].map { content in
      let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try content.write(to: url)
      return url
    }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    // Files and not pipes: neither side can wait for the other.
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(message: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
    }
    return try Data(contentsOf: files[1])
  }

  struct Failure: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
  }
}
