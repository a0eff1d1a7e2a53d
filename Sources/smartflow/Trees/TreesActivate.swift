internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages

/// `smartflow trees activate`.
struct TreesActivate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate", abstract: "Let calls run a version from now on.",
    discussion: """
      smartflow trees activate winback@3
      smartflow trees activate winback --previous

      All workers go over at once, between two requests.
      """)

  @Argument(help: "The tree and the version: winback@3.")
  var tree: TreeName

  @Flag(help: "Go back to the version that was active before.")
  var previous = false

  @Option(
    help: ArgumentHelp(
      "The active version that you know of; exit code 75 when it is another.",
      valueName: "version"))
  var expectedActive: UInt64 = 0

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func validate() throws {
    guard previous == (tree.version == 0) else {
      throw ValidationError("Name a version, such as \(tree.treeID)@3, or give --previous.")
    }
  }

  func run() async throws {
    try await reporting {
      let response = try await connection.call(
        ActivateTreeRequest(
          treeID: tree.treeID, version: tree.version, expectedActiveVersion: expectedActive))
      guard let version = response.version else {
        throw Failure(.internalError, "the daemon's answer holds no version")
      }
      if json {
        Terminal.print(
          JSONValue.object([
            ("previousVersion", .number(Double(response.previousVersion))),
            ("version", Trees.report(version)),
          ]).prettyText)
      } else {
        let before =
          response.previousVersion == 0 ? "none before" : "before: \(response.previousVersion)"
        Terminal.print("\(Trees.line(version))  (\(before))")
      }
    }
  }
}
