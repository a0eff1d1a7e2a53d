import DecisionEngine
import Filtrex
import Hashes
import JSON
import TestSupport
import Testing

@Suite struct `The digest of a context` {
  private static func context(_ json: String) throws -> Context {
    var builder = ContextBuilder()
    try JSONParser.parse(Array(json.utf8).span.bytes, limits: TreeLimits.context, into: &builder)
    return builder.context
  }

  private static func digest(of bytes: [UInt8]) -> String {
    let digest = SHA256.digest(of: bytes.span.bytes)
    return Hexadecimal.text(digest.span)
  }

  private static func digest(_ context: Context) throws -> String {
    Hexadecimal.text(try #require(ContextDigest(of: context).value).span)
  }

  private static func text(_ context: Context) throws -> String {
    var digest = ContextDigest()
    while digest.step(context, keeping: .max) {}
    return String(decoding: try #require(digest.text), as: UTF8.self)
  }

  /// Names for which the orders of UTF-8 and UTF-16 differ are among these.
  private static let names = [
    "a", "b", "aa", "", "é", "e\u{301}", "\u{E000}", "\u{FFFD}x", "\u{1F600}", "\u{1F600}a",
    "\u{10FFFF}",
    "a\u{FFFD}", "a\u{1F600}", "a\"b", "line\n", "\u{1}", "длинное имя", "/",
  ]

  private static func value(
    _ depth: Int, _ generator: inout SeededGenerator
  ) -> JSONValue {
    switch Int.random(in: 0..<(depth > 2 ? 4 : 7), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .number(Double.random(in: -1e6...1e6, using: &generator))
    case 3:
      let count = [0, 1, 5, 700].randomElement(using: &generator) ?? 0
      return .string(String(repeating: "ä\"\u{2}x", count: count))
    case 4:
      return .array(
        (0..<Int.random(in: 0..<4, using: &generator)).map { _ in value(depth + 1, &generator) })
    default: return .object(object(depth + 1, &generator))
    }
  }

  private static func object(_ depth: Int, _ generator: inout SeededGenerator) -> JSONObject {
    let most = depth == 0 ? names.count : 6
    let chosen = names.shuffled(using: &generator)
      .prefix(Int.random(in: 0...most, using: &generator))
    return JSONObject(chosen.map { ($0, value(depth, &generator)) })
  }

  @Test(arguments: UInt64(0)..<200)
  func `is the SHA-256 of what RFC 8785 makes of the same JSON`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let object = Self.object(0, &generator)
    var canonical: [UInt8] = []
    JSONWriter.appendCanonical(.object(object), to: &canonical)
    var builder = ContextBuilder()
    try JSONParser.parse(canonical.span.bytes, limits: .standard, into: &builder)
    try #require(builder.context.violation == nil)
    #expect(try Self.text(builder.context) == String(decoding: canonical, as: UTF8.self))
    #expect(try Self.digest(builder.context) == Self.digest(of: canonical))
  }

  @Test func `does not depend on the order of properties, nor on spaces`() throws {
    let one = try Self.context(#"{"b":{"y":[1,2],"x":null},"a":"t"}"#)
    let other = try Self.context(#"{ "a": "\u0074", "b": { "x": null, "y": [1e0, 2.0] } }"#)
    #expect(try Self.digest(one) == Self.digest(other))
    #expect(try Self.text(one) == #"{"a":"t","b":{"x":null,"y":[1,2]}}"#)
  }

  @Test(
    arguments: [
      #"{"a":2}"#, #"{"a":"1"}"#, #"{"a":[1]}"#, #"{"A":1}"#, #"{"a":1,"b":null}"#, "{}",
      #"{"a":1.0000000000000002}"#,
    ])
  func `is another for another context`(json: String) throws {
    #expect(try Self.digest(Self.context(json)) != Self.digest(Self.context(#"{"a":1}"#)))
  }

  @Test func `tells a negative zero from zero, since a tree does`() throws {
    let context = try Self.context(#"{"a":-0}"#)
    #expect(try Self.text(context) == #"{"a":-0}"#)
    #expect(try Self.digest(context) != Self.digest(Self.context(#"{"a":0}"#)))
  }

  @Test(arguments: [(Double.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity")])
  func `says that a number is none of JSON`(number: Double, text: String) throws {
    let context = Context(.object([.init(name: "a", value: .number(number))]))
    let digest = ContextDigest(of: context)
    #expect(!digest.isJSON)
    #expect(try Self.text(context) == #"{"a":\#(text)}"#)
    #expect(ContextDigest(of: try Self.context(#"{"a":1}"#)).isJSON)
  }

  @Test func `keeps a text that is not too long, and none of a longer one`() throws {
    let context = try Self.context(#"{"a":1}"#)
    var (kept, left) = (ContextDigest(), ContextDigest())
    while kept.step(context, keeping: 7) {}
    while left.step(context, keeping: 6) {}
    #expect(kept.text == Array(#"{"a":1}"#.utf8))
    #expect(left.text == nil)
    #expect(left.byteCount == 7)
    #expect(
      kept.value.map { Hexadecimal.text($0.span) } == left.value.map { Hexadecimal.text($0.span) })
  }

  @Test func `is used again without a trace of the last context`() throws {
    let large = try Self.context(#"{"a":"\#(String(repeating: "x", count: 100_000))"}"#)
    let small = try Self.context(#"{"a":1}"#)
    var digest = ContextDigest()
    while digest.step(large) {}
    for context in [small, large, small] {
      digest.removeAll()
      #expect(!digest.isWhole)
      while digest.step(context, keeping: 10) {}
      #expect(
        digest.value.map { Hexadecimal.text($0.span) } == (try Self.digest(context)))
    }
  }

  /// The largest texts, names and numbers of values that there may be.
  @Test(
    arguments: [
      #"{"a":"\#(String(repeating: "\\u0001", count: 40_000))"}"#,
      #"{"\#(String(repeating: "n", count: 250_000))":1}"#,
      "{\(String(repeating: " ", count: 10))\"a\":[\(String(repeating: "[],", count: 9998))1]}",
      "{" + (0..<9999).map { "\"\u{E000}\(20000 - $0)\":0" }.joined(separator: ",") + "}",
    ])
  func `of a huge context is made in steps, none of which writes much`(json: String) throws {
    let context = try Self.context(json)
    try #require(context.violation == nil)
    var digest = ContextDigest()
    var before = 0
    while digest.step(context) {
      #expect(digest.byteCount - before <= 16 << 10)
      before = digest.byteCount
    }
    #expect(digest.byteCount > 20_000)
  }
}
