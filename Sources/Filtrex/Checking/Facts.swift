/// Where something became known: a part of an expression that was evaluated, and how it came out.
struct FactSource: Sendable, Equatable {
  /// Which expression, as ``ExpressionChecker`` counts them.
  var place: Int
  var range: Range<Int>
  /// Whether it was true; `nil` where it is only known to have had a value.
  var outcome: Bool?
}

/// What is known of one subject.
final class Fact: Sendable {
  let subject: SubjectTable.ID
  let shape: ValueShape
  let source: FactSource
  /// Greater than that of every fact before.
  let serial: Int
  /// What was known of the subject before, as far as anybody looks back.
  let older: Fact?
  private let depth: Int

  init(
    _ subject: SubjectTable.ID, _ shape: ValueShape, _ source: FactSource, serial: Int,
    older: Fact? = nil
  ) {
    self.subject = subject
    self.shape = shape
    self.source = source
    self.serial = serial
    // Also because a chain is let go of link by link, each inside the one before.
    let depth = (older?.depth ?? 0) + 1
    self.older = depth <= Limits.checkedConstants ? older : nil
    self.depth = self.older == nil ? 0 : depth
  }
}

extension Fact {
  fileprivate func joined(with other: Fact, _ source: FactSource, serial: Int) -> Fact {
    let either = shape.union(other.shape)
    return either.isSame(as: shape) ? self : Fact(subject, either, source, serial: serial)
  }
}

/// What is known at one place, since the evaluation has come there; at most ``Limits/checkedFacts``.
///
/// Forgetting a fact is always right, and so is keeping one that says less.
package struct Facts: Sendable {
  /// Sorted by subject.
  private(set) var all: [Fact] = []

  /// Nothing is known.
  package init() {}

  private func place(of subject: SubjectTable.ID) -> (index: Int, isThere: Bool) {
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle].subject < subject { low = middle + 1 } else { high = middle }
    }
    return (low, low < all.count && all[low].subject == subject)
  }

  subscript(subject: SubjectTable.ID) -> ValueShape? {
    let (index, isThere) = place(of: subject)
    return isThere ? all[index].shape : nil
  }

  /// These facts and one more, which takes the place of what was known of its subject.
  func adding(
    _ subject: SubjectTable.ID, _ shape: ValueShape, _ source: FactSource, serial: Int
  ) -> Facts {
    let (index, isThere) = place(of: subject)
    var more = self
    if isThere {
      more.all[index] = Fact(subject, shape, source, serial: serial, older: all[index])
    } else if all.count < Limits.checkedFacts {
      more.all.insert(Fact(subject, shape, source, serial: serial), at: index)
    }
    return more
  }

  /// What holds whichever of the two ways was taken.
  func joined(with other: Facts, _ source: FactSource, serial: Int) -> Facts {
    var joined = Facts()
    var (left, right) = (0, 0)
    while left < all.count, right < other.all.count {
      let (one, two) = (all[left], other.all[right])
      if one.subject < two.subject {
        left += 1
      } else if two.subject < one.subject {
        right += 1
      } else {
        joined.all.append(one === two ? one : one.joined(with: two, source, serial: serial))
        left += 1
        right += 1
      }
    }
    return joined
  }

  /// The fact that came last.
  var newest: Fact? { all.max { $0.serial < $1.serial } }

  /// These facts as they were before the one that came last.
  var withoutNewest: Facts {
    guard let newest else { return self }
    var fewer = self
    let (index, _) = place(of: newest.subject)
    if let older = newest.older {
      fewer.all[index] = older
    } else {
      fewer.all.remove(at: index)
    }
    return fewer
  }
}
