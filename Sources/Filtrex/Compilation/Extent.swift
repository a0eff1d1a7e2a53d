/// How large a value can become, for the bound on fuel and for checks that are not needed.
struct Extent: Sendable {
  /// The type, where it is known when the expression is compiled.
  var type: ValueType?
  /// Elements, of a list; a lone value counts as one.
  var elements: Int
  /// Cells in all, those of lists in lists included.
  var cells: Int
  /// Bytes of all its texts.
  var bytes: Int

  /// Whatever a context can hold.
  static let anything = Extent(
    type: nil, elements: Limits.contextValues, cells: 2 * Limits.contextValues,
    bytes: Limits.contextBytes)
  static let number = Extent(type: .number, elements: 1, cells: 1, bytes: 0)
  static let logical = Extent(type: .logical, elements: 1, cells: 1, bytes: 0)
  static let null = Extent(type: .null, elements: 1, cells: 1, bytes: 0)

  static func text(bytes: Int) -> Extent {
    Extent(type: .text, elements: 1, cells: 1, bytes: bytes)
  }

  /// Bytes of the value joined to a text: a number has at most 25 digits and signs.
  var joinedBytes: Int { type == .number ? 25 : max(bytes, 25) }

  func joined(with other: Extent) -> Extent {
    Extent(
      type: type == other.type ? type : nil, elements: max(elements, other.elements),
      cells: max(cells, other.cells), bytes: max(bytes, other.bytes))
  }

  /// The largest value that can be in this one.
  var largestElement: Extent {
    Extent(type: nil, elements: min(cells, Limits.contextValues), cells: cells, bytes: bytes)
  }

  /// Units for comparing the two by content.
  func comparison(with other: Extent) -> Int {
    min(cells, other.cells) + FuelCost.bytes(min(bytes, other.bytes))
  }

  /// Units for looking for every element of this in the other.
  func membership(in other: Extent) -> Int {
    let pairs = elements.multipliedClamped(by: other.elements)
    let cells = min(
      self.cells.multipliedClamped(by: other.elements),
      other.cells.multipliedClamped(by: elements))
    let bytes = min(
      self.bytes.multipliedClamped(by: other.elements),
      other.bytes.multipliedClamped(by: elements))
    return pairs.addedClamped(to: cells).addedClamped(to: FuelCost.bytes(bytes))
  }
}

extension Int {
  /// The product, or the greatest number where it is greater still.
  func multipliedClamped(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  /// The sum, or the greatest number where it is greater still.
  func addedClamped(to other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
