import JSON
import TestSupport
import Testing

@testable import DecisionEngine

@Suite struct `A hostile context schema` {
  private func read(_ json: String) throws -> ContextSchema.Reading {
    ContextSchema.read(try JSONValue.parse(json))
  }

  @Test func `of definitions that lead from one to the next is refused, not followed to the end`()
    throws
  {
    let links = (0..<5_000).map { ##""d\##($0)":{"$ref":"#/$defs/d\##($0 + 1)"}"## }
    let reading = try read(
      ##"{"$defs":{\##(links.joined(separator: ",")),"d5000":{}},"properties":{"a":{"$ref":"#/$defs/d0"}}}"##
    )
    #expect(reading.schema == nil)
    #expect(reading.diagnostics.first?.message.contains("inside one another") == true)
  }

  @Test func `of definitions that double is read once each`() throws {
    let pairs = (0..<60).map {
      ##""d\##($0)":{"properties":{"l":{"$ref":"#/$defs/d\##($0 + 1)"},"r":{"$ref":"#/$defs/d\##($0 + 1)"}}}"##
    }
    let reading = try read(
      ##"{"$defs":{\##(pairs.joined(separator: ",")),"d60":{}},"properties":{"a":{"$ref":"#/$defs/d0"}}}"##
    )
    #expect(reading.schema != nil, "\(reading.diagnostics)")
  }

  @Test func `that puts together thousands of objects is refused`() throws {
    let parts = (0..<400).map { part in
      let names = (0..<40).map { #""p\#(part)_\#($0)":{}"# }.joined(separator: ",")
      return #"{"properties":{\#(names)}}"#
    }
    let reading = try read(#"{"allOf":[\#(parts.joined(separator: ","))]}"#)
    #expect(reading.diagnostics.map(\.path.description) == [""])
    #expect(reading.diagnostics.first?.message.contains("too many properties") == true)
  }

  @Test func `with thousands of mistakes is told of some of them`() throws {
    let names = (0..<3_000).map { #""p\#($0)":5"# }.joined(separator: ",")
    let reading = try read(#"{"properties":{\#(names)}}"#)
    #expect(reading.diagnostics.count == TreeLimits.diagnostics)
    #expect(reading.diagnostics.last?.code == .tooManyDiagnostics)
  }

  @Test func `made at random never ends the process, and is sound or refused`() throws {
    var random = SeededGenerator(seed: 21)
    let keywords = SchemaKeyword.all + ["requird", "x-a"]
    func value(_ depth: Int) -> JSONValue {
      switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &random) {
      case 0: return .null
      case 1: return .bool(Bool.random(using: &random))
      case 2: return .number(Double(Int.random(in: -3...9, using: &random)))
      case 3:
        return .string(
          ["object", "string", "number", "#/$defs/a", "a"].randomElement(using: &random) ?? "")
      case 4, 5: return .array((0..<2).map { _ in depth > 0 ? value(depth - 1) : .null })
      default:
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0...4, using: &random) {
          object[keywords.randomElement(using: &random) ?? "a"] = value(depth - 1)
        }
        if Bool.random(using: &random) { object["a"] = value(depth - 1) }
        return .object(object)
      }
    }
    var sound = 0
    for _ in 0..<20_000 {
      let reading = ContextSchema.read(value(4))
      if reading.schema != nil { sound += 1 }
      #expect(reading.diagnostics.allSatisfy { !$0.message.isEmpty })
    }
    #expect(sound > 500)
  }
}
