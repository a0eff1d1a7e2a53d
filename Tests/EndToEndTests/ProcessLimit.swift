import Foundation
import TestSupport
import Testing

/// Limits of a process that runs already: prlimit(1).
enum ProcessLimit {
  /// Sets one, such as `--nofile=12:`, as the user that the process is, who may; root may not everywhere.
  static func set(_ limit: String, of process: Int32) throws {
    let program = Process()
    let status = ProcessStatus(process)
    let user = try #require(status["Uid"]?.split(separator: "\t").first.map(String.init))
    let group = try #require(status["Gid"]?.split(separator: "\t").first.map(String.init))
    let command = ["/usr/bin/prlimit", "--pid", String(process), limit]
    let become = ["/usr/bin/setpriv", "--reuid", user, "--regid", group, "--clear-groups"]
    let all = isRoot && user != "0" ? become + command : command
    program.executableURL = URL(filePath: all[0])
    program.arguments = Array(all.dropFirst())
    try program.run()
    program.waitUntilExit()
    try #require(program.terminationStatus == 0)
  }
}
