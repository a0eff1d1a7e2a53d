internal import JSON
internal import Telemetry

/// A decision as its record in the audit has it: what it was made of, and what came of it.
struct RecordedDecision {
  /// A published tree and its version.
  struct TreeVersion: Equatable, CustomStringConvertible {
    var treeID: String
    var version: UInt64

    var description: String { "\(treeID)@\(version)" }
  }

  /// What of the context the record holds.
  enum RecordedContext {
    /// All of it, but for values that are masked.
    case whole(JSONObject)
    /// Nothing but its digest.
    case digest
    /// It was larger than what is recorded.
    case tooLarge(byteCount: Int)
    /// It held a number that JSON has not.
    case notJSON
  }

  var executionID: String
  var playerID: String
  /// When it was recorded.
  var time: WallTime
  /// The instant that the tree saw.
  var now: WallTime
  /// Who decided; empty where the record does not say.
  var release: String
  /// SHA-256 of the tree's canonical JSON, 64 digits.
  var treeDigest: String
  /// The tree where it is a published one.
  var published: TreeVersion?
  /// The published trees that are part of it.
  var subTrees: [TreeVersion]
  var subTreesDigest: String?
  /// 64 digits; `nil` where nothing of the context is recorded.
  var contextDigest: String?
  var context: RecordedContext
  var status: String
  var fuelUsed: Int
  /// `nil` where the record does not say.
  var fuelLimit: Int?
  /// Parameters whose values the record does not show.
  var mask: ParameterMask
  var actions: [JSONObject]
}

extension RecordedDecision {
  /// Reads a record's line; `nil` where the record is none of a decision.
  ///
  /// - Parameter line: The line, JSON.
  /// - Throws: ``ReplayObstacle/malformed(member:)`` where it is not what a worker writes.
  init?(parsing line: [UInt8]) throws(ReplayObstacle) {
    let object: JSONObject
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      guard case .object(let read) = unsafe try JSONParser.parse(line.span.bytes) else {
        return nil
      }
      object = read
    } catch {
      throw .malformed(member: "")
    }
    // What the keeper itself records has an event or a tombstone, and no tree.
    guard object["tree_digest"] != nil else { return nil }
    let members = RecordMembers(object: object)
    executionID = try members.text("execution_id") ?? ""
    playerID = try members.text("player_id") ?? ""
    time = try members.time("time")
    now = try members.time("now")
    release = try members.text("release") ?? ""
    treeDigest = try members.text("tree_digest") ?? ""
    published = nil
    if let treeID = try members.text("tree_id"), let version = try members.number("tree_version") {
      published = TreeVersion(treeID: treeID, version: UInt64(version))
    }
    subTrees = try members.versions("sub_trees")
    subTreesDigest = try members.text("sub_trees_digest")
    contextDigest = try members.text("context_digest")
    context = try members.context()
    guard let status = try members.text("status") else { throw .malformed(member: "status") }
    self.status = status
    guard let fuelUsed = try members.number("fuel_used") else {
      throw .malformed(member: "fuel_used")
    }
    self.fuelUsed = fuelUsed
    fuelLimit = try members.number("fuel_limit")
    mask = ParameterMask(try members.texts("masked"))
    actions = try members.objects("actions")
  }

  /// The masked names that stand in the recorded context, at whatever depth.
  var maskedProperties: [String] {
    guard case .whole(let context) = context else { return [] }
    return Self.names(in: .object(context), masked: mask)
  }

  /// The masked names that a value holds, each once.
  static func names(in value: JSONValue, masked mask: ParameterMask) -> [String] {
    guard !mask.isEmpty else { return [] }
    var names: [String] = []
    // As deep as a context or a parameter nests, which parsers have bounded.
    func look(at value: JSONValue) {
      switch value {
      case .object(let members):
        for (key, value) in members {
          guard mask.masks(key) else {
            look(at: value)
            continue
          }
          if !names.contains(key) { names.append(key) }
        }
      case .array(let elements): for element in elements { look(at: element) }
      case .null, .bool, .number, .string: break
      }
    }
    look(at: value)
    return names
  }
}

/// Members of a record, read as what they must be.
private struct RecordMembers {
  let object: JSONObject

  func text(_ name: String) throws(ReplayObstacle) -> String? {
    guard let value = object[name] else { return nil }
    guard case .string(let text) = value else { throw .malformed(member: name) }
    return text
  }

  func number(_ name: String) throws(ReplayObstacle) -> Int? {
    guard let value = object[name] else { return nil }
    guard case .number(let number) = value, let count = Int(exactly: number), count >= 0 else {
      throw .malformed(member: name)
    }
    return count
  }

  func time(_ name: String) throws(ReplayObstacle) -> WallTime {
    guard let time = try text(name).flatMap({ WallTime(parsing: $0) }) else {
      throw .malformed(member: name)
    }
    return time
  }

  func texts(_ name: String) throws(ReplayObstacle) -> [String] {
    guard let value = object[name] else { return [] }
    guard case .array(let elements) = value else { throw .malformed(member: name) }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element else { throw .malformed(member: name) }
      texts.append(text)
    }
    return texts
  }

  func objects(_ name: String) throws(ReplayObstacle) -> [JSONObject] {
    guard case .array(let elements)? = object[name] else { throw .malformed(member: name) }
    var objects: [JSONObject] = []
    for element in elements {
      guard case .object(let object) = element else { throw .malformed(member: name) }
      objects.append(object)
    }
    return objects
  }

  func versions(_ name: String) throws(ReplayObstacle) -> [RecordedDecision.TreeVersion] {
    var versions: [RecordedDecision.TreeVersion] = []
    for word in (try text(name) ?? "").split(separator: " ") {
      guard let tree = TreeName(argument: String(word)), tree.version > 0 else {
        throw .malformed(member: name)
      }
      versions.append(.init(treeID: tree.treeID, version: tree.version))
    }
    return versions
  }

  func context() throws(ReplayObstacle) -> RecordedDecision.RecordedContext {
    if let value = object["context"] {
      guard case .object(let context) = value else { throw .malformed(member: "context") }
      return .whole(context)
    }
    switch try text("context_omitted") {
    case nil: return .digest
    case "TOO_LARGE": return .tooLarge(byteCount: try number("context_bytes") ?? 0)
    case "NOT_JSON": return .notJSON
    default: throw .malformed(member: "context_omitted")
    }
  }
}
