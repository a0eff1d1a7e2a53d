import Filtrex
import JSON
import TestSupport

/// A random JSON Schema, and values that it admits, the ones at its edges more often than others.
struct SchemaModel: Sendable {
  var schema: JSONObject
  var sample: @Sendable (inout SeededGenerator) -> Value

  static let numbers: [Double] = [0, 1, 2.5, 3, 5, 7, -1, 100]

  static func number(_ random: inout SeededGenerator) -> SchemaModel {
    let isInteger = Bool.random(using: &random)
    let type = JSONValue.string(isInteger ? "integer" : "number")
    let ends = (0..<2).map { _ in numbers.randomElement(using: &random) ?? 0 }.sorted()
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      return SchemaModel(schema: ["type": type]) { random in
        // A message can hold what JSON can not; neither is an integer.
        let others =
          isInteger ? [1e21, -7] : [.nan, .infinity, -.infinity, -0.0, 2.5.nextUp, 1e300]
        let all = numbers.filter { !isInteger || $0 == $0.rounded() } + others
        return .number(all.randomElement(using: &random) ?? 0)
      }
    case 1:
      let point = isInteger ? ends[0].rounded() : ends[0]
      let schema: JSONObject =
        Bool.random(using: &random)
        ? ["const": .number(point)] : ["enum": [.number(point), .number(point)].asJSON]
      return SchemaModel(schema: schema) { _ in .number(point) }
    default:
      let isOpen = !isInteger && ends[0] < ends[1] && Bool.random(using: &random)
      let least = isOpen ? ends[0].nextUp : isInteger ? ends[0].rounded(.up) : ends[0]
      let greatest = isOpen ? ends[1].nextDown : isInteger ? ends[1].rounded(.up) : ends[1]
      let schema: JSONObject = [
        "type": type,
        isOpen ? "exclusiveMinimum" : "minimum": .number(isOpen ? ends[0] : least),
        isOpen ? "exclusiveMaximum" : "maximum": .number(isOpen ? ends[1] : greatest),
      ]
      return SchemaModel(schema: schema) { random in
        let near = [least, greatest, least.nextUp, greatest.nextDown, least + 1] + numbers
        let fitting = near.map { isInteger ? $0.rounded(.down) : $0 }.filter {
          least <= $0 && $0 <= greatest
        }
        return .number(fitting.randomElement(using: &random) ?? least)
      }
    }
  }

  static func text(_ random: inout SeededGenerator) -> SchemaModel {
    let texts = ConditionGenerator.texts
    if Bool.random(using: &random) {
      let some = (0..<3).map { _ in texts.randomElement(using: &random) ?? "" }
      return SchemaModel(schema: ["enum": some.map { JSONValue.string($0) }.asJSON]) {
        .text(some.randomElement(using: &$0) ?? "")
      }
    }
    let least = Int.random(in: 0...4, using: &random)
    let schema: JSONObject = [
      "type": .string("string"), "minLength": .number(Double(least)), "maxLength": .number(6),
    ]
    return SchemaModel(schema: schema) { random in
      let fitting = texts.filter { (least...6).contains($0.unicodeScalars.count) }
      return .text(fitting.randomElement(using: &random) ?? "Bronze")
    }
  }

  static func logical(_ random: inout SeededGenerator) -> SchemaModel {
    guard Int.random(in: 0..<3, using: &random) == 0 else {
      return SchemaModel(schema: ["type": .string("boolean")]) {
        .logical(Bool.random(using: &$0))
      }
    }
    let fixed = Bool.random(using: &random)
    return SchemaModel(schema: ["const": .bool(fixed)]) { _ in .logical(fixed) }
  }

  static func list(_ element: SchemaModel, _ random: inout SeededGenerator) -> SchemaModel {
    let least = Int.random(in: 0...2, using: &random)
    let greatest = least + Int.random(in: 0...2, using: &random)
    let schema: JSONObject = [
      "type": .string("array"), "items": .object(element.schema),
      "minItems": .number(Double(least)), "maxItems": .number(Double(greatest)),
    ]
    return SchemaModel(schema: schema) { random in
      let isOne = least <= 1 && greatest >= 1 && Bool.random(using: &random)
      let count = isOne ? 1 : Int.random(in: least...greatest, using: &random)
      return .list((0..<count).map { _ in element.sample(&random) })
    }
  }

  static func either(_ left: SchemaModel, _ right: SchemaModel, _ keyword: String) -> SchemaModel {
    SchemaModel(
      schema: [keyword: .array([.object(left.schema), .object(right.schema)])]
    ) { random in Bool.random(using: &random) ? left.sample(&random) : right.sample(&random) }
  }

  static let null = SchemaModel(schema: ["type": .string("null")]) { _ in .null }

  static func object(
    _ declared: [(name: String, model: SchemaModel, isRequired: Bool)],
    _ random: inout SeededGenerator
  ) -> SchemaModel {
    func properties(_ names: [String]) -> JSONValue {
      .object(
        JSONObject(
          declared.filter { names.contains($0.name) }.map { ($0.name, .object($0.model.schema)) }))
    }
    let names = declared.map(\.name)
    let required = JSONValue.array(
      declared.filter(\.isRequired).map { .string($0.name) })
    var schema: JSONObject = [
      "type": .string("object"), "properties": properties(names), "required": required,
    ]
    let isClosed = Bool.random(using: &random)
    if isClosed {
      schema["additionalProperties"] = .bool(false)
    } else if Bool.random(using: &random) {
      // The same in two parts.
      schema["properties"] = properties(Array(names.prefix(2)))
      schema["allOf"] = .array([.object(["properties": properties(Array(names.dropFirst(2)))])])
    }
    return SchemaModel(schema: schema) { random in
      var members: [Value.Member] = []
      for (name, model, isRequired) in declared
      where isRequired || Int.random(in: 0..<3, using: &random) > 0 {
        members.append(.init(name: name, value: model.sample(&random)))
      }
      if !isClosed, Int.random(in: 0..<6, using: &random) == 0 {
        members.append(.init(name: "wallet.cash", value: .text("a")))
      }
      return .object(members)
    }
  }

  /// A context in which a ``ConditionGenerator`` finds mostly what it looks for.
  static func context(_ random: inout SeededGenerator) -> SchemaModel {
    var declared: [(name: String, model: SchemaModel, isRequired: Bool)] = []
    var definitions = JSONObject()
    func declare(_ name: String, _ usual: SchemaModel) {
      var model = usual
      switch Int.random(in: 0..<8, using: &random) {
      case 0: model = either(model, null, "anyOf")
      case 1: model = either(text(&random), model, "oneOf")
      case 2: model = list(model, &random)
      case 3:
        definitions[name] = .object(model.schema)
        model.schema = ["$ref": .string("#/$defs/" + name)]
      default: break
      }
      declared.append((name, model, Int.random(in: 0..<4, using: &random) > 0))
    }
    declare("x", number(&random))
    declare("y", number(&random))
    declare("tier", text(&random))
    declare("vip", logical(&random))
    declare("tags", list(text(&random), &random))
    declare("numbers", list(number(&random), &random))
    declare("wallet", object([("cash", number(&random), true)], &random))
    var context = object(declared, &random)
    if !definitions.isEmpty { context.schema["$defs"] = .object(definitions) }
    return context
  }
}

extension [JSONValue] {
  fileprivate var asJSON: JSONValue { .array(self) }
}
