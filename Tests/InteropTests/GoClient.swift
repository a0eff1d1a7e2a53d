import Foundation
import TestSupport
import Testing

/// The foreign client of `GoClient/`: built once from `proto/`, run against one daemon.
enum GoClient {
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
  }

  /// Whether this machine can build it.
  static var isBuildable: Bool {
    let folders = ["/usr/bin", "/usr/local/bin", "/bin"]
    func isInstalled(_ name: String) -> Bool {
      folders.contains { FileManager.default.isExecutableFile(atPath: $0 + "/" + name) }
    }
    let library = "/usr/share/gocode/src/github.com/containerd/ttrpc/client.go"
    return isInstalled("go") && isInstalled("protoc")
      && FileManager.default.fileExists(atPath: library)
  }

  static let missing: Comment = """
    Go, protoc or containerd's ttRPC is not installed (Debian: golang-go protobuf-compiler \
    golang-github-containerd-ttrpc-dev)
    """

  private static let program = Result {
    let script = Project.file("Tests/InteropTests/GoClient/build").path
    // Beside the other builds, so that the next run finds it, and a clean-up too.
    let output = try run(script, [Project.file(".build-interop").path])
    return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// What came back from every case of `cases.go`, in their order.
  // Made once, before anybody reads it, and never changed.
  nonisolated(unsafe) static let outcomes = Result {
    let daemon = try DaemonProcess(workers: 1)
    return try lines(of: run(program.get(), [daemon.socketPath, "suite"])).map { line in
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

  /// The actions for a tree and a context, as a person at a shell would ask for them.
  static func execute(
    tree: String, context: String, on daemon: DaemonProcess
  ) throws -> [[String: Any]] {
    let (treePath, contextPath) = (daemon.folder.path("tree.json"), daemon.folder.path("c.json"))
    try Data(tree.utf8).write(to: URL(filePath: treePath))
    try Data(context.utf8).write(to: URL(filePath: contextPath))
    return try lines(
      of: run(program.get(), [daemon.socketPath, "execute", treePath, contextPath]))
  }

  /// Publishes a tree and runs it by its name: what is said of the version, which tree ran, and its actions.
  static func publish(
    tree: String, as id: String, context: String, on daemon: DaemonProcess
  ) throws -> (version: [String: Any], ran: [String: Any], actions: [[String: Any]]) {
    let (treePath, contextPath) = (daemon.folder.path("tree.json"), daemon.folder.path("c.json"))
    try Data(tree.utf8).write(to: URL(filePath: treePath))
    try Data(context.utf8).write(to: URL(filePath: contextPath))
    let version = try lines(
      of: run(program.get(), [daemon.adminSocketPath, "publish", id, treePath]))
    let call = try lines(of: run(program.get(), [daemon.socketPath, "call", id, contextPath]))
    return (version.first ?? [:], call.first ?? [:], Array(call.dropFirst()))
  }

  private static func lines(of output: Data) throws -> [[String: Any]] {
    try output.split(separator: UInt8(ascii: "\n")).map {
      guard let object = try JSONSerialization.jsonObject(with: $0) as? [String: Any] else {
        throw CocoaError(.propertyListReadCorrupt)
      }
      return object
    }
  }

  /// Runs a program to its end; what it writes to standard output is its result.
  private static func run(_ path: String, _ arguments: [String]) throws -> Data {
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
