import Filtrex
import Foundation
import JSON
import TestSupport
import Testing

/// One line of `expressions.ndjson`.
struct Vector: Sendable, CustomTestStringConvertible {
  var id: String
  var expression: String
  var context: Int
  var value: Value?
  var error: String?
  var property: String?
  var function: String?
  var relativeTolerance: Double?

  var testDescription: String { "\(id): \(expression)" }

  static func all() throws -> (vectors: [Vector], contexts: [Context]) {
    let folder = "Tests/FiltrexTests/Vectors/"
    let contexts = try json(Data(contentsOf: Project.file(folder + "contexts.json")))
    let vectors = try Project.lines(of: Project.file(folder + "expressions.ndjson")).map { line in
      try Vector(#require(json(Data(line.utf8)).object))
    }
    return (vectors, (contexts.list ?? []).map { Context(Value(json: $0)) })
  }

  private static func json(_ data: Data) throws -> JSONValue {
    let bytes = Array(data)
    return try JSONParser.parse(bytes.span.bytes)
  }

  init(_ line: JSONObject) {
    id = line["id"]?.text ?? ""
    expression = line["expression"]?.text ?? ""
    context = Int(line["context"]?.number ?? 0)
    value = line["value"].map(Value.init(json:))
    error = line["error"]?.text
    property = line["property"]?.text
    function = line["function"]?.text
    relativeTolerance = line["relativeTolerance"]?.number
  }

  func agrees(with outcome: Outcome) -> Bool {
    switch outcome {
    case .value(let got):
      guard let value else { return false }
      return Self.isSame(got, value, tolerance: relativeTolerance ?? 0)
    case .notCompiled(let diagnostic):
      return error == diagnostic.code.rawValue && function == diagnostic.function
    case .notEvaluated(let failure):
      return error == failure.code.rawValue && property == failure.property
    }
  }

  private static func isSame(_ left: Value, _ right: Value, tolerance: Double) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)):
      if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
      if left == right { return left.sign == right.sign }
      return abs(left - right) <= tolerance * max(abs(left), abs(right))
    case (.list(let left), .list(let right)):
      return left.count == right.count
        && zip(left, right).allSatisfy { isSame($0, $1, tolerance: tolerance) }
    default: return left == right
    }
  }
}

extension JSONValue {
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var number: Double? { if case .number(let number) = self { number } else { nil } }
  var list: [JSONValue]? { if case .array(let list) = self { list } else { nil } }
  var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
}

extension Value {
  /// A JSON value; `{"$number": "NaN"}` stands for what JSON has no number for.
  init(json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let logical): self = .logical(logical)
    case .number(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .array(let list): self = .list(list.map(Value.init(json:)))
    case .object(let object):
      if let special = object["$number"]?.text {
        self = .number(special == "-0" ? -0.0 : Double(special) ?? .nan)
      } else {
        self = .object(object.map { Member(name: $0.key, value: Value(json: $0.value)) })
      }
    }
  }
}

@Suite struct `The reference's vectors` {
  @Test func `give the same values and errors`() throws {
    let (vectors, contexts) = try Vector.all()
    #expect(vectors.count > 2_900)
    var passed = 0
    for vector in vectors {
      let run = Run(vector.expression, in: contexts[vector.context])
      let agrees = vector.agrees(with: run.outcome)
      #expect(agrees, "\(vector) gave \(run.outcome)")
      passed += agrees ? 1 : 0
    }
    print("filtrex vectors: \(passed) of \(vectors.count)")
  }

  @Test func `give the same in slices of one unit, for the same fuel, within the bound`() throws {
    let (vectors, contexts) = try Vector.all()
    for vector in vectors {
      let whole = Run(vector.expression, in: contexts[vector.context])
      let sliced = Run(vector.expression, in: contexts[vector.context], slice: 1)
      #expect(whole.outcome == sliced.outcome, "\(vector)")
      #expect(whole.fuelUsed == sliced.fuelUsed, "\(vector)")
      #expect(whole.fuelUsed <= whole.fuelBound, "\(vector)")
    }
  }
}
