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

  /// What any other property is; `nil` where there is none.
  package let others: ValueShape?
  /// Whether a name that is not declared is likely a slip.
  package let isListed: Bool
  private let declared: DeclaredProperties

  package init(_ declared: DeclaredProperties, others: ValueShape?, isListed: Bool) {
    self.declared = declared
    self.others = others
    self.isListed = isListed
  }

  package convenience init(
    _ declared: [(name: String, property: Property)], others: ValueShape?, isListed: Bool
  ) {
    var properties = DeclaredProperties(capacity: declared.count)
    for (name, property) in declared { properties.add(name, property) }
    self.init(properties, others: others, isListed: isListed)
  }

  static let any = ObjectShape([], others: .anything, isListed: false)

  /// The names that are declared, in order.
  package var names: [String] { declared.names }

  /// The properties in pieces, for whoever gives them back one by one.
  var parts: [DeclaredProperties.Part] { declared.parts }

  package subscript(name: String) -> Property? { declared[name] }

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
