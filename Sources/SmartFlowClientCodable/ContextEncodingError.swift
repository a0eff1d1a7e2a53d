/// Why a value is no context.
///
/// `path` is the coding path, with dots between the keys: `wallets.0.cash`; empty for the value itself.
public enum ContextEncodingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A context is one object: encode a structure with properties, or a dictionary by texts.
  case notAnObject
  /// NaN and infinities have no JSON.
  case numberNotFinite(path: String)
  /// Expressions calculate with doubles, and no double is exactly this.
  case integerNotExact(path: String, value: String)
  /// A type whose own coding means nothing to an expression.
  case unsupportedType(path: String, name: String, remedy: String)
  /// A key stands twice in one object.
  case repeatedKey(path: String)
  /// A container was written to after a value that comes behind it had begun.
  case outOfOrder(path: String)
  /// Objects and lists are nested deeper than a context may be.
  case tooDeep(path: String, limit: Int)
  /// There are more values than a context may have.
  case tooManyValues(path: String, limit: Int)
  /// The JSON is longer than a context may be.
  case tooLarge(byteCount: Int, limit: Int)
  /// What the value's own `encode(to:)` has thrown, in words.
  case failed(description: String)

  /// One sentence with the place and the remedy.
  public var description: String {
    switch self {
    case .notAnObject:
      "a context is one object; encode a structure with properties, or a dictionary by texts"
    case .numberNotFinite(let path):
      "\(place(path)) is not a finite number; leave the property out"
    case .integerNotExact(let path, let value):
      "\(place(path)): \(value) is not exactly a double, which expressions calculate with; send it as text"
    case .unsupportedType(let path, let name, let remedy):
      "\(place(path)) is a \(name), which expressions do not know; \(remedy)"
    case .repeatedKey(let path):
      "\(place(path)) stands there twice; give it once"
    case .outOfOrder(let path):
      "\(place(path)) is written after a value behind it was begun; end one container before the next"
    case .tooDeep(let path, let limit):
      "\(place(path)) is nested more than \(limit) deep; flatten it"
    case .tooManyValues(let path, let limit):
      "\(place(path)) is one value too many, \(limit) are allowed; send what trees read"
    case .tooLarge(let byteCount, let limit):
      "the context has \(byteCount) bytes, \(limit) are allowed; send what trees read"
    case .failed(let description): "the value could not be encoded: \(description)"
    }
  }

  private func place(_ path: String) -> String { path.isEmpty ? "the context" : "`\(path)`" }
}

/// The path as errors write it.
func text(of path: [any CodingKey]) -> String {
  path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
}
