import JSON
import TestSupport

/// Spoils trees, a little and at random, so that most of what comes out is nearly a tree.
struct TreeMutator {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// Changes so many places of a tree.
  mutating func mutated(_ tree: JSONValue, times: Int) -> JSONValue {
    var tree = tree
    for _ in 0..<times {
      var place = Int.random(in: 0..<Self.count(tree), using: &random)
      tree = change(tree, &place)
    }
    return tree
  }

  /// How many values there are, those inside it included.
  private static func count(_ value: JSONValue) -> Int {
    switch value {
    case .array(let elements): elements.reduce(1) { $0 + count($1) }
    case .object(let object): object.reduce(1) { $0 + count($1.value) }
    default: 1
    }
  }

  /// Finds the value of that number, depth first, and changes it.
  private mutating func change(_ value: JSONValue, _ place: inout Int) -> JSONValue {
    if place == 0 {
      place = -1
      return changed(value)
    }
    place -= 1
    switch value {
    case .array(var elements):
      for index in elements.indices where place >= 0 {
        elements[index] = change(elements[index], &place)
      }
      return .array(elements)
    case .object(let object):
      return .object(object.map { ($0.key, place >= 0 ? change($0.value, &place) : $0.value) })
    default: return value
    }
  }

  private mutating func changed(_ value: JSONValue) -> JSONValue {
    guard Int.random(in: 0..<6, using: &random) > 0 else { return anything() }
    switch value {
    case .null, .bool: return anything()
    case .number(let number): return .number(changed(number))
    case .string(let text): return .string(changed(text))
    case .array(let elements): return .array(changed(elements))
    case .object(let object): return changed(object)
    }
  }

  private mutating func anything() -> JSONValue {
    let values: [JSONValue] = [
      .null, .bool(true), .bool(false), .number(0), .number(-1), .number(2.5), .string(""),
      .string("x"), .string("{{n}}"), .string("5"), .string("true"), .array([]), .array([.null]),
      .array([.string("EUR")]), .object(JSONObject()), .object([("a", .number(1))]),
      .object([("type", .string("GrantBonus"))]),
    ]
    return values.randomElement(using: &random) ?? .null
  }

  private mutating func changed(_ number: Double) -> Double {
    let numbers = [
      number + 1, number - 1, -number, number + 0.5, number * 1e30, 0, 1e12, 1e12 + 1, 3650, 3651,
      3650.5, -0.5, -1, 1.5, 1.500001, 9, 9.5, .leastNonzeroMagnitude, 1e300,
    ]
    let changed = numbers.randomElement(using: &random) ?? 0
    return changed.isFinite ? changed : 0
  }

  private mutating func changed(_ text: String) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      let units = ["a", "é", "e\u{301}", "😀", "7", "A"]
      let lengths = [0, 1, 2, 3, 4, 16, 17, 64, 65, 254, 255, 256, 257, 998, 999, 1600, 1601]
      let unit = units.randomElement(using: &random) ?? "a"
      return String(
        repeating: unit, count: (lengths.randomElement(using: &random) ?? 0))
    case 1: return text.lowercased()
    case 2: return text.uppercased()
    case 3, 4:
      let pieces = [
        "\0", "\n", "\r", "\u{2028}", " ", "{{", "}}", "{", "}", "{{n}}", "{{n", "{{\"}}\"}}",
        "{{'}}'}}", "{{\"}}", "{{'\\'}}'}}", "{{\"\\\\\"}}", "{{{n}}", "{{n}}}", "{{ } }}", "{{}}",
        "{{\0}}", "{{n}}\0", "@", "+", "é", "\u{FF11}",
      ]
      let piece = pieces.randomElement(using: &random) ?? ""
      return [text + piece, piece + text, piece].randomElement(using: &random) ?? piece
    case 5:
      // Another spelling of the same characters, which is another text.
      return text.replacing("K", with: "\u{212A}").replacing("e\u{301}", with: "é")
    case 6:
      let known = [
        "Condition", "Sequence", "Switch", "Split", "SendSMS", "SendEmail", "GrantBonus",
        EveryKind.name, "SubTree", "stop", "continue", "Stop", "EUR", "eur", "+12", "+02",
        "+1234567890123456", "a@b", "a@@b", "@b", "a@", "a b@c", "n-1", "blue", "re\u{301}d", "",
      ]
      return known.randomElement(using: &random) ?? ""
    default:
      var scalars = Array(text.unicodeScalars)
      if let index = scalars.indices.randomElement(using: &random) { scalars.remove(at: index) }
      return String(String.UnicodeScalarView(scalars))
    }
  }

  private mutating func changed(_ elements: [JSONValue]) -> [JSONValue] {
    var elements = elements
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return []
    case 1, 2:
      let count = [1, 2, 3, 4, 99, 100, 101].randomElement(using: &random) ?? 1
      guard let element = elements.randomElement(using: &random) else { return elements }
      // A hundred large ones would be a tree past other limits.
      return Array(repeating: Self.count(element) > 40 ? .null : element, count: count)
    case 3:
      if let index = elements.indices.randomElement(using: &random) { elements.remove(at: index) }
      return elements
    case 4: return elements + [anything()]
    default: return elements.map { .array([$0]) }
    }
  }

  private mutating func changed(_ object: JSONObject) -> JSONValue {
    var members = object.map { ($0.key, $0.value) }
    let index = members.indices.randomElement(using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1, 2:
      if let index { members.remove(at: index) }
    case 3, 4:
      if let index { members[index].0 = renamed(members[index].0) }
    case 5:
      let names = [
        "type", "parameters", "id", "name", "description", "metadata", "trueAction", "falseAction",
        "actions", "cases", "defaultAction", "shares", "expression", "action", "weight",
        "onFailure",
        "key", "salt", "phone", "message", "amount", "currency", "whole", "codes", "K", "x", "",
        "treeId",
      ]
      members.append((names.randomElement(using: &random) ?? "x", anything()))
    case 6:
      return .object([
        ("type", .string("Sequence")), ("actions", .array([.object(object), .object(object)])),
      ])
    default: return .array([.object(object)])
    }
    return .object(members)
  }

  private mutating func renamed(_ name: String) -> String {
    [
      name.lowercased(), name.uppercased(), name + "s", String(name.dropLast()), name + "\0",
      name.replacing("K", with: "\u{212A}"), " " + name,
    ].randomElement(using: &random) ?? name
  }
}
