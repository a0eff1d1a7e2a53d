internal import Filtrex
public import JSON

/// What the contexts of a tree are, as its author declares it: the checker knows the types by it.
///
/// A subset of JSON Schema, draft 2020-12; `contrib/docs/context-schema.md` says which.
public struct ContextSchema: Sendable {
  /// What is known of a context.
  let shape: ObjectShape

  /// What came of reading a schema.
  public struct Reading: Sendable {
    /// The schema, or `nil` when there are errors.
    public var schema: ContextSchema?
    /// All that is to be said of it; the paths are places in the schema.
    public var diagnostics: [TreeDiagnostic]
  }

  /// Reads a schema; finds all mistakes at once, not the first.
  public static func read(_ value: JSONValue) -> Reading {
    var reader = ContextSchemaReader(value)
    while true {
      if let reading = reader.reading { return reading }
      reader.step()
    }
  }
}
