/// A value of the language, for people, tests and results.
///
/// The machine itself works on flat cells; this form is made when somebody wants to look at one.
public enum Value: Sendable {
  /// Nothing; only `exists`, `empty`, `==` and `!=` take it.
  case null
  /// An IEEE 754 double.
  case number(Double)
  /// A text, compared by its Unicode scalars: no normalisation.
  case text(String)
  /// `true` or `false`.
  case logical(Bool)
  /// Values in order.
  case list([Value])
  /// Named values; their order means nothing.
  case object([Member])

  /// One named value of an object.
  public struct Member: Sendable, Equatable {
    /// The property's name.
    public var name: String
    /// What it holds.
    public var value: Value

    /// Names `value`.
    public init(name: String, value: Value) {
      self.name = name
      self.value = value
    }

    /// Same bytes in the name, same content in the value.
    public static func == (left: Self, right: Self) -> Bool {
      left.name.utf8.elementsEqual(right.name.utf8) && left.value == right.value
    }
  }

  /// What the language calls the type: `number`, `text`, `logical`, `list`, `object` or `null`.
  public var typeName: String {
    switch self {
    case .null: ValueType.null.rawValue
    case .number: ValueType.number.rawValue
    case .text: ValueType.text.rawValue
    case .logical: ValueType.logical.rawValue
    case .list: ValueType.list.rawValue
    case .object: ValueType.object.rawValue
    }
  }
}

extension Value: Equatable {
  /// Compares by content, as the language's own `==` does.
  ///
  /// Texts are compared scalar by scalar, since Swift's `==` would call a composed and a decomposed `é`
  /// the same; NaN is not equal to NaN; the order of an object's members means nothing.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.number(let left), .number(let right)): left == right
    case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
    case (.logical(let left), .logical(let right)): left == right
    case (.list(let left), .list(let right)): left == right
    case (.object(let left), .object(let right)):
      left.count == right.count && sorted(left) == sorted(right)
    default: false
    }
  }

  private static func sorted(_ members: [Member]) -> [Member] {
    members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}

/// The names of types, as messages and errors write them.
public enum ValueType: String, Sendable, CaseIterable {
  /// No value.
  case null
  /// An IEEE 754 double.
  case number
  /// UTF-8 text.
  case text
  /// `true` or `false`.
  case logical
  /// Values in order.
  case list
  /// Named values.
  case object
}
