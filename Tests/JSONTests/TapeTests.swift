import TestSupport
import Testing

@testable import JSON

@Suite struct `A tape` {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func canonical(_ value: JSONValue) -> [UInt8] {
    var output: [UInt8] = []
    JSONWriter.appendCanonical(value, to: &output)
    return output
  }

  /// Holds what a tape has of a text against what the parser and the writer have of it.
  ///
  /// - Returns: Whether it is plain.
  private func isPlain(_ text: [UInt8]) -> Bool {
    guard let tape = JSONTape(text) else { return false }
    let here = Comment(rawValue: String(decoding: text, as: UTF8.self))
    guard let value = try? JSONParser.parse(text.span.bytes) else {
      Issue.record("what is no JSON has a tape: \(here)")
      return false
    }
    #expect(canonical(tape.value(at: 0)) == canonical(value), here)
    #expect(tape.value(at: 0) == value, here)
    #expect(tape.canonical() == canonical(value), here)
    #expect(keys(tape.value(at: 0)) == keys(value), here)
    return true
  }

  private func keys(_ value: JSONValue) -> [String] {
    switch value {
    case .array(let elements): elements.flatMap(keys)
    case .object(let object): object.flatMap { [$0.key] + keys($0.value) }
    default: []
    }
  }

  @Test(arguments: [
    "null", " true ", "false", "0", "-0", "-0.0", "12", "0.5", "1.50", "100000000000000",
    "0.00000000000001", "-7.25", #""""#, #""a""#, #""\"\\\b\f\n\r\t""#, #""\/""#,
    #""\u00e9\u0041""#,
    #""\u0000\u001f\u007f""#, #""é😀""#, #""a\nlong text that is read eight bytes at a time\n""#,
    "[]", "{}", "[ ]", "{ }", "[[],{}]", #"{"b":1,"a":[1,2,{"c":null}],"":0}"#,
    #"{"\u0061":1,"b\n":{"x":"\"y\""}}"#, #"{"é":1,"e":2,"😀":3,"ﬀ":4}"#, "\t[\r\n1 , 2 ]",
  ])
  func `has the value and the canonical bytes of plain JSON`(text: String) {
    #expect(isPlain(bytes(text)))
  }

  @Test(arguments: [
    "", " ", "nul", "nullx", "tru", "01", "-", "1.", ".5", "+1", "1 2", "[1,]", "[,1]", "[1 2]",
    "[", "{", "}", "]", "[}", "{]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{a:1}"#,
    #"{"a":1"b":2}"#, #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"a":[1],"b":{},"a":2}"#,
    #"""#, #""a"#, #""\"#, #""\x""#, #""\u12""#, #""\u12g4""#, "\"\n\"", "\"a\u{0}\"",
    #""\ud800""#, #""\ud83d\ude00""#, "1e3", "1E-2", "1234567890123456", "0.1234567890123456",
  ])
  func `is none of what is no JSON, or not plain`(text: String) {
    #expect(JSONTape(bytes(text)) == nil)
  }

  @Test func `is none of what is no UTF-8`() {
    #expect(JSONTape([0x22, 0xC3, 0x22]) == nil)
    #expect(JSONTape([0xEF, 0xBB, 0xBF, 0x31]) == nil)
    #expect(JSONTape([0x22, 0xED, 0xA0, 0x80, 0x22]) == nil)
  }

  @Test func `ends at its limits`() {
    func nested(_ depth: Int) -> [UInt8] {
      bytes(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
    }
    func members(_ count: Int) -> [UInt8] {
      bytes("{" + (0..<count).map { "\"\($0)\":0" }.joined(separator: ",") + "}")
    }
    #expect(isPlain(nested(JSONLimits.plainNesting)))
    #expect(JSONTape(nested(JSONLimits.plainNesting + 1)) == nil)
    #expect(isPlain(members(JSONLimits.plainMembers)))
    #expect(JSONTape(members(JSONLimits.plainMembers + 1)) == nil)
  }

  @Test func `is the parser's value of whatever it takes`() {
    var random = SeededGenerator(seed: 20_261_127)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\"a\"", "\"b\":", "null", "true", "0", "-1.5",
      "1e2", " ", "\\u00e9", "\\n", "é", "\u{1F600}", "{\"a\":1}", "[1,2]", "\"k\":\"v\",",
    ]
    var plain = 0
    for _ in 0..<50_000 {
      let count = Int.random(in: 1...9, using: &random)
      let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      if isPlain(bytes(text)) { plain += 1 }
    }
    #expect(plain > 50_000 / 500)
  }

  @Test func `declines none of the parser's small values but for what is named`() throws {
    var random = SeededGenerator(seed: 20_261_127)
    for _ in 0..<5_000 {
      let value = self.value(3, &random)
      var compact: [UInt8] = []
      JSONWriter.append(value, to: &compact)
      var pretty: [UInt8] = []
      JSONWriter.appendPretty(value, to: &pretty)
      #expect(isPlain(compact) && isPlain(pretty), "\(value)")
    }
  }

  private func value(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
    let texts = ["", "a", "\"", "\\", "\n", "é", "😀", "\u{1}", "long enough for a word or two"]
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .number(Double(Int.random(in: -1_000...1_000, using: &random)) / 8)
    case 3, 4:
      return .string(
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
          texts.randomElement(using: &random) ?? ""
        }.joined())
    case 5:
      return .array(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in self.value(depth - 1, &random) })
    default:
      return .object(
        (0..<Int.random(in: 0...5, using: &random)).map { number in
          (
            (texts.randomElement(using: &random) ?? "") + "\(number)",
            self.value(depth - 1, &random)
          )
        })
    }
  }
}
