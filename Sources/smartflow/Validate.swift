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
      Warnings say what runs and was probably not meant so: conditions that always come out the \
      same, branches that are never reached and, with a schema of the context, slips in names \
      and types.

      Exit code 0: it can be executed. 1: it can, and --strict was given and there are warnings. \
      65: it has errors, or the schema has.
      """)

  @Argument(help: "The tree's file; - is standard input.")
  var tree: String

  @Option(
    help: ArgumentHelp(
      "A file with the JSON Schema of the tree's contexts; - is standard input.", valueName: "file"
    ))
  var contextSchema: String?

  @Flag(help: "Take warnings for a no; notes are none.")
  var strict = false

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func validate() throws {
    guard contextSchema != "-" || tree != "-" else {
      throw ValidationError("Only one of the tree and --context-schema can be standard input.")
    }
  }

  func run() async throws {
    try await reporting {
      let input = try TreeInput(path: tree)
      let schema = try contextSchema.map { path throws(Failure) in try Self.schema(path) }
      let engine = Engine()
      var compilation = engine.compile(input.value)
      if let tree = compilation.tree {
        compilation.diagnostics += engine.check(tree, contextSchema: schema)
      }
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
      let warnings = compilation.diagnostics.count { $0.severity == .warning }
      if strict, warnings > 0 {
        throw Failure(.no, "\(input.name) has \(warnings) warning\(warnings == 1 ? "" : "s")")
      }
    }
  }

  /// Reads a schema of contexts, and says all that is wrong with it.
  private static func schema(_ path: String) throws(Failure) -> ContextSchema {
    let input = try TreeInput(
      path: path, what: "context schema", limits: TreeLimits.contextSchema)
    let reading = ContextSchema.read(input.value)
    for diagnostic in reading.diagnostics { Terminal.complain(input.text(of: diagnostic)) }
    guard let schema = reading.schema else {
      let errors = reading.diagnostics.count { $0.severity == .error }
      throw Failure(.badData, "\(input.name) has \(errors) error\(errors == 1 ? "" : "s")")
    }
    return schema
  }

  private static func summary(_ tree: Tree, _ name: String) -> String {
    let fuel =
      tree.isUnresolved ? "known with its sub-trees only" : "\(tree.fuelBound) units at most"
    return """
      \(name) is valid
        digest      \(Hexadecimal.text(tree.digest.span))
        nodes       \(tree.nodeCount)
        properties  \(tree.properties.isEmpty ? "none" : tree.properties.joined(separator: ", "))
        fuel        \(fuel)
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
        ("subTrees", .array(tree.subTrees.map { .string($0.treeID) })),
      ]
      // With trees in it that are not at hand, nobody knows.
      if !tree.isUnresolved { members.append(("fuelBound", .number(Double(tree.fuelBound)))) }
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
