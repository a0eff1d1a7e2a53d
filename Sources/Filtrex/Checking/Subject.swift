/// Something that has one value throughout an execution, whatever that is: a property, or what is calculated of it.
///
/// The language has no side effects, so that what is known of an expression at one place of a tree is known of the same
/// expression at every place below.
struct SubjectTable: Sendable {
  typealias ID = Int

  enum Key: Hashable, Sendable {
    /// A property of the context, by its name's bytes.
    case property([UInt8])
    /// `name of` a subject.
    case member([UInt8], of: ID)
    case number(UInt64)
    case text([UInt8])
    case constant(SyntaxTree.Constant)
    /// An operator or function, and what it is given.
    case operation(String, [ID])
  }

  private(set) var ids: [Key: ID] = [:]

  /// The number of a subject, or `nil` when there are more than anybody keeps in mind.
  mutating func id(of key: Key) -> ID? {
    if let id = ids[key] { return id }
    guard ids.count < Limits.checkedSubjects else { return nil }
    ids[key] = ids.count
    return ids.count - 1
  }

  /// The number of an operation on subjects, if each of them is one.
  mutating func id(of operation: String, _ operands: [ID?]) -> ID? {
    let known = operands.compactMap { $0 }
    return known.count == operands.count ? id(of: .operation(operation, known)) : nil
  }
}
