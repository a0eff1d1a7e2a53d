internal import ArgumentParser
internal import Hashes
internal import JSON
internal import SmartFlowMessages

/// `smartflow trees`: trees that the daemon keeps, and calls run by name.
struct Trees: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publish trees, and say which version of each calls run.",
    discussion: """
      A published tree has a name and versions that never change; calls name it and run its active \
      version: `smartflow execute --published winback`. Asks the admin socket.

      Exit codes: 65 the daemon refuses it (the tree has errors, there is no such tree or version), \
      75 somebody else was faster, or the daemon too slow.
      """,
    subcommands: [
      TreesPublish.self, TreesList.self, TreesShow.self, TreesVersions.self, TreesActivate.self,
      TreesRetire.self, TreesDiff.self,
    ])

  /// One line for people.
  static func line(_ version: TreeVersionMessage) -> String {
    var words = ["\(version.treeID)@\(version.version)"]
    if version.isActive { words.append("active") }
    if version.isRetired { words.append("retired") }
    words.append(String(Hexadecimal.text(version.treeDigest.span).prefix(12)) + "…")
    words.append("\(version.treeBytes) bytes")
    if !version.subTrees.isEmpty {
      words.append("uses \(version.subTrees.joined(separator: ", "))")
    }
    if let time = version.publishTime { words.append(time.text) }
    if let author = version.author { words.append("by \(name(of: author))") }
    for (key, value) in version.labels.sorted(by: { $0.key < $1.key }) {
      words.append("\(DisplayText.quoted(key))=\(DisplayText.quoted(value))")
    }
    if !version.comment.isEmpty { words.append(DisplayText.quoted(version.comment)) }
    return words.joined(separator: "  ")
  }

  static func report(_ version: TreeVersionMessage) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("treeId", .string(version.treeID)), ("version", .number(Double(version.version))),
      ("digest", .string(Hexadecimal.text(version.treeDigest.span))),
      ("active", .bool(version.isActive)), ("retired", .bool(version.isRetired)),
      ("publishTime", .string(version.publishTime?.text ?? "")),
      ("bytes", .number(Double(version.treeBytes))),
      ("subTrees", .array(version.subTrees.map { .string($0) })),
      (
        "labels",
        .object(
          version.labels.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })
      ), ("comment", .string(version.comment)),
    ]
    if let author = version.author {
      members.append(
        (
          "author",
          .object([
            ("uid", .number(Double(author.uid))), ("gid", .number(Double(author.gid))),
            ("pid", .number(Double(author.pid))), ("name", .string(author.name)),
          ])
        ))
    }
    return .object(members)
  }

  private static func name(of author: AuthorMessage) -> String {
    author.name.isEmpty ? "user \(author.uid)" : author.name
  }
}

/// A tree's name, and a version where one is given: `winback`, `winback@3`.
struct TreeName: ExpressibleByArgument {
  var treeID: String
  /// 0 where none is given.
  var version: UInt64

  init?(argument: String) {
    let parts = argument.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let id = parts.first, !id.isEmpty else { return nil }
    treeID = String(id)
    version = 0
    guard parts.count == 2 else { return }
    guard let number = UInt64(parts[1]), number > 0 else { return nil }
    version = number
  }
}
