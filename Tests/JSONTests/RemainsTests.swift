import JSON
import Testing

@Suite struct `What is left of JSON` {
  private func steps(_ remains: JSONRemains, values: Int = 10) -> Int {
    var remains = remains
    var steps = 1
    while remains.step(values: values) { steps += 1 }
    #expect(remains.isEmpty)
    return steps
  }

  private func value(_ text: String) throws -> JSONValue {
    try JSONParser.parse(Array(text.utf8).span.bytes)
  }

  @Test(arguments: [
    "[" + [String](repeating: "[1]", count: 1000).joined(separator: ",") + "]",
    "{\"a\":[" + [String](repeating: "{\"b\":[]}", count: 1000).joined(separator: ",") + "]}",
    String(repeating: "[1,", count: 500) + "1" + String(repeating: "]", count: 500),
  ])
  func `is given back in as many steps as it has values`(text: String) throws {
    let value = try value(text)
    let values = text.utf8.count { $0 == UInt8(ascii: "1") || $0 == UInt8(ascii: "[") }
    #expect((values / 11...values / 8 + 110).contains(steps(JSONRemains(of: value))))
  }

  @Test func `of a value that is still used leaves it as it is`() throws {
    let text = #"{"a":[1,{"b":[2,3]}],"c":"d"}"#
    let kept = try value(text)
    #expect(steps(JSONRemains(of: kept)) == 1)
    #expect(try kept == value(text))
  }

  @Test func `is nothing of a value that holds no others`() {
    #expect(JSONRemains(of: .string("a")).isEmpty)
  }

  @Test func `of a reading that stopped on its way is all that was read`() throws {
    let text = "[[" + [String](repeating: "[1]", count: 1000).joined(separator: ",")
    var reading = JSONReading(Array(text.utf8), limits: .standard)
    #expect(throws: JSONError.self) { while try reading.step(events: 100) {} }
    var again = JSONReading(Array(text.utf8), limits: .standard)
    for _ in 0..<20 {
      let isMore = try again.step(events: 100)
      #expect(isMore)
    }
    let remains = again.remains()
    #expect(steps(remains) > 50)
  }
}

@Suite struct `A long text` {
  @Test func `is written in steps`() {
    let text = String(repeating: "ab\"\u{1}\u{E9}", count: 20_000)
    var whole: [UInt8] = []
    JSONWriter.appendCanonical(.array([.string(text)]), to: &whole)
    var writing = CanonicalWriting(.array([.string(text)]))
    var steps = 1
    while writing.step(values: 1) { steps += 1 }
    #expect(writing.bytes == whole)
    #expect(steps > 20)
  }
}
