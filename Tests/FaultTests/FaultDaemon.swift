import Foundation
import SmartFlowClient
import SmartFlowMessages
import TTRPC
import TestSupport
import Testing
import UnixSocket

/// The worker that hangs, crashes and leaks where a request asks for it: a build of its own.
enum FaultWorker {
  /// Its program: in `SMARTFLOW_FAULT_BIN`, else where `SMARTFLOW_FAULTS=1 swift build -c release
  /// --product smartflow-worker --scratch-path .build-faults` puts it.
  static let path: String? = {
    let folder = ProcessInfo.processInfo.environment["SMARTFLOW_FAULT_BIN"]
    let places = [
      folder.map { URL(filePath: $0) }, Project.file(".build-faults/release"),
      Project.file(".build-faults/debug"),
    ]
    return places.compactMap { $0?.appending(path: "smartflow-worker").path }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  static var isBuilt: Bool { path != nil }
}

/// A daemon whose workers do what they are asked to.
struct FaultDaemon {
  let process: DaemonProcess

  init(workers: Int = 2, arguments: [String] = [], folder: TemporaryFolder? = nil) throws {
    let worker = try #require(FaultWorker.path, "the faulty worker is not built")
    process = try DaemonProcess(
      workers: workers, arguments: ["--worker-path", worker] + arguments, folder: folder)
  }

  /// A client of the data socket, with a connection of its own.
  func client() throws -> SmartFlowClient {
    try SmartFlowClient(endpoint: .path(process.socketPath))
  }

  /// A client of the admin socket.
  func administrator() throws -> SmartFlowClient {
    try SmartFlowClient(endpoint: .path(process.adminSocketPath))
  }

  /// The log's lines of one event.
  func records(_ event: String) throws -> [[String: Any]] {
    try process.logRecords(of: event)
  }

  /// Processor time that the workers have used together, in hundredths of a second; proc(5).
  func processorTicks() -> Int {
    process.workerProcessIDs().reduce(0) { sum, worker in
      let line = (try? String(contentsOfFile: "/proc/\(worker)/stat", encoding: .utf8)) ?? ""
      let fields = line.split(separator: ") ").last?.split(separator: " ") ?? []
      return sum + (fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0)
    }
  }

  /// Waits until a worker has run for a tenth of a second beyond what they had: until it spins, that is.
  func spins(since ticks: Int) async -> Bool {
    await comes(within: .seconds(30)) { self.processorTicks() >= ticks + 10 }
  }

  /// Waits until so many workers have died and been replaced, and gives the lines that tell of the deaths.
  func deaths(_ count: Int, workers: Int = 2) async throws -> [[String: Any]] {
    let isThere = await comes(within: .seconds(30)) {
      ((try? self.records("worker_died"))?.count ?? 0) >= count
        && self.process.workerProcessIDs().count == workers
    }
    #expect(isThere, "\(process.log())")
    return try records("worker_died")
  }
}

/// Requests, and what they ask to be done to themselves.
enum Ask {
  /// A tree with a digest of its own.
  static func tree(_ number: Int = 1) -> String {
    #"{"type":"GrantBonus","parameters":{"amount":\#(number)}}"#
  }

  static func execution(_ tree: String, dryRun: Bool = false) -> ExecuteTreeRequestMessage {
    ExecuteTreeRequestMessage(
      tree: .json(Array(tree.utf8)), context: .json(Array("{}".utf8)), playerID: "p",
      options: ExecutionOptions(dryRun: dryRun))
  }

  /// Options of a call that a fault is to happen to, such as `hang@execute`.
  static func options(_ fault: String? = nil, timeout: Duration = .seconds(30)) -> CallOptions {
    CallOptions(
      timeout: timeout, metadata: fault.map { [("x-smartflow-fault", $0)] } ?? [])
  }

  /// The same as bytes, for a connection that knows nothing of calls.
  static func frame(_ fault: String?, tree: String, timeout: Duration) -> [UInt8] {
    var output: [UInt8] = []
    let start = FrameWriter.beginFrame(in: &output)
    let (seconds, attoseconds) = timeout.components
    RequestEnvelopeMessage.append(
      execution(tree), timeoutNanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000,
      metadata: fault.map { [("x-smartflow-fault", $0)] } ?? [], to: &output)
    FrameWriter.endFrame(startingAt: start, type: .request, streamID: 1, in: &output)
    return output
  }
}

extension SmartFlowClient {
  /// The code that a call fails with, or `nil`.
  func failure(_ tree: String, _ options: CallOptions, dryRun: Bool = false) async -> ClientError? {
    do throws(ClientError) {
      _ = try await execute(Ask.execution(tree, dryRun: dryRun), options: options)
      return nil
    } catch {
      return error
    }
  }
}

extension ClientError {
  /// The reason of the `ErrorInfo` among the details, and its facts.
  var info: (reason: String, metadata: [String: String])? {
    for case .errorInfo(let reason, _, let metadata) in details { return (reason, metadata) }
    return nil
  }
}

/// Looks at a condition again and again until it holds, for as long as `limit`, and keeps no thread meanwhile.
///
/// - Returns: Whether it came to hold.
func comes(within limit: Duration, _ condition: () -> Bool) async -> Bool {
  let deadline = ContinuousClock.now + limit
  while !condition() {
    if ContinuousClock.now > deadline { return false }
    // A pause between two looks, not a wait for something to have happened.
    try? await Task.sleep(for: .milliseconds(2))
  }
  return true
}

/// Writes a figure where somebody has asked for figures.
func report(_ text: String) {
  guard ProcessInfo.processInfo.environment["SMARTFLOW_FAULT_REPORT"] != nil else { return }
  print(text)
}
