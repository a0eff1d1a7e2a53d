internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages

/// A small context as it came, kept until it is known whether its record wants all of it.
///
/// A tree reads a few of a player's properties, and only those are built. The digest of a context is one of all, and
/// is wanted of a decision that is recorded: then they are read once more.
struct ContextCopy {
  private enum Form { case none, json, structure }

  private var form = Form.none
  private var bytes: [UInt8] = []

  /// Forgets the context and keeps the memory.
  mutating func removeAll() { form = .none }

  /// Keeps a context that is about to be read as JSON.
  mutating func keep(json: RawSpan) { keep(json, .json) }

  /// Keeps a context that is about to be read as a `Struct`.
  mutating func keep(structure: RawSpan) { keep(structure, .structure) }

  private mutating func keep(_ span: RawSpan, _ form: Form) {
    self.form = form
    bytes.removeAll(keepingCapacity: true)
    // Safe: the array copies the bytes while the span holds them.
    unsafe span.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// Forgets the context, and gives what it was.
  mutating func take() -> ContextRest? {
    defer { form = .none }
    switch form {
    case .none: return nil
    case .json: return .json(bytes)
    case .structure: return .structure(bytes)
    }
  }
}

/// A small context as it came.
enum ContextRest {
  case json([UInt8])
  case structure([UInt8])
}

/// How much of a context is to be built.
struct ContextPlan {
  /// What the tree can ask for; `nil` where it is not known, or where all is to be built.
  var needs: PropertyNeeds?
  /// Whether the decision's record may want the digest of all.
  var mayBeDigested: Bool
}

extension Worker {
  /// How much of a context is to be built for a tree that was looked up.
  func plan(for lookup: TreeLookup, _ subject: ExecutionSubject) -> ContextPlan {
    let mayBeDigested = mayBeDigested(subject)
    guard case .found(let cached) = lookup, let tree = cached.tree else {
      return ContextPlan(mayBeDigested: mayBeDigested)
    }
    // A tree that was decided to act on last time will likely be again.
    let needs = mayBeDigested && cached.wasDigested ? nil : tree.needs
    return ContextPlan(needs: needs, mayBeDigested: mayBeDigested)
  }

  /// Builds all of a context of which a part was built.
  ///
  /// - Throws: The refusal that reading it would have been answered with, which can't be: it was read before.
  func read(_ rest: ContextRest, into context: inout Context) throws(RPCStatus) {
    // Safe: bytes of any content are bytes.
    switch rest {
    case .json(let bytes): unsafe try read(json: bytes.span.bytes, into: &context, keeping: nil)
    case .structure(let bytes):
      unsafe try read(structure: bytes.span.bytes, into: &context, keeping: nil)
    }
  }
}
