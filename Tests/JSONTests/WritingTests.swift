import Foundation
import JSON
import TestSupport
import Testing

@Suite struct `Writing JSON` {
  private struct Line: Decodable {
    var name: String
    var input: String
    var canonical: String
  }

  private static let suite = Project.sharedVectors("json/canonical.ndjson")

  @Test(.enabled(if: suite != nil, "the canonicalisation suite is read in place, and is not there"))
  func `is canonical as RFC 8785 has it`() throws {
    let lines = try Project.lines(of: try #require(Self.suite))
    for line in lines {
      let vector = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      let value = try JSONParser.parse(Array(vector.input.utf8).span.bytes)
      var output: [UInt8] = []
      JSONWriter.appendCanonical(value, to: &output)
      #expect(String(decoding: output, as: UTF8.self) == vector.canonical, "\(vector.name)")
    }
    print("JSON canonical: \(lines.count) of \(lines.count) read")
  }

  @Test func `for people has a member a line`() {
    var output: [UInt8] = []
    JSONWriter.appendPretty(
      .object([("a", .array([.number(1)])), ("b", .object([]))]), to: &output)
    #expect(String(decoding: output, as: UTF8.self) == "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}")
  }
}

@Suite struct `A text in JSON` {
  /// What RFC 8785 has for each byte, by itself.
  private static func escape(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case 0x08: Array(#"\b"#.utf8)
    case 0x09: Array(#"\t"#.utf8)
    case 0x0A: Array(#"\n"#.utf8)
    case 0x0C: Array(#"\f"#.utf8)
    case 0x0D: Array(#"\r"#.utf8)
    case 0x22: Array(#"\""#.utf8)
    case 0x5C: Array(#"\\"#.utf8)
    case ..<0x10: Array(#"\u000\#(String(byte, radix: 16))"#.utf8)
    case ..<0x20: Array(#"\u001\#(String(byte & 15, radix: 16))"#.utf8)
    default: [byte]
    }
  }

  @Test(arguments: 0...26) func `has its escapes wherever they stand`(count: Int) {
    let plain = (0..<count).map { UInt8(ascii: "a") + UInt8($0) }
    for place in 0..<count {
      for byte in UInt8(0)..<128 {
        var text = plain
        text[place] = byte
        // Another one behind it, beyond the eight that are looked at together.
        if place + 9 < count { text[place + 9] = 0x22 }
        var output: [UInt8] = []
        JSONWriter.appendEscaped(text.span, to: &output)
        #expect(output == text.flatMap(Self.escape))
      }
    }
  }
}

@Suite struct `A JSON pointer` {
  @Test func `escapes what it must`() {
    #expect(JSONPointer().appending("a/b~c").appending(3).description == "/a~1b~0c/3")
    #expect(JSONPointer(parsing: "/a~1b~0c/3")?.components == ["a/b~c", "3"])
  }

  @Test(arguments: ["\u{301}", "\u{301}a", "a~\u{301}/\u{301}b", "~1", "~01", "/~0", "\r\n", ""])
  func `gives back the key that it was made of`(key: String) throws {
    let pointer = JSONPointer().appending(key).appending("\u{301}")
    #expect(pointer.components.map { Array($0.utf8) } == [Array(key.utf8), [0xCC, 0x81]])
    let again = try #require(JSONPointer(parsing: pointer.description))
    #expect(again.components.map { Array($0.utf8) } == [Array(key.utf8), [0xCC, 0x81]])
  }

  @Test(arguments: [("\u{E9}", 7), ("\u{301}", 15), ("e\u{301}", 24)])
  func `is found by the bytes of its names`(key: String, column: Int) {
    let text = Array("{\"\u{E9}\": 1, \"\u{301}\": 2, \"e\u{301}\": 3}".utf8)
    let position = JSONParser.position(of: JSONPointer().appending(key), in: text.span.bytes)
    #expect(position?.column == column)
  }

  @Test(arguments: ["a", "/~", "/~2", "/~\u{301}"])
  func `is not made of anything`(text: String) {
    #expect(JSONPointer(parsing: text) == nil)
  }

  @Test(arguments: [
    ("", 1, 1), ("/a", 1, 7), ("/a/1", 2, 4), ("/b", 3, 7), ("/b/c/d", 3, 18),
  ])
  func `is found in a text`(pointer: String, line: Int, column: Int) throws {
    let text = Array("{\"a\": [1,\n   2],\n \"b\": {\"c\": {\"d\":\"x\"}}}".utf8)
    let position = JSONParser.position(
      of: try #require(JSONPointer(parsing: pointer)), in: text.span.bytes)
    #expect(position == JSONPosition(line: line, column: column))
  }
}
