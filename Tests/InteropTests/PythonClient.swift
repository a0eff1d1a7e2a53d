import Foundation
import TestSupport
import Testing

/// The client of `contrib/python`, run by `PythonClient/client.py`; it needs Python and nothing else.
enum PythonClient {
  private static let interpreter = "/usr/bin/python3"
  private static let program = Project.file("Tests/InteropTests/PythonClient/client.py").path

  /// Whether this machine can run it.
  static let isInstalled = FileManager.default.isExecutableFile(atPath: interpreter)

  static let missing: Comment = "Python is not installed (Debian: python3)"

  /// What came back from every case of `cases.py`, in their order.
  static func suite(_ name: String) throws -> [ForeignClient.Outcome] {
    try ForeignClient.suite { try run($0, name) }
  }

  /// The JSON objects that it writes, one a line.
  static func lines(_ arguments: [String]) throws -> [[String: Any]] {
    try ForeignClient.lines(of: ForeignClient.run(interpreter, [program] + arguments))
  }

  private static func run(_ arguments: String...) throws -> Data {
    try ForeignClient.run(interpreter, [program] + arguments)
  }
}
