internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages

/// `smartflow trees list`.
struct TreesList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the published trees, by name.")

  @Argument(help: "How the names begin.")
  var prefix = ""

  @Flag(help: "Also those that were retired.")
  var retired = false

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print one JSON object for each tree.")
  var json = false

  func run() async throws {
    try await reporting {
      var request = ListTreesRequest(prefix: prefix, pageSize: 1000, includeRetired: retired)
      repeat {
        let page = try await connection.call(request)
        for tree in page.trees { Terminal.print(json ? report(tree).compactText : line(tree)) }
        request.pageToken = page.nextPageToken
      } while !request.pageToken.isEmpty
    }
  }

  private func line(_ tree: TreeSummaryMessage) -> String {
    let active = tree.activeVersion == 0 ? "none active" : "active \(tree.activeVersion)"
    return "\(tree.treeID)  \(active)  newest \(tree.newestVersion)"
      + (tree.isRetired ? "  retired" : "") + (tree.updateTime.map { "  \($0.text)" } ?? "")
  }

  private func report(_ tree: TreeSummaryMessage) -> JSONValue {
    .object([
      ("treeId", .string(tree.treeID)), ("activeVersion", .number(Double(tree.activeVersion))),
      ("newestVersion", .number(Double(tree.newestVersion))), ("retired", .bool(tree.isRetired)),
      ("updateTime", .string(tree.updateTime?.text ?? "")),
    ])
  }
}
