/// What the engine's own work costs; the language's costs come on top.
enum FuelCost {
  /// Entering a node.
  static let node = 4
  /// Going on to the next child or case.
  static let step = 1
  /// Finding a share, apart from the text that is hashed.
  static let split = 64
  /// Rendering an action, apart from its texts.
  static let action = 16

  /// Work on so many bytes.
  static func bytes(_ count: Int) -> Int { count / 8 }
}
