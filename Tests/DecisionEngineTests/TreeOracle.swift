import Filtrex
import Hashes
import JSON

@testable import OracleSupport

/// A second executor of trees, as plain as can be: it walks the JSON as it was written, and knows nothing of
/// programs, frames, fuel or slices.
struct TreeOracle {
  /// Why a node, or the whole execution, came to nothing.
  struct Failure: Error, Equatable {
    var reason: String
    var property: String?
    var expression: String?
  }

  /// One entry of the result.
  struct Entry: Equatable {
    var type: String
    var path: String
    var id: String?
    /// RFC 8785 of the parameters as rendered; `nil` of a node that was not.
    var parameters: String?
    var failure: Failure?
  }

  /// How the execution ended.
  enum Ending: Equatable {
    case finished([Entry])
    case failed(path: String, Failure)
  }

  private let context: Value
  private let playerID: String
  private let now: Double
  private var entries: [Entry] = []

  /// Executes a sound tree.
  static func execute(
    _ tree: JSONValue, _ context: Value, playerID: String, now: Double
  ) -> Ending {
    var oracle = TreeOracle(context: context, playerID: playerID, now: now)
    _ = oracle.run(tree, at: "")
    let isAnythingAccepted = oracle.entries.contains { $0.failure == nil }
    // What an action's type refuses is the action's own; a node without a value is the whole answer
    // where there is no other.
    let unevaluated = oracle.entries.first {
      $0.failure.map { $0.reason != "INVALID_PARAMETER" } ?? false
    }
    if !isAnythingAccepted, let unevaluated, let failure = unevaluated.failure {
      return .failed(path: unevaluated.path, failure)
    }
    return .finished(oracle.entries)
  }

  private init(context: Value, playerID: String, now: Double) {
    self.context = context
    self.playerID = playerID
    self.now = now
  }

  // MARK: Nodes

  /// Runs a node and says whether it, or one below it, failed.
  private mutating func run(_ node: JSONValue, at path: String) -> Bool {
    do throws(Failure) {
      switch node["type"].text {
      case "Condition":
        let side =
          try logical(node["parameters"]["expression"].text) ? "trueAction" : "falseAction"
        return runIfThere(node, side, at: path)
      case "Sequence":
        var hasFailed = false
        for (index, child) in node["actions"].elements.enumerated() {
          let fails = run(child, at: "\(path)/actions/\(index)")
          hasFailed = hasFailed || fails
          if fails && node["parameters"]["onFailure"].text == "stop" { break }
        }
        return hasFailed
      case "Switch":
        for (index, one) in node["cases"].elements.enumerated()
        where try logical(one["expression"].text) {
          return run(one["action"], at: "\(path)/cases/\(index)/action")
        }
        return runIfThere(node, "defaultAction", at: path)
      case "Split":
        let index = try share(node)
        return run(node["shares"].elements[index]["action"], at: "\(path)/shares/\(index)/action")
      default: return try act(node, at: path)
      }
    } catch {
      add(node, path, failure: error)
      return true
    }
  }

  private mutating func runIfThere(_ node: JSONValue, _ field: String, at path: String) -> Bool {
    guard case .object(let object) = node, let child = object[field] else { return false }
    return run(child, at: "\(path)/\(field)")
  }

  private func share(_ node: JSONValue) throws(Failure) -> Int {
    var key = playerID
    if case .string(let source) = node["parameters"]["key"] { key = try joined(source) }
    let digest = SHA256.digest(of: Array((key + node["parameters"]["salt"].text).utf8).span.bytes)
    let leading = (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64(digest[$1]) }
    let fraction = Double(leading) / 18_446_744_073_709_551_616
    let weights = node["shares"].elements.map { $0["weight"].number }
    let total = weights.reduce(0, +)
    var upTo = 0.0
    for (index, weight) in weights.enumerated() {
      upTo += weight
      if fraction < upTo / total { return index }
    }
    return weights.count - 1
  }

  private mutating func act(_ node: JSONValue, at path: String) throws(Failure) -> Bool {
    let parameters = try rendered(node["parameters"])
    let isRight = ActionOracle.accepts(parameters, of: node["type"].text)
    add(
      node, path, parameters: parameters,
      failure: isRight ? nil : Failure(reason: "INVALID_PARAMETER"))
    return !isRight
  }

  private mutating func add(
    _ node: JSONValue, _ path: String, parameters: JSONValue? = nil, failure: Failure?
  ) {
    var id: String?
    if case .string(let text) = node["id"] { id = text }
    entries.append(
      Entry(
        type: node["type"].text, path: path, id: id, parameters: parameters?.canonical,
        failure: failure))
  }

  // MARK: Templates

  private func rendered(_ value: JSONValue) throws(Failure) -> JSONValue {
    switch value {
    case .null: return .object(JSONObject())
    case .string(let text): return try rendered(text)
    case .array(let elements):
      var values: [JSONValue] = []
      for element in elements { values.append(try rendered(element)) }
      return .array(values)
    case .object(let object):
      var members: [(String, JSONValue)] = []
      for (key, member) in object { members.append((key, try rendered(member))) }
      return .object(members)
    case .bool, .number: return value
    }
  }

  private func rendered(_ text: String) throws(Failure) -> JSONValue {
    let expression =
      #/{{((?:}?(?:[^"'}]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))*)}}/#
      .matchingSemantics(.unicodeScalar).dotMatchesNewlines()
    let matches = text.matches(of: expression)
    if let only = matches.first, only.range == text.startIndex..<text.endIndex {
      let source = String(only.output.1)
      guard let value = JSONValue(try self.value(source)) else {
        throw Failure(reason: "UNEXPECTED_TYPE", expression: source)
      }
      return value
    }
    var made = ""
    var rest = text.startIndex
    for match in matches {
      made += text[rest..<match.range.lowerBound]
      made += try joined(String(match.output.1))
      rest = match.range.upperBound
    }
    return .string(made + text[rest...])
  }

  // MARK: Expressions

  private func value(_ source: String) throws(Failure) -> Value {
    do throws(Oracle.Failure) {
      return try Oracle(source, context: context, now: now).evaluate()
    } catch {
      throw Failure(reason: error.code, property: error.property, expression: source)
    }
  }

  /// The value, or the one element of a list.
  private func single(_ source: String) throws(Failure) -> Value {
    let value = try value(source)
    if case .list(let elements) = value, elements.count == 1 { return elements[0] }
    return value
  }

  private func logical(_ source: String) throws(Failure) -> Bool {
    if case .logical(let value) = try single(source) { return value }
    throw Failure(reason: "UNEXPECTED_TYPE", expression: source)
  }

  /// The value as part of a text.
  private func joined(_ source: String) throws(Failure) -> String {
    switch try single(source) {
    case .text(let text): return text
    case .number(let number): return NumberTextForOracle.text(number)
    default: throw Failure(reason: "UNEXPECTED_TYPE", expression: source)
    }
  }
}

extension JSONValue {
  /// A member, or null.
  fileprivate subscript(key: String) -> JSONValue {
    if case .object(let object) = self { object[key] ?? .null } else { .null }
  }

  fileprivate var text: String { if case .string(let text) = self { text } else { "" } }
  fileprivate var number: Double { if case .number(let number) = self { number } else { 0 } }
  fileprivate var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }

  /// RFC 8785, so that texts are compared by their bytes and objects whatever their order.
  var canonical: String {
    var bytes: [UInt8] = []
    JSONWriter.appendCanonical(self, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A value of the language, or `nil` where it holds NaN or an infinity.
  fileprivate init?(_ value: Value) {
    switch value {
    case .null: self = .null
    case .logical(let value): self = .bool(value)
    case .text(let text): self = .string(text)
    case .number(let number):
      guard number.isFinite else { return nil }
      self = .number(number)
    case .list(let values):
      let elements = values.compactMap { JSONValue($0) }
      guard elements.count == values.count else { return nil }
      self = .array(elements)
    case .object(let members):
      let values = members.compactMap { member in JSONValue(member.value).map { (member.name, $0) }
      }
      guard values.count == members.count else { return nil }
      self = .object(values)
    }
  }
}
