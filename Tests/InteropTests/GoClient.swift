import Foundation
import TestSupport
import Testing

/// The foreign client of `GoClient/`: built once from `proto/`, run against one daemon.
enum GoClient {
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
    try ForeignClient.build("GoClient", in: ".build-interop")
  }

  /// What came back from every case of `cases.go`, in their order.
  static func suite() throws -> [ForeignClient.Outcome] {
    try ForeignClient.suite { try ForeignClient.run(program.get(), [$0, "suite"]) }
  }

  /// The actions for a tree and a context, as a person at a shell would ask for them.
  static func execute(
    tree: String, context: String, on daemon: DaemonProcess
  ) throws -> [[String: Any]] {
    let (treePath, contextPath) = (daemon.folder.path("tree.json"), daemon.folder.path("c.json"))
    try Data(tree.utf8).write(to: URL(filePath: treePath))
    try Data(context.utf8).write(to: URL(filePath: contextPath))
    return try ForeignClient.lines(
      of: ForeignClient.run(program.get(), [daemon.socketPath, "execute", treePath, contextPath]))
  }

  /// Publishes a tree and runs it by its name: what is said of the version, which tree ran, and its actions.
  static func publish(
    tree: String, as id: String, context: String, on daemon: DaemonProcess
  ) throws -> (version: [String: Any], ran: [String: Any], actions: [[String: Any]]) {
    let (treePath, contextPath) = (daemon.folder.path("tree.json"), daemon.folder.path("c.json"))
    try Data(tree.utf8).write(to: URL(filePath: treePath))
    try Data(context.utf8).write(to: URL(filePath: contextPath))
    let version = try ForeignClient.lines(
      of: ForeignClient.run(program.get(), [daemon.adminSocketPath, "publish", id, treePath]))
    let call = try ForeignClient.lines(
      of: ForeignClient.run(program.get(), [daemon.socketPath, "call", id, contextPath]))
    return (version.first ?? [:], call.first ?? [:], Array(call.dropFirst()))
  }
}
