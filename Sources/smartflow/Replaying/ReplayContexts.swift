internal import DecisionEngine
internal import Filtrex
internal import Hashes
internal import JSON

/// Where the contexts of replayed decisions come from: files, found by their digests, and the records themselves.
struct ReplayContexts {
  private let options: ContextOptions
  private var given: [String: Context] = [:]
  /// The digest of the one in `--context`.
  private var single: String?
  /// Whether one decision is replayed, so that a context that is given is meant for it.
  private let isForOne: Bool

  /// Contexts of one file that are held; each has a quarter of a mebibyte at most, and nearly all a kilobyte.
  private static let contexts = 100_000

  /// Reads what is given.
  ///
  /// - Parameters:
  ///   - options: One context, and what is to be set in it or in recorded ones.
  ///   - file: Contexts, one a line.
  ///   - isForOne: Whether one decision is replayed.
  /// - Throws: ``Failure`` where a file can't be read, or is none of contexts.
  init(_ options: ContextOptions, file: String?, isForOne: Bool) throws(Failure) {
    self.options = options
    self.isForOne = isForOne
    if let path = options.contextFile {
      let context = try Self.context(of: try options.value(), in: "context `\(path)`")
      let digest = Self.digest(of: context)
      given[digest] = context
      single = digest
    }
    if let file { try read(file) }
  }

  private mutating func read(_ path: String) throws(Failure) {
    let lines = try Terminal.read(path, what: "contexts").split(separator: 0x0A)
    guard lines.count <= Self.contexts else {
      throw Failure(
        .badData, "contexts `\(path)` has \(lines.count) lines, over the limit of \(Self.contexts)")
    }
    for (index, line) in lines.enumerated() {
      let place = "contexts `\(path)` line \(index + 1)"
      let value: JSONValue
      do throws(JSONError) {
        // Safe: bytes of any content are bytes.
        value = unsafe try JSONParser.parse(line.span.bytes, limits: TreeLimits.context)
      } catch {
        throw Failure(.badData, "\(place) is not JSON: \(error)")
      }
      let context = try Self.context(of: value, in: place)
      given[Self.digest(of: context)] = context
    }
  }

  /// The context that a decision was made on, with where it is from.
  func context(
    of decision: RecordedDecision
  ) throws(ReplayObstacle) -> (context: Context, source: ReplayedDecision.ContextSource) {
    guard let wanted = decision.contextDigest else { throw .contextNotRecorded }
    if let context = given[wanted] { return (context, .file) }
    if isForOne, let single { throw .contextDiffers(given: single, recorded: wanted) }
    guard case .whole(let recorded) = decision.context else {
      if !options.assignments.isEmpty {
        return (try assigned(to: JSONObject(), wanted), .settings)
      }
      switch decision.context {
      case .tooLarge(let byteCount):
        throw .contextTooLarge(byteCount: byteCount, digest: wanted)
      case .notJSON: throw .contextNotJSON
      case .digest, .whole: throw .contextByDigest(wanted)
      }
    }
    if !options.assignments.isEmpty { return (try assigned(to: recorded, wanted), .settings) }
    let masked = decision.maskedProperties
    guard masked.isEmpty else { throw .contextMasked(masked) }
    let context = Context(Value(.object(recorded)))
    let digest = Self.digest(of: context)
    guard context.violation == nil, digest == wanted else {
      throw .recordedContextDiffers(found: digest, recorded: wanted)
    }
    return (context, .record)
  }

  private func assigned(
    to base: JSONObject, _ wanted: String
  ) throws(ReplayObstacle) -> Context {
    let context: Context
    do throws(Failure) {
      context = try Self.context(of: try options.value(over: base), in: "the context")
    } catch {
      throw .contextUnfit(error.description)
    }
    let digest = Self.digest(of: context)
    guard digest == wanted else { throw .contextDiffers(given: digest, recorded: wanted) }
    return context
  }

  private static func context(
    of value: JSONValue, in place: String
  ) throws(Failure) -> Context {
    let context = Context(Value(value))
    if let violation = context.violation { throw Failure(.badData, "\(place): \(violation)") }
    return context
  }

  /// The digest's 64 digits; of a context that is none, of nothing that is recorded.
  private static func digest(of context: Context) -> String {
    ContextDigest(of: context).value.map { Hexadecimal.text($0.span) } ?? ""
  }
}
