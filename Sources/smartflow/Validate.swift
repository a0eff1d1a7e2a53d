internal import ArgumentParser
internal import DecisionEngine
internal import Filtrex
internal import Hashes
internal import JSON

/// `smartflow validate`: all that is wrong with a tree, without a daemon.
struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say all that is wrong with a tree.",
    discussion: """
      The tree is checked here, by the same engine that a daemon runs; nothing is sent anywhere. \
      Exit code 0: it can be executed. 65: it has errors.
      """)

  @Argument(help: "The tree's file; - is standard input.")
  var tree: String

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func run() async throws {
    try await reporting {
      let input = try TreeInput(path: tree)
      let compilation = Engine().compile(input.value)
      if json {
        Terminal.print(Self.report(compilation).prettyText)
      } else {
        for diagnostic in compilation.diagnostics { Terminal.complain(input.text(of: diagnostic)) }
        if let tree = compilation.tree { Terminal.print(Self.summary(tree, input.name)) }
      }
      let errors = compilation.diagnostics.count { $0.severity == .error }
      if compilation.tree == nil {
        throw Failure(.badData, "\(input.name) has \(errors) error\(errors == 1 ? "" : "s")")
      }
    }
  }

  private static func summary(_ tree: Tree, _ name: String) -> String {
    """
    \(name) is valid
      digest      \(Hexadecimal.text(tree.digest.span))
      nodes       \(tree.nodeCount)
      properties  \(tree.properties.isEmpty ? "none" : tree.properties.joined(separator: ", "))
      fuel        \(tree.fuelBound) units at most
    """
  }

  private static func report(_ compilation: TreeCompilation) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("valid", .bool(compilation.tree != nil)),
      ("diagnostics", .array(compilation.diagnostics.map(Self.report))),
    ]
    if let tree = compilation.tree {
      members += [
        ("digest", .string(Hexadecimal.text(tree.digest.span))),
        ("properties", .array(tree.properties.map { .string($0) })),
        ("fuelBound", .number(Double(tree.fuelBound))),
      ]
    }
    return .object(members)
  }

  private static func report(_ diagnostic: TreeDiagnostic) -> JSONValue {
    .object([
      ("severity", .string(diagnostic.severity.rawValue)),
      ("code", .string(diagnostic.code.rawValue)),
      ("path", .string(diagnostic.path.description)),
      ("start", .number(Double(diagnostic.range.lowerBound))),
      ("end", .number(Double(diagnostic.range.upperBound))),
      ("message", .string(diagnostic.message)),
    ])
  }
}
