/// What is known of an object: its properties, and what others there may be.
package final class ObjectShape: Sendable {
  /// What is known of one property.
  package struct Property: Sendable {
    package var shape: ValueShape
    /// Whether every such object has it.
    package var isRequired: Bool

    package init(shape: ValueShape, isRequired: Bool) {
      self.shape = shape
      self.isRequired = isRequired
    }

    /// What reading it gives.
    var read: ValueShape { isRequired ? shape : shape.adding(.missing) }
  }

  /// The names that are declared, in order.
  package let names: [String]
  /// What any other property is; `nil` where there is none.
  package let others: ValueShape?
  /// Whether a name that is not declared is likely a slip.
  package let isListed: Bool
  /// By bytes, since Swift would call a composed and a decomposed `é` the same name.
  private let properties: [[UInt8]: Property]

  package init(
    _ declared: [(name: String, property: Property)], others: ValueShape?, isListed: Bool
  ) {
    names = declared.map(\.name)
    properties = Dictionary(declared.map { (Array($0.name.utf8), $0.property) }) { _, last in last }
    self.others = others
    self.isListed = isListed
  }

  static let any = ObjectShape([], others: .anything, isListed: false)

  package subscript(name: String) -> Property? { properties[Array(name.utf8)] }

  /// What reading a property gives, which may be that it is missing.
  func read(_ name: String) -> ValueShape {
    self[name]?.read ?? others?.adding(.missing) ?? .missing
  }
}

extension ValueShape {
  /// What `name of` this value gives, which may be that it is missing.
  func member(_ name: String) -> ValueShape {
    var result = ValueShape.nothing
    if kinds.contains(.object) { result = (object ?? .any).read(name) }
    if kinds.contains(.list) { result = result.union(anyList.member(name)) }
    return kinds.isSubset(of: [.object, .list]) ? result : result.adding(.missing)
  }
}

extension ListShape {
  /// A list has `length` and its indices.
  fileprivate func member(_ name: String) -> ValueShape {
    if name == "length" {
      return .number(
        NumberSet(from: Double(counts.lowerBound), to: Double(counts.upperBound), isWhole: true))
    }
    // Only the shortest form of an index names an element: `'00' of l` is no property.
    guard name.utf8.count <= 9, let index = Int(name), String(index) == name, index >= 0,
      index < counts.upperBound
    else { return .missing }
    return index < counts.lowerBound ? element : element.adding(.missing)
  }
}
