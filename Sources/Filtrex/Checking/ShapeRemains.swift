/// What is left of shapes that nobody uses any more, given back in steps.
package struct ShapeRemains: Sendable {
  private var shapes: [ObjectShape] = []
  private var parts: [DeclaredProperties.Part] = []

  /// Nothing.
  package init() {}

  /// Takes the shapes of objects, those inside others before those that hold them.
  package mutating func add(_ shapes: [ObjectShape]) { self.shapes += shapes }

  /// Takes what was to become the shape of one.
  package mutating func add(_ properties: DeclaredProperties) { parts += properties.parts }

  /// Gives back a few properties more.
  ///
  /// - Returns: Whether there is more.
  package mutating func step() -> Bool {
    if parts.popLast() == nil, let shape = shapes.popLast() { parts = shape.parts }
    return !parts.isEmpty || !shapes.isEmpty
  }
}
