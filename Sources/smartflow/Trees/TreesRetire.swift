internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages

/// `smartflow trees retire`.
struct TreesRetire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Let nobody run a version, or a whole tree, any more.",
    discussion: """
      What was published stays to be looked at. A version is retired for good; a tree until one of \
      its versions is activated again.
      """)

  @Argument(help: "The tree, or one version of it that is not active: winback, winback@3.")
  var tree: TreeName

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func run() async throws {
    try await reporting {
      _ = try await connection.call(
        RetireTreeRequest(treeID: tree.treeID, version: tree.version))
      let name = tree.version == 0 ? tree.treeID : "\(tree.treeID)@\(tree.version)"
      Terminal.print(
        json ? JSONValue.object([("retired", .string(name))]).compactText : "\(name) is retired")
    }
  }
}
