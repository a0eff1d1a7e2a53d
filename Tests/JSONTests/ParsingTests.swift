import Foundation
import JSON
import TestSupport
import Testing

@Suite struct `Reading JSON` {
  private struct Line: Decodable {
    struct Repeat: Decodable {
      var text: String
      var count: Int
    }
    var name: String
    var expect: String
    var base64: String?
    var `repeat`: Repeat?

    var bytes: [UInt8] {
      if let base64, let data = Data(base64Encoded: base64) { return Array(data) }
      guard let given = self.repeat else { return [] }
      return Array(String(repeating: given.text, count: given.count).utf8)
    }
  }

  private static let suite = Project.sharedVectors("json/parsing.ndjson")

  @Test(.enabled(if: suite != nil, "JSONTestSuite is read in place, and is not there"))
  func `agrees with JSONTestSuite`() throws {
    let url = try #require(Self.suite)
    var passed = 0
    let lines = try Project.lines(of: url)
    for line in lines {
      let vector = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      let isAccepted = (try? parse(vector.bytes)) != nil
      let isRight =
        switch vector.expect {
        // RFC 8259 lets a parser refuse keys that come twice, and a strict one does.
        case "accept": isAccepted != vector.name.hasPrefix("y_object_duplicated_key")
        case "reject": !isAccepted
        default: isAccepted == Self.isLenient(vector.name)
        }
      #expect(isRight, "\(vector.name): accepted \(isAccepted)")
      passed += isRight ? 1 : 0
    }
    print("JSON parsing: \(passed) of \(lines.count) hold")
  }

  /// Where the suite leaves it open, only numbers that a double holds, if not exactly, are taken.
  private static func isLenient(_ name: String) -> Bool {
    [
      "i_number_double_huge_neg_exp", "i_number_real_underflow", "i_number_too_big_neg_int",
      "i_number_too_big_pos_int", "i_number_very_big_negative_int", "i_structure_500_nested_arrays",
    ].contains(name)
  }

  @Test(arguments: [
    ("", JSONError.Code.empty, 0), ("  ", .empty, 2), ("[", .unexpectedEnd, 1),
    ("[1", .unexpectedEnd, 2), (#"{"a""#, .unexpectedEnd, 4),
    ("[1,]", .unexpectedByte(UInt8(ascii: "]"), expected: "a value"), 3),
    ("{,", .unexpectedByte(UInt8(ascii: ","), expected: "a key in `\"`"), 1),
    (#"{"a" 1}"#, .unexpectedByte(UInt8(ascii: "1"), expected: "`:`"), 5),
    ("[1 2]", .unexpectedByte(UInt8(ascii: "2"), expected: "`,` or `]`"), 3),
    ("nul", .unexpectedEnd, 3), ("nulk", .unexpectedByte(UInt8(ascii: "k"), expected: "`null`"), 3),
    ("1 2", .trailingBytes, 2), ("\u{FEFF}1", .byteOrderMark, 0),
    ("\"\u{1}\"", .controlCharacter(1), 1),
    (#""\q""#, .invalidEscape, 1), (#""\ud800""#, .loneSurrogate, 1),
    (#""\udc00""#, .loneSurrogate, 1), (#""\ud800\u0041""#, .loneSurrogate, 1),
    ("01", .trailingBytes, 1), ("1.", .unexpectedEnd, 2), ("-", .unexpectedEnd, 1),
    ("1.x", .invalidNumber, 2), ("1e400", .numberOutOfRange, 0),
    (#"{"a":1,"a":2}"#, .duplicateKey("a"), 7), (#"{"a":1,"\u0061":2}"#, .duplicateKey("a"), 7),
  ])
  func `says what is wrong and where`(text: String, code: JSONError.Code, offset: Int) throws {
    let error = #expect(throws: JSONError.self) { try parse(Array(text.utf8)) }
    #expect(error?.code == code)
    #expect(error?.offset == offset)
  }

  @Test func `counts lines and columns as a person does`() {
    let error = #expect(throws: JSONError.self) { try parse(Array("{\n \"é\": x}".utf8)) }
    #expect(error?.line == 2)
    #expect(error?.column == 7)
  }

  @Test(arguments: [
    (JSONLimits(byteCount: 5, nesting: 9, values: 9), JSONError.Code.tooLong(limit: 5)),
    (JSONLimits(byteCount: 99, nesting: 1, values: 9), .tooDeep(limit: 1)),
    (JSONLimits(byteCount: 99, nesting: 9, values: 2), .tooManyValues(limit: 2)),
  ])
  func `stops at each limit with an error of its own`(limits: JSONLimits, code: JSONError.Code) {
    let bytes = Array("[[1],2]".utf8)
    let error = #expect(throws: JSONError.self) {
      try JSONParser.parse(bytes.span.bytes, limits: limits)
    }
    #expect(error?.code == code)
  }

  @Test(arguments: [#"{"abcd":1}"#, #"{"\u0061bcd":1}"#])
  func `stops at a key that is too long`(text: String) throws {
    let bytes = Array(text.utf8)
    var limits = JSONLimits.standard
    limits.nameBytes = 4
    #expect(throws: Never.self) { try JSONParser.parse(bytes.span.bytes, limits: limits) }
    limits.nameBytes = 3
    let error = #expect(throws: JSONError.self) {
      try JSONParser.parse(bytes.span.bytes, limits: limits)
    }
    #expect(error?.code == .nameTooLong(limit: 3))
    #expect(error?.offset == 1)
  }

  @Test func `keeps keys apart whose bytes differ, however alike they look`() throws {
    let value = try parse(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
    guard case .object(let object) = value else {
      Issue.record("not an object")
      return
    }
    #expect(object.count == 2)
    #expect(object["\u{E9}"] == .number(1))
    #expect(object["e\u{301}"] == .number(2))
  }

  @Test func `finds the second of two equal keys among thousands`() {
    let members = (0..<5000).map { "\"key\($0)\":1" } + ["\"key17\":2"]
    let bytes = Array("{\(members.joined(separator: ","))}".utf8)
    let error = #expect(throws: JSONError.self) { try parse(bytes) }
    #expect(error?.code == .duplicateKey("key17"))
  }

  @Test(arguments: [
    ("0.1", 0.1), ("-0", -0.0), ("123456789012345678901", 123456789012345678901.0), ("1e-400", 0),
    ("2.2250738585072014e-308", 0x1p-1022), ("12345.678901234567", 12345.678901234567),
    ("999999999999999", 999999999999999), ("0.000001", 1e-6), ("-1.5e3", -1500),
  ])
  func `gives numbers their nearest double`(text: String, value: Double) throws {
    guard case .number(let read) = try parse(Array(text.utf8)) else {
      Issue.record("not a number")
      return
    }
    #expect(read.bitPattern == value.bitPattern)
  }

  @Test func `gives back what was written, for 2,000 random values`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let value = Self.randomValue(depth: 4, &generator)
      for write in [JSONWriter.append, JSONWriter.appendCanonical, JSONWriter.appendPretty] {
        var bytes: [UInt8] = []
        write(value, &bytes)
        #expect(try parse(bytes) == value)
      }
    }
  }

  @Test func `of a text cut or changed anywhere gives a value or an error`() throws {
    let sample = Array(#"{"a":[1.5e3,-0,true,null],"é\n\u00e9":{"b":"x\ud83d\ude00"},"c":[]}"#.utf8)
    #expect(throws: Never.self) { try parse(sample) }
    for count in 0..<sample.count {
      #expect(throws: JSONError.self) { try parse(Array(sample[..<count])) }
    }
    for index in sample.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = sample
        changed[index] = byte
        if let value = try? parse(changed) {
          var written: [UInt8] = []
          JSONWriter.append(value, to: &written)
          #expect(try parse(written) == value)
        }
      }
    }
  }

  private func parse(_ bytes: [UInt8]) throws -> JSONValue {
    try JSONParser.parse(bytes.span.bytes)
  }

  private static func randomValue(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2:
      let value = Double(bitPattern: generator.next())
      return .number(value.isFinite ? value : 1)
    case 3: return .number(Double(Int.random(in: -9999...9999, using: &generator)) / 100)
    case 4: return .string(randomText(&generator))
    case 5:
      return .array(
        (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
          randomValue(depth: depth - 1, &generator)
        })
    default:
      return .object(
        (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
          (randomText(&generator), randomValue(depth: depth - 1, &generator))
        })
    }
  }

  private static func randomText(_ generator: inout SeededGenerator) -> String {
    let scalars = Array("ab\"\\/\u{8}\u{1f}\n\u{7f}é€😀\u{2028}".unicodeScalars)
    var text = ""
    for _ in 0..<Int.random(in: 0..<8, using: &generator) {
      text.unicodeScalars.append(scalars.randomElement(using: &generator) ?? "x")
    }
    return text
  }
}
