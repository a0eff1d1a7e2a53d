import Foundation
import JSON
import TestSupport
import Testing

/// A foreign JSON Schema validator: jsonschema-rs from PyPI, in a Python process.
enum SchemaOracle {
  /// Why there were no verdicts.
  enum Failure: Error {
    case tookTooLong
    case failed(String)
  }

  /// The Python that has it: `SMARTFLOW_PYTHON`, which `contrib/test` sets, else what `contrib/test` installed
  /// the last time; `nil` where neither is there.
  static let interpreter: URL? = {
    // What was named is used, there or not, so that the check can not be left out by mistake.
    if let given = ProcessInfo.processInfo.environment["SMARTFLOW_PYTHON"] {
      return URL(filePath: given)
    }
    let installed = Project.file(".build/python/bin/python")
    return FileManager.default.isExecutableFile(atPath: installed.path) ? installed : nil
  }()

  /// The mistakes that a schema finds in each of some trees.
  ///
  /// - Throws: ``Failure`` too, when the schema is none of draft 2020-12.
  static func mistakes(in trees: [JSONValue], by schema: JSONValue) throws -> [[String]] {
    let folder = try TemporaryFolder()
    func write(_ values: [JSONValue], _ name: String) throws {
      var bytes: [UInt8] = []
      for value in values {
        JSONWriter.append(value, to: &bytes)
        bytes.append(0x0A)
      }
      try Data(bytes).write(to: folder.url.appending(path: name))
    }
    try write([schema], "schema")
    try write(trees, "trees")
    let complaints = folder.url.appending(path: "complaints")
    try Data().write(to: complaints)

    let process = Process()
    process.executableURL = interpreter
    process.arguments = [
      Project.file("Tests/DecisionEngineTests/SchemaOracle/validate.py").path,
      folder.path("schema"), folder.path("trees"), folder.path("verdicts"),
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: complaints)
    try process.run()
    let hasEnded = waitUntil(within: .seconds(120)) { !process.isRunning }
    if !hasEnded { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    guard hasEnded else { throw Failure.tookTooLong }
    guard process.terminationStatus == 0 else {
      throw Failure.failed(try String(contentsOf: complaints, encoding: .utf8))
    }
    return try Project.lines(of: folder.url.appending(path: "verdicts")).map {
      try JSONDecoder().decode([String].self, from: Data($0.utf8))
    }
  }
}

/// How many random trees a test makes: `SMARTFLOW_FUZZ_ITERATIONS`, or what an ordinary run has time for.
func fuzzIterations(_ ordinary: Int) -> Int {
  ProcessInfo.processInfo.environment["SMARTFLOW_FUZZ_ITERATIONS"].flatMap(Int.init) ?? ordinary
}

/// The number that all random trees of a run follow from: `SMARTFLOW_FUZZ_SEED`, or always the same.
let fuzzSeed =
  ProcessInfo.processInfo.environment["SMARTFLOW_FUZZ_SEED"].flatMap(UInt64.init) ?? 20_261_124
