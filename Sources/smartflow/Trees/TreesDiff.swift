internal import ArgumentParser
internal import DecisionEngine
internal import JSON
internal import SmartFlowMessages

/// `smartflow trees diff`.
struct TreesDiff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what differs between two versions, node by node.",
    discussion: """
      smartflow trees diff winback@2 winback@3
      smartflow trees diff winback tree.json

      The second may be a file. + a node that is new, - one that is gone, ~ one that is another now, \
      each at its place (a JSON pointer, in the second tree but for -).

      Exit code 0: they are the same. 1: they differ.
      """)

  @Argument(help: "The older: winback for its active version, winback@2.")
  var old: TreeName

  @Argument(help: "The newer: winback@3, or a tree's file.")
  var new: String

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print the differences as JSON.")
  var json = false

  func run() async throws {
    try await reporting {
      let before = try await TreesShow.version(old, connection)
      let differences = TreeDifference.between(
        try TreesShow.value(of: before.treeJSON), try await second())
      if json {
        Terminal.print(JSONValue.array(differences.map(\.report)).prettyText)
      } else {
        for difference in differences { Terminal.print(difference.text) }
      }
      guard differences.isEmpty else {
        throw Failure(.no, "they differ in \(differences.count) nodes")
      }
      if !json { Terminal.complain("they are the same") }
    }
  }

  private func second() async throws -> JSONValue {
    // A file's name has a dot or a slash; so may a tree's, and then a file of that name decides.
    if new == "-" || Terminal.isFile(new) {
      // In the canonical form, in which trees that are the same are equal.
      return try TreesShow.value(of: try TreeInput(path: new).compile().canonicalJSON)
    }
    guard let name = TreeName(argument: new) else {
      throw Failure(.usage, "`\(new)` is neither a tree's name nor a file")
    }
    return try TreesShow.value(of: try await TreesShow.version(name, connection).treeJSON)
  }
}
