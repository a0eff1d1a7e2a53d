internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages

/// `smartflow trees show`.
struct TreesShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print a published tree.",
    discussion: """
      The tree goes to standard output, what is said of it to standard error; so \
      `smartflow trees show winback > tree.json` gives a file that can be published again.
      """)

  @Argument(help: "The tree, and a version where it is not the active one: winback, winback@3.")
  var tree: TreeName

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print one JSON object with all that is said of it, the tree and its schema.")
  var json = false

  func run() async throws {
    try await reporting {
      let version = try await Self.version(tree, connection)
      let value = try Self.value(of: version.treeJSON)
      guard json else {
        Terminal.complain(Trees.line(version))
        return Terminal.print(value.prettyText)
      }
      guard case .object(var members) = Trees.report(version) else { return }
      members["tree"] = value
      if !version.contextSchema.isEmpty {
        members["contextSchema"] = try Self.value(of: version.contextSchema)
      }
      Terminal.print(JSONValue.object(members).prettyText)
    }
  }

  static func version(
    _ tree: TreeName, _ connection: AdminOptions
  ) async throws -> TreeVersionMessage {
    let response = try await connection.call(
      GetTreeRequest(treeID: tree.treeID, version: tree.version))
    guard let version = response.version else {
      throw Failure(.internalError, "the daemon's answer holds no version")
    }
    return version
  }

  static func value(of bytes: [UInt8]) throws(Failure) -> JSONValue {
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      return unsafe try JSONParser.parse(bytes.span.bytes)
    } catch {
      throw Failure(.internalError, "the daemon's answer holds no JSON: \(error)")
    }
  }
}
