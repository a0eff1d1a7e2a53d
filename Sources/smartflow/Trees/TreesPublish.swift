internal import ArgumentParser
internal import DecisionEngine
internal import JSON
internal import SmartFlowMessages

/// `smartflow trees publish`.
struct TreesPublish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Keep a tree as the next version of its name.",
    discussion: """
      smartflow trees publish winback tree.json --activate --comment "shorter text"

      The tree is checked here first, so that mistakes in it are shown at their place in the file. The \
      same tree again is the version that it is already. Without --activate calls go on running what \
      they ran: try it by `smartflow execute --published winback@2 --dry-run`, then activate it.
      """)

  @Argument(help: "Its name: letters, digits, `.`, `_` and `-`.")
  var treeID: String

  @Argument(help: "The tree's file; - is standard input.")
  var tree: String

  @Flag(help: "Let calls run it from now on.")
  var activate = false

  @Option(
    help: ArgumentHelp(
      "A file with the JSON Schema of the tree's contexts, kept with it.", valueName: "file"))
  var contextSchema: String?

  @Option(
    help: ArgumentHelp(
      "The newest version that you know of; exit code 75 when there is another.",
      valueName: "version"))
  var expectedVersion: UInt64?

  @Flag(help: "Refuse when there is a tree of this name already.")
  var mustBeNew = false

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp("A label; any number of them.", valueName: "key=value"))
  var labels: [String] = []

  @Option(help: "What has changed and why.")
  var comment = ""

  @Flag(help: "Let the daemon check it, and keep nothing.")
  var validateOnly = false

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func validate() throws {
    guard expectedVersion != 0 else {
      throw ValidationError(
        "--expected-version is 1 or more; --must-be-new says that there is none.")
    }
    guard contextSchema != "-" || tree != "-" else {
      throw ValidationError("Only one of the tree and --context-schema can be standard input.")
    }
  }

  func run() async throws {
    try await reporting {
      let input = try TreeInput(path: tree)
      _ = try input.compile()
      var request = PublishTreeRequestMessage(treeID: treeID, tree: .json(input.bytes))
      if let contextSchema {
        request.contextSchema =
          try TreeInput(
            path: contextSchema, what: "context schema", limits: TreeLimits.contextSchema
          ).bytes
      }
      request.expectedVersion = expectedVersion ?? 0
      request.mustBeNew = mustBeNew
      request.activates = activate
      for label in labels {
        guard let separator = label.firstIndex(of: "="), separator != label.startIndex else {
          throw Failure(.usage, "--label `\(label)` has no key and value; write key=value")
        }
        request.labels[String(label[..<separator])] = String(
          label[label.index(after: separator)...])
      }
      request.comment = comment
      request.validateOnly = validateOnly
      let response = try await connection.call(request)
      for diagnostic in response.diagnostics {
        Terminal.complain(
          "\(diagnostic.path.isEmpty ? "/" : diagnostic.path): \(diagnostic.message)")
      }
      print(response)
    }
  }

  private func print(_ response: PublishTreeResponseMessage) {
    guard let version = response.version else {
      return Terminal.print(
        json
          ? JSONValue.object([("valid", .bool(true))]).compactText
          : "\(tree) could be published as \(treeID)")
    }
    if json {
      return Terminal.print(
        JSONValue.object([
          ("created", .bool(response.isCreated)), ("version", Trees.report(version)),
        ]).prettyText)
    }
    Terminal.print(Trees.line(version))
    if !response.isCreated { Terminal.complain("it was the newest version already") }
  }
}
