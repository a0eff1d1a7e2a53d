internal import Filtrex

/// What is left of a context schema that nobody uses any more, given back in steps.
public struct SchemaRemains: Sendable {
  private var definitions: SchemaDefinitions
  private var shapes: ShapeRemains

  init(definitions: SchemaDefinitions, shapes: ShapeRemains) {
    self.definitions = definitions
    self.shapes = shapes
  }

  /// Gives back a few properties more.
  ///
  /// - Returns: Whether there is more.
  mutating func step() -> Bool { definitions.giveBack() || shapes.step() }
}
