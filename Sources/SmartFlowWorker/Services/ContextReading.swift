internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages
internal import UnixSocket
internal import WorkerLink

/// A large context on its way into an execution, which can be set aside between any two steps.
final class ContextReading {
  private let bytes: [UInt8]
  /// Where the next entry begins of a context of messages that is plain as far as it is read; `nil` of any other.
  private var plainPlace: Int?
  /// Reads a context of messages; `nil` where it is JSON.
  private var structure: NodeReading?
  private var json = JSONSteps(limits: TreeLimits.context)

  /// What the call holds on to until its context is read, in bytes.
  var byteCount: Int { bytes.count }

  /// A context that is about to be read, as JSON.
  init(json bytes: RawSpan) { self.bytes = [UInt8](copying: bytes) }

  /// A context that is about to be read, as a `Struct`.
  init(structure bytes: RawSpan) {
    self.bytes = [UInt8](copying: bytes)
    structure = NodeReading(.context)
    plainPlace = 0
  }

  /// Reads on until all is read or the clock reaches `end`.
  ///
  /// - Returns: Whether all is read.
  /// - Throws: The refusal, when it is no context.
  func run(until end: UInt64, into context: inout Context) throws(RPCStatus) -> Bool {
    while try step(into: &context) {
      guard SystemClock.monotonicNanoseconds < end else { return false }
    }
    return true
  }

  /// - Returns: Whether there is more to read.
  private func step(into context: inout Context) throws(RPCStatus) -> Bool {
    let bytes = bytes
    let isMore: Bool
    // Safe, in all three: bytes of any content are bytes.
    if var place = plainPlace {
      let progress = unsafe PlainStruct.step(
        bytes.span.bytes, at: &place, entries: Limits.entriesPerStep,
        entryBytes: Limits.contextBytesAtOnce, into: &context)
      plainPlace = place
      switch progress {
      case .more where context.violation == nil: isMore = true
      case .finished: isMore = false
      case .more, .notPlain:
        // What is wrong with the message is said before what is wrong with the context.
        plainPlace = nil
        context.restart()
        isMore = true
      }
    } else if structure == nil {
      do throws(JSONError) {
        isMore = unsafe try json.step(
          events: Limits.eventsPerStep, of: bytes.span.bytes, into: &context)
      } catch {
        throw .invalid("context", "\(error)")
      }
      // What is wrong with the JSON is said first, wherever it stands.
      if isMore { return true }
    } else {
      do throws(MessageError) {
        isMore =
          unsafe try structure?.step(
            events: Limits.eventsPerStep, of: bytes.span.bytes, into: &context) ?? false
      } catch {
        throw RPCStatus(error)
      }
    }
    try context.check()
    return isMore
  }
}

extension Context {
  /// Refuses what is no context, as far as it is read.
  func check() throws(RPCStatus) {
    if let violation { throw .invalid("context", violation.description) }
  }
}

extension Worker {
  /// Reads a context into place, or begins to read a large one.
  ///
  /// - Parameters:
  ///   - context: Where to.
  ///   - source: What the request says of it.
  ///   - plan: How much of it is built.
  ///   - copy: Keeps the rest, where its record may want it.
  /// - Returns: What reads the rest, for ``endReading(_:)`` to be told of when it is done with; `nil` when all is read.
  /// - Throws: The refusal, when it is no context, or too many of them wait.
  func fill(
    _ context: inout Context, from source: borrowing ContextSource, _ plan: ContextPlan,
    keeping copy: inout ContextCopy
  ) throws(RPCStatus) -> ContextReading? {
    copy.removeAll()
    switch source {
    case .none:
      context.removeAll()
      // Nothing known of the player: an object without properties.
      context.beginObject()
      context.endObject()
    case .json(let bytes):
      if bytes.byteCount > Limits.contextBytesAtOnce {
        context.removeAll(keeping: plan.mayBeDigested ? nil : plan.needs)
        return try begin(ContextReading(json: bytes))
      }
      if plan.mayBeDigested, plan.needs != nil { copy.keep(json: bytes) }
      try read(json: bytes, into: &context, keeping: plan.needs)
    case .structure(let bytes):
      if bytes.byteCount > Limits.contextBytesAtOnce {
        context.removeAll(keeping: plan.mayBeDigested ? nil : plan.needs)
        return try begin(ContextReading(structure: bytes))
      }
      if plan.mayBeDigested, plan.needs != nil { copy.keep(structure: bytes) }
      try read(structure: bytes, into: &context, keeping: plan.needs)
    }
    return nil
  }

  /// Reads a small context at once.
  func read(
    json bytes: RawSpan, into context: inout Context, keeping needs: PropertyNeeds?
  ) throws(RPCStatus) {
    context.removeAll(keeping: needs)
    do throws(JSONError) {
      try JSONParser.parse(
        bytes, limits: TreeLimits.context, into: &context, using: &jsonMemory)
    } catch {
      throw .invalid("context", "\(error)")
    }
    try context.check()
  }

  /// Reads a small context at once.
  func read(
    structure bytes: RawSpan, into context: inout Context, keeping needs: PropertyNeeds?
  ) throws(RPCStatus) {
    context.removeAll(keeping: needs)
    if !PlainStruct.visit(bytes, into: &context) {
      context.removeAll(keeping: needs)
      try unpack(bytes, into: &context)
    }
    try context.check()
  }

  /// A context that was begun is read, or will never be.
  func endReading(_ reading: ContextReading) { contextBytes -= reading.byteCount }

  private func begin(_ reading: ContextReading) throws(RPCStatus) -> ContextReading {
    let limit = settings.memoryBytes / Limits.memoryPartOfContexts
    guard contextBytes == 0 || contextBytes + reading.byteCount <= limit else {
      throw .overloaded
    }
    contextBytes += reading.byteCount
    return reading
  }

  /// Unpacks a small context, in an arena of its own: the request is still in the other.
  private func unpack(_ bytes: RawSpan, into context: inout Context) throws(RPCStatus) {
    do throws(MessageError) {
      try contextArena.lend { arena throws(MessageError) in
        try ValueView(decoding: bytes, in: &arena).visit(into: &context)
      }
    } catch {
      throw RPCStatus(error)
    }
  }
}
