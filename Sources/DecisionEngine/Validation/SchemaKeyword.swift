/// The keywords of JSON Schema, by what becomes of them.
///
/// - Source: JSON Schema, draft 2020-12, Core and Validation.
enum SchemaKeyword {
  /// Those that are read.
  static let read = [
    "$defs", "$ref", "additionalProperties", "allOf", "anyOf", "const", "definitions", "enum",
    "exclusiveMaximum", "exclusiveMinimum", "items", "maxItems", "maxLength", "maximum", "minItems",
    "minLength", "minimum", "oneOf", "patternProperties", "prefixItems", "properties", "required",
    "type",
  ]

  /// Those that only say more of values that are admitted anyhow, or admit fewer: leaving them out of account makes
  /// the checker say less, and nothing that is wrong.
  static let ignored: Set<String> = [
    "$anchor", "$comment", "$id", "$schema", "$vocabulary", "contains", "contentEncoding",
    "contentMediaType", "contentSchema", "default", "dependencies", "dependentRequired",
    "deprecated", "description", "example", "examples", "format", "maxContains", "maxProperties",
    "minContains", "minProperties", "multipleOf", "pattern", "propertyNames", "readOnly", "title",
    "uniqueItems", "writeOnly",
  ]

  /// Those that would be misunderstood if they were left out of account, and what to write instead.
  static let refused: [String: String] = [
    "$dynamicRef": "use `$ref` to `#/$defs/…`",
    "$recursiveRef": "use `$ref` to `#/$defs/…`",
    "additionalItems": "use `prefixItems` and `items`",
    "dependentSchemas": "declare the properties in `properties`",
    "else": "say what holds in every case",
    "if": "say what holds in every case",
    "not": "say what the value is, with `type`, `enum` or bounds",
    "nullable": "add \"null\" to `type`",
    "then": "say what holds in every case",
    "unevaluatedItems": "use `items`",
    "unevaluatedProperties": "use `additionalProperties`",
  ]

  /// Every keyword there is, to find the one that was meant.
  static let all = read + ignored.sorted() + refused.keys.sorted()

  /// Whether others may put such a keyword there for themselves.
  static func isExtension(_ keyword: String) -> Bool { keyword.hasPrefix("x-") }
}
