extension ExpressionChecker {
  /// What a name stands for.
  struct Resolution {
    /// What reading it gives, which may be that it is missing.
    var shape: ValueShape
    var subject: SubjectTable.ID?
    /// Whether the schema declares it.
    var isDeclared = false
    /// Whether a declared property on the way may be missing.
    var isOptional = false
    /// The part that the schema does not list, as it stands in the name, and the names that it does.
    var unlisted: (part: Range<Int>, known: [String])?
  }

  // MARK: - Names

  mutating func property(_ id: SyntaxTree.NodeID, _ name: String, _ facts: Facts) -> Estimate {
    let resolution = resolve(name, facts)
    if let (part, known) = resolution.unlisted {
      reportUnlisted(id, name, part, known)
      // One mistake, one message: nothing more is said of what it may be.
      return Estimate(shape: .anything, facts: facts)
    }
    let present = resolution.shape.keeping(.value)
    guard !present.isEmpty else {
      reportMissing(id, name, resolution.subject, facts)
      return .none
    }
    if resolution.isOptional { noteOptional(id) }
    let read = Estimate(
      shape: resolution.shape, facts: facts, subject: resolution.subject,
      isDeclared: resolution.isDeclared)
    var estimate = read
    estimate.shape = present
    estimate.facts = learn(facts, read, is: present, source(tree[id].range))
    return estimate
  }

  /// `exists` and `empty` of a name answer for a missing property too.
  mutating func presence(
    _ function: String, _ id: SyntaxTree.NodeID, of property: SyntaxTree.NodeID, _ name: String,
    _ facts: Facts
  ) -> Decision {
    let resolution = resolve(name, facts)
    if let (part, known) = resolution.unlisted {
      reportUnlisted(property, name, part, known)
      return Decision(whenTrue: facts, whenFalse: facts)
    }
    return presence(
      function, Estimate(shape: resolution.shape, facts: facts, subject: resolution.subject),
      tree[id].range)
  }

  /// `exists` and `empty` of what was estimated.
  mutating func presence(
    _ function: String, _ estimate: Estimate, _ range: Range<Int>
  ) -> Decision {
    let shape = estimate.shape
    let nothing = shape.keeping([.missing, .null])
    if function == "exists" {
      let something = shape.keeping(KindSet.value.subtracting(.null))
      return Decision(
        whenTrue: learn(estimate.facts, estimate, is: something, source(range, true)),
        whenFalse: learn(estimate.facts, estimate, is: nothing, source(range, false)))
    }
    let hollow = shape.intersection(
      ValueShape(
        kinds: [.text, .list], texts: TextSet([""]),
        list: ListShape(element: .nothing, counts: 0...0)))
    let solid = shape.keeping(KindSet.value.subtracting(.null)).intersection(
      ValueShape(
        kinds: .value, texts: TextSet(lengths: 1...Int.max),
        list: ListShape(element: .anything, counts: 1...Int.max)))
    return Decision(
      whenTrue: learn(estimate.facts, estimate, is: nothing.union(hollow), source(range, true)),
      whenFalse: learn(estimate.facts, estimate, is: solid, source(range, false)))
  }

  // MARK: - Paths

  /// Finds what a name means, as ``Bindings`` does: the property of that name, else a path through objects.
  private mutating func resolve(_ name: String, _ facts: Facts) -> Resolution {
    let bytes = Array(name.utf8)
    let whole = subjects.id(of: .property(bytes))
    // No context nests deeper; a name of dots would cost the square of its length.
    guard bytes.count(where: { $0 == UInt8(ascii: ".") }) < Limits.contextNesting else {
      return Resolution(shape: .anything.adding(.missing), subject: whole)
    }
    var path = Path(value: ValueShape(kinds: .object, object: context))
    var resolution = follow(name, bytes[...], &path, facts)
    // Where it is not sure which of the two it is, the name is a subject of its own.
    if path.isAmbiguous {
      resolution.subject = whole
      resolution.isDeclared = false
    }
    if let subject = resolution.subject, let known = facts[subject] {
      resolution.shape = resolution.shape.intersection(known)
      if !known.kinds.contains(.missing) { resolution.isOptional = false }
    }
    return resolution
  }

  /// Where a path has come.
  private struct Path {
    var value: ValueShape
    var subject: SubjectTable.ID?
    var isRoot = true
    /// Whether a property on the way may be missing.
    var mayBeMissing = false
    /// Whether a property that is called like the rest may hide the path.
    var isAmbiguous = false
    /// What such properties may be.
    var hiding = ValueShape.nothing
  }

  private mutating func follow(
    _ name: String, _ whole: ArraySlice<UInt8>, _ path: inout Path, _ facts: Facts
  ) -> Resolution {
    var rest = whole
    while true {
      let text = String(decoding: rest, as: UTF8.self)
      let found = path.value.member(text)
      guard let dot = rest.firstIndex(of: UInt8(ascii: ".")) else {
        return end(text, rest, path, found, facts)
      }
      // A property that is surely there hides the path; one that may be there may.
      if !found.kinds.contains(.missing) { return end(text, rest, path, found, facts) }
      if found.kinds != .missing {
        path.isAmbiguous = true
        path.hiding = path.hiding.union(found.keeping(.value))
      }
      let first = String(decoding: rest[..<dot], as: UTF8.self)
      let declared = path.value.declared(text) != nil
      if path.value.isUnlisted(first), !declared {
        return end(first, rest[..<dot], path, found, facts)
      }
      step(into: first, &path, facts)
      guard !path.value.isEmpty else { return Resolution(shape: path.hiding.adding(.missing)) }
      rest = rest[(dot + 1)...]
    }
  }

  private mutating func step(into name: String, _ path: inout Path, _ facts: Facts) {
    var next = path.value.member(name)
    path.subject = subject(of: name, in: path)
    if let subject = path.subject, let known = facts[subject] { next = next.intersection(known) }
    if next.kinds.contains(.missing) { path.mayBeMissing = true }
    path.value = next.keeping(.value)
    path.isRoot = false
  }

  private mutating func subject(of name: String, in path: Path) -> SubjectTable.ID? {
    let bytes = Array(name.utf8)
    if path.isRoot { return subjects.id(of: .property(bytes)) }
    return path.subject.flatMap { subjects.id(of: .member(bytes, of: $0)) }
  }

  private mutating func end(
    _ name: String, _ part: ArraySlice<UInt8>, _ path: Path, _ found: ValueShape, _ facts: Facts
  ) -> Resolution {
    var resolution = Resolution(shape: found, subject: subject(of: name, in: path))
    resolution.isDeclared = path.value.declared(name) != nil
    if path.mayBeMissing { resolution.shape.kinds.insert(.missing) }
    resolution.isOptional = resolution.isDeclared && resolution.shape.kinds.contains(.missing)
    if path.isAmbiguous { resolution.shape = resolution.shape.union(path.hiding) }
    if path.value.isUnlisted(name) {
      resolution.unlisted = (part.startIndex..<part.endIndex, path.value.object?.names ?? [])
    }
    return resolution
  }

  // MARK: - `of`

  mutating func member(
    _ id: SyntaxTree.NodeID, _ name: String, _ isQuoted: Bool, _ nameRange: Range<Int>,
    _ objectID: SyntaxTree.NodeID, _ facts: Facts
  ) -> Estimate {
    let object = value(objectID, facts)
    guard let known = object.facts else { return .none }
    // A constant's name is the constant wherever it stands.
    if !isQuoted, let constant = SyntaxTree.Constant(rawValue: name) {
      return self.constant(constant, known)
    }
    let holder = take(object, as: [.object, .list], objectID, for: "`of`", knowing: known)
    guard let held = holder.facts else { return .none }
    if holder.shape.isUnlisted(name) {
      let known = holder.shape.object?.names ?? []
      reportUnlisted(nameRange, name, known: known, meant: nearest(to: name, in: known))
      return Estimate(shape: .anything, facts: held)
    }
    let subject = object.subject.flatMap {
      subjects.id(of: .member(Array(name.utf8), of: $0))
    }
    let isDeclared = holder.shape.declared(name) != nil
    let read = recalled(
      Estimate(
        shape: holder.shape.member(name), facts: held, subject: subject, isDeclared: isDeclared))
    let present = read.shape.keeping(.value)
    guard !present.isEmpty else {
      reportNoMember(nameRange, name, objectID)
      return .none
    }
    if isDeclared, read.shape.kinds.contains(.missing) { noteOptional(id, named: nameRange) }
    var estimate = read
    estimate.shape = present
    estimate.facts = learn(held, read, is: present, source(tree[id].range))
    return estimate
  }
}

extension ValueShape {
  /// The property as the schema declares it, where the value is surely an object.
  fileprivate func declared(_ name: String) -> ObjectShape.Property? {
    kinds == .object ? object?[name] : nil
  }

  /// Whether the schema lists the names of the object, and this is none of them.
  fileprivate func isUnlisted(_ name: String) -> Bool {
    guard kinds.contains(.object), !kinds.contains(.list), let object else { return false }
    return object.isListed && object[name] == nil
  }
}
