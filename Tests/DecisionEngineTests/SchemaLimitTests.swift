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

  private static let large = [
    // Properties, each with an object and a list of texts.
    #"{"type":"object","properties":{\#((0..<3_000).map { #""p\#($0)":{"properties":{"a":{"minimum":1}}}"# }.joined(separator: ","))}}"#,
    // Names that are required, and not declared.
    #"{"type":"object","required":[\#((0..<9_000).map { #""p\#($0)""# }.joined(separator: ","))]}"#,
    // Objects that hold at once.
    #"{"allOf":[\#((0..<2).map { part in #"{"properties":{\#((0..<4_000).map { #""p\#(part)_\#($0)":{}"# }.joined(separator: ","))}}"# }.joined(separator: ","))]}"#,
    // Texts that are written out, and kinds that are named.
    #"{"type":"object","properties":{"a":{"enum":[\#((0..<9_000).map { #""t\#($0)""# }.joined(separator: ","))]}}}"#,
    #"{"type":[\#([String](repeating: #""object""#, count: 9_000).joined(separator: ","))]}"#,
    // Schemas of which one holds, and keywords that nobody knows.
    #"{"type":"object","properties":{"a":{"anyOf":[\#((0..<9_000).map { #"{"const":\#($0)}"# }.joined(separator: ","))]}}}"#,
    #"{"type":"object",\#((0..<9_000).map { #""x-\#($0)":1"# }.joined(separator: ","))}"#,
    // Definitions that nothing uses.
    #"{"type":"object","$defs":{\#((0..<9_000).map { #""d\#($0)":{}"# }.joined(separator: ","))}}"#,
  ]

  @Test(arguments: large.indices)
  func `is read in steps, and what comes of it is what is read at once`(number: Int) throws {
    let value = try JSONValue.parse(Self.large[number])
    var reader = ContextSchemaReader(value)
    var steps = 0
    while reader.reading == nil {
      reader.step()
      steps += 1
    }
    #expect(steps > 9_000 / TreeLimits.valuesPerStep / 2)
    #expect(reader.reading?.schema != nil)
    #expect(reader.reading?.diagnostics == ContextSchema.read(value).diagnostics)
  }

  @Test(arguments: [0, 2, 7])
  func `is given back in steps, read to its end or not`(number: Int) throws {
    let value = try JSONValue.parse(Self.large[number])
    var reader = ContextSchemaReader(value)
    while reader.reading == nil { reader.step() }
    var remains = reader.remains()
    var steps = 0
    while remains.step() { steps += 1 }
    #expect(steps > 80)
    reader = ContextSchemaReader(value)
    for _ in 0..<90 { reader.step() }
    #expect(reader.reading == nil)
    remains = reader.remains()
    steps = 0
    while remains.step() { steps += 1 }
    #expect(steps > 10)
    #expect(reader.reading == nil)
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
