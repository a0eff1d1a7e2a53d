/// A list on its way into order, which can be set aside after any comparison.
///
/// A merge sort from the bottom up, so that where it stands is four numbers. What is equal stays in its order.
package struct SteppedSort<Element> {
  /// The list; in order once there is nothing left to do.
  package private(set) var elements: [Element]
  /// What has been merged in this pass.
  private var merged: [Element] = []
  /// How long the runs are that are in order.
  private var width = 1
  /// Where the two runs begin that are being merged, and the next of each.
  private var start = 0
  private var left = 0
  private var right = 1

  /// The sorting of a list that is about to begin.
  package init(_ elements: [Element]) { self.elements = elements }

  /// Goes on sorting until `budget` is used.
  ///
  /// - Parameters:
  ///   - budget: One is taken for each element that is moved.
  ///   - precedes: Whether the first stands before the second; takes of the budget what it costs beyond an ordinary one.
  /// - Returns: Whether there is more to do.
  package mutating func step(
    _ budget: inout Int, by precedes: (Element, Element, inout Int) -> Bool
  ) -> Bool {
    if merged.isEmpty, width < elements.count { merged.reserveCapacity(elements.count) }
    while width < elements.count {
      guard budget > 0 else { return true }
      budget -= 1
      let middle = min(start + width, elements.count)
      let end = min(middle + width, elements.count)
      if left < middle,
        right >= end || !precedes(elements[right], elements[left], &budget)
      {
        merged.append(elements[left])
        left += 1
      } else {
        merged.append(elements[right])
        right += 1
      }
      if merged.count == end { beginRun(at: end) }
    }
    return false
  }

  /// Goes on to the next two runs, or to the next pass over all.
  private mutating func beginRun(at end: Int) {
    start = end
    if end == elements.count {
      swap(&elements, &merged)
      merged.removeAll(keepingCapacity: true)
      width *= 2
      start = 0
    }
    left = start
    right = start + width
  }
}

extension SteppedSort: Sendable where Element: Sendable {}
