internal import Filtrex

/// Two objects of an `allOf` on their way to the one that is both, which can be set aside between any two properties.
struct ObjectMerging: Sendable {
  private enum Stage { case counting, left, right, done }

  /// What a step came to.
  enum Progress {
    case more
    /// A property that is required, and that no value can be.
    case impossible(String)
    /// There are more properties than may be looked at, or were already in objects before these.
    case tooMany(isNew: Bool)
    case done(ObjectShape)
  }

  private let left: ObjectShape
  private let right: ObjectShape
  private let leftNames: [String]
  private let rightNames: [String]
  private var stage = Stage.counting
  private var next = 0
  /// Names of the right one that the left one has not.
  private var added = 0
  /// The properties that both have; with room for them once they are counted.
  private(set) var declared = DeclaredProperties(capacity: 0)

  init(_ left: ObjectShape, _ right: ObjectShape) {
    self.left = left
    self.right = right
    leftNames = left.names
    rightNames = right.names
  }

  /// Looks at one property more.
  ///
  /// - Parameter propertiesLeft: How many more properties may be looked at; less those of this one once they are counted.
  /// - Returns: What came of it.
  mutating func step(_ propertiesLeft: inout Int) -> Progress {
    switch stage {
    case .counting: return count(&propertiesLeft)
    case .left:
      guard next < leftNames.count else {
        next = 0
        stage = .right
        return .more
      }
      next += 1
      return add(leftNames[next - 1])
    case .right:
      guard next < rightNames.count else { return finish() }
      next += 1
      return left[rightNames[next - 1]] == nil ? add(rightNames[next - 1]) : .more
    case .done: return .more
    }
  }

  private mutating func count(_ propertiesLeft: inout Int) -> Progress {
    guard leftNames.count + added < propertiesLeft else {
      defer { propertiesLeft = 0 }
      stage = .done
      return .tooMany(isNew: propertiesLeft > 0)
    }
    guard next < rightNames.count else {
      propertiesLeft -= leftNames.count + added
      declared = DeclaredProperties(capacity: leftNames.count + added)
      next = 0
      stage = .left
      return .more
    }
    if left[rightNames[next]] == nil { added += 1 }
    next += 1
    return .more
  }

  private mutating func add(_ name: String) -> Progress {
    let (one, other) = (left[name], right[name])
    let shape = (one?.shape ?? left.others ?? .nothing).intersection(
      other?.shape ?? right.others ?? .nothing)
    let isRequired = one?.isRequired ?? false || other?.isRequired ?? false
    declared.add(name, ObjectShape.Property(shape: shape, isRequired: isRequired))
    return isRequired && shape.isEmpty ? .impossible(name) : .more
  }

  private mutating func finish() -> Progress {
    stage = .done
    var others: ValueShape?
    if let one = left.others, let other = right.others { others = one.intersection(other) }
    let both = ObjectShape(declared, others: others, isListed: left.isListed || right.isListed)
    declared = DeclaredProperties(capacity: 0)
    return .done(both)
  }
}
