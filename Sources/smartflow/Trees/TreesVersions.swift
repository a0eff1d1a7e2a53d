internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages

/// `smartflow trees versions`.
struct TreesVersions: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "versions", abstract: "List a tree's versions, the newest first.")

  @Argument(help: "The tree's name.")
  var treeID: String

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print one JSON object for each version.")
  var json = false

  func run() async throws {
    try await reporting {
      var request = ListTreeVersionsRequest(treeID: treeID, pageSize: 1000)
      repeat {
        let page = try await connection.call(request)
        for version in page.versions {
          Terminal.print(json ? Trees.report(version).compactText : Trees.line(version))
        }
        request.pageToken = page.nextPageToken
      } while !request.pageToken.isEmpty
    }
  }
}
