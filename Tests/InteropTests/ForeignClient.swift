import Foundation
import TestSupport
import Testing

/// A program that makes the same calls as the others, by a client that is none of the house's Swift.
enum ForeignClient: String, CaseIterable, CustomTestStringConvertible {
  case go = "Go"
  case python = "Python"
  case pythonAsyncio = "Python with asyncio"
  case c = "C"
  case cPlusPlus = "C++"
  case rust = "Rust"

  enum Failure: Error, CustomStringConvertible {
    case failed(program: String, status: Int32, errors: String)

    var description: String {
      switch self {
      case .failed(let program, let status, let errors):
        "\(program) ended with \(status): \(errors)"
      }
    }
  }

  /// One line of its output.
  struct Outcome {
    var name: String
    var code: Int
    var message: String
    /// What `google.rpc` messages say, by their full type name.
    var details: [String: [String: Any]]
    var answer: Any?
    /// Traces that the daemon's log names, of the case that has one.
    var loggedTraces: [String] = []
  }

  var testDescription: String { rawValue }

  /// Those that this machine can build and run; why another is missing says the suite of its own.
  static let installed = allCases.filter {
    switch $0 {
    case .go: GoClient.isBuildable
    case .python, .pythonAsyncio: PythonClient.isInstalled
    case .c, .cPlusPlus: CClient.isBuildable
    case .rust: RustClient.isBuildable
    }
  }

  // Made once, before anybody reads them, and never changed.
  nonisolated(unsafe) private static let goOutcomes = Result { try GoClient.suite() }
  nonisolated(unsafe) private static let pythonOutcomes = Result {
    try PythonClient.suite("suite")
  }
  nonisolated(unsafe) private static let asyncioOutcomes = Result {
    try PythonClient.suite("suite-asyncio")
  }
  nonisolated(unsafe) private static let cOutcomes = Result { try CClient.suite("client") }
  nonisolated(unsafe) private static let cPlusPlusOutcomes = Result {
    try CClient.suite("client_cpp")
  }
  nonisolated(unsafe) private static let rustOutcomes = Result { try RustClient.suite() }

  /// What came back from every case, in their order.
  func outcomes() throws -> [Outcome] {
    switch self {
    case .go: try Self.goOutcomes.get()
    case .python: try Self.pythonOutcomes.get()
    case .pythonAsyncio: try Self.asyncioOutcomes.get()
    case .c: try Self.cOutcomes.get()
    case .cPlusPlus: try Self.cPlusPlusOutcomes.get()
    case .rust: try Self.rustOutcomes.get()
    }
  }

  /// The case whose call belongs to a trace.
  static let tracedCase = "trace context"

  /// Runs all cases at a daemon of their own.
  ///
  /// - Parameter program: Runs them at a data socket, and gives what was written.
  /// - Returns: What came back.
  /// - Throws: What the daemon or the program has failed with.
  static func suite(_ program: (_ socketPath: String) throws -> Data) throws -> [Outcome] {
    let daemon = try DaemonProcess(workers: 1)
    var outcomes = try outcomes(in: program(daemon.socketPath))
    // After its end the log is whole.
    _ = try daemon.stop()
    let traces = try daemon.logRecords(of: "action").compactMap { $0["trace_id"] as? String }
    for index in outcomes.indices where outcomes[index].name == tracedCase {
      outcomes[index].loggedTraces = traces
    }
    return outcomes
  }

  /// Reads the lines of a suite.
  static func outcomes(in output: Data) throws -> [Outcome] {
    try lines(of: output).map { line in
      let details = line["details"] as? [[String: Any]] ?? []
      return Outcome(
        name: line["case"] as? String ?? "", code: line["code"] as? Int ?? -1,
        message: line["message"] as? String ?? "",
        details: Dictionary(
          details.map { ($0["type"] as? String ?? "", $0["value"] as? [String: Any] ?? [:]) },
          uniquingKeysWith: { first, _ in first }),
        answer: line["answer"])
    }
  }

  /// The JSON objects that a program has written, one a line.
  static func lines(of output: Data) throws -> [[String: Any]] {
    try output.split(separator: UInt8(ascii: "\n")).map {
      guard let object = try JSONSerialization.jsonObject(with: $0) as? [String: Any] else {
        throw CocoaError(.propertyListReadCorrupt)
      }
      return object
    }
  }

  /// Builds a client by the script in its folder.
  ///
  /// - Parameters:
  ///   - client: The folder of `InteropTests`.
  ///   - folder: Where to, beside the other builds, so that the next run finds it, and a clean-up too.
  /// - Returns: What the script prints: the program's path.
  /// - Throws: ``Failure`` where it can't be built.
  static func build(_ client: String, in folder: String) throws -> String {
    let output = try run(
      Project.file("Tests/InteropTests/\(client)/build").path, [Project.file(folder).path])
    return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Runs a program to its end; what it writes to standard output is its result.
  static func run(_ path: String, _ arguments: [String]) throws -> Data {
    let errors = try TemporaryFolder()
    let errorPath = errors.path("errors")
    try Data().write(to: URL(filePath: errorPath))
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    // A file, so that neither stream waits for the other one to be read.
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure.failed(
        program: path, status: process.terminationStatus,
        errors: (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "")
    }
    return data
  }
}
