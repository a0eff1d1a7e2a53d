/// Why events do not make a context.
public enum ContextError: Error, Sendable, Equatable {
  /// The root is not exactly one object.
  case notOneObject
  /// An event stands where it can not, such as a value without a name in an object.
  case misplaced
  /// More values than ``Limits/contextValues``.
  case tooManyValues(limit: Int)
  /// More bytes of texts and names than ``Limits/contextBytes``.
  case tooManyBytes(limit: Int)
  /// Objects and lists nest deeper than ``Limits/contextNesting``.
  case tooDeep(limit: Int)
}

extension ContextError: CustomStringConvertible {
  /// One sentence with the remedy.
  public var description: String {
    switch self {
    case .notOneObject:
      "a context is one object: send the player's properties as its members"
    case .misplaced:
      "a name or a value stands where it can not: in an object each value follows its name"
    case .tooManyValues(let limit):
      "the context holds more than \(limit) values: send only the properties that the tree names"
    case .tooManyBytes(let limit):
      "the context's texts and names are longer than \(limit) bytes together: send only the properties that the tree names"
    case .tooDeep(let limit):
      "the context nests deeper than \(limit) objects and lists: flatten it"
    }
  }
}
