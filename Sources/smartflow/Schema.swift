internal import ArgumentParser
internal import DecisionEngine

/// `smartflow schema`: the JSON Schema of trees, for editors and builders.
struct Schema: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the JSON Schema of trees.",
    discussion: """
      smartflow schema > tree.schema.json

      Draft 2020-12, made from the registered actions: an editor completes trees with it and marks \
      mistakes as they are made. It accepts a tree exactly when `smartflow validate` finds nothing \
      wrong with the tree's shape; whether its expressions compile only `validate` says.
      """)

  func run() async throws { Terminal.print(Engine().schema.prettyText) }
}
