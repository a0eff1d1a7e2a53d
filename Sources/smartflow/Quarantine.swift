internal import ArgumentParser
internal import Hashes
internal import JSON
internal import SmartFlowMessages

/// `smartflow quarantine`: trees that no worker runs, because each has ended too many of them.
struct Quarantine: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the trees that are not run any more, and let one run again.",
    discussion: """
      A tree that ended three workers within a minute is refused with QUARANTINED, until the daemon \
      restarts or the quarantine is lifted here. Asks the admin socket.
      """,
    subcommands: [List.self, Lift.self], defaultSubcommand: List.self)

  /// `smartflow quarantine list`.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the trees in quarantine.")

    @OptionGroup var connection: AdminOptions

    @Flag(help: "Print the answer as JSON.")
    var json = false

    func run() async throws {
      try await reporting {
        let trees = try await connection.call(GetServerInfoRequest()).quarantine
        if json {
          Terminal.print(JSONValue.array(trees.map(report)).prettyText)
        } else {
          Terminal.print(
            trees.isEmpty
              ? "no tree is in quarantine" : trees.map { text(of: $0) }.joined(separator: "\n"))
        }
      }
    }
  }

  /// `smartflow quarantine lift`.
  struct Lift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a tree run again.",
      discussion: "Exit code 65: no tree of this digest is in quarantine.")

    @Argument(help: "The tree's digest: the 64 digits of the list, the error or the log.")
    var digest: String

    @OptionGroup var connection: AdminOptions

    @Flag(help: "Print the answer as JSON.")
    var json = false

    func run() async throws {
      try await reporting {
        guard let bytes = Quarantine.bytes(of: digest) else {
          throw Failure(
            .usage, "`\(digest)` is no digest; it has 64 digits, of 0 to 9 and a to f")
        }
        _ = try await connection.call(LiftQuarantineRequest(digest: bytes))
        Terminal.print(
          json
            ? JSONValue.object([("lifted", .string(digest.lowercased()))]).compactText
            : "\(digest.lowercased()) may run again")
      }
    }
  }

  static func bytes(of digest: String) -> [UInt8]? {
    let digits = Array(digest.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
      // A sign is no digit, but would be read as one.
      guard let byte = UInt8(pair, radix: 16), !pair.hasPrefix("+"), !pair.hasPrefix("-") else {
        return nil
      }
      bytes.append(byte)
    }
    return bytes
  }

  static func text(of tree: QuarantinedTreeMessage) -> String {
    let seconds = tree.since.map { "since \($0.text)" } ?? ""
    return "\(Hexadecimal.text(tree.digest.span))  \(name(of: tree.kind))  \(seconds)  "
      + "last death: \(tree.lastDeath)"
  }

  static func report(_ tree: QuarantinedTreeMessage) -> JSONValue {
    .object([
      ("digest", .string(Hexadecimal.text(tree.digest.span))),
      ("kind", .string(name(of: tree.kind))),
      ("since", .string(tree.since.map { $0.text } ?? "")),
      ("lastDeath", .string(tree.lastDeath)),
    ])
  }

  private static func name(of kind: QuarantinedTreeMessage.Kind) -> String {
    switch kind {
    case .tree: "tree"
    case .source: "source"
    case .unspecified: "unknown"
    }
  }
}
