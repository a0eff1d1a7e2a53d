import Foundation
import TestSupport
import Testing

/// Python's standard library, and the module of `contrib/python`.
@Suite(.enabled(if: PythonClient.isInstalled, PythonClient.missing), .timeLimit(.minutes(5)))
struct `A Python client` {
  private let program = ShellProgram(label: "python", lines: PythonClient.lines)

  @Test func `prints the actions for files at a shell`() throws {
    try program.expectActions()
  }

  @Test func `publishes a tree, and runs it by its name`() throws {
    try program.expectPublishing()
  }
}
