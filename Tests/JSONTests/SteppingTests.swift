import JSON
import Testing

/// Texts of all kinds, some of them wrong at every place that a text can be wrong at.
private let texts: [String] = [
  "null", " true ", "-1.5e3", #""""#, #""a\u00e9\n""#, "[]", "{}", "[[[]]]",
  #"{"a":{"b":[1,2,{"c":null}],"d":"\ud83d\ude00"},"e":[]}"#,
  #"{"b":1,"a":2,"é":3,"\ud83d\ude00":4,"":5}"#,
  "", " ", "[", "[1", "[1,", "[1,]", "{", #"{"a"#, #"{"a""#, #"{"a":"#, #"{"a":1"#, #"{"a":1,}"#,
  "1 2",
  #"{"a":1,"a":2}"#, #"{"a":{"b":1},"b":{"b":1,"b":2}}"#, "tru", "nulls", "01", "1e999",
  #""\ud800""#,
  "[1}", "{1:2}", "\"\u{1}\"", #"["\x"]"#, "[[[[[[[[[]]]]]]]]]",
  #"{"\#(String(repeating: "k", count: 5000))":"\#(String(repeating: "v", count: 5000))","z":[1]}"#,
  // Escapes, more than are resolved at once: in a text, in a key, in a key that is there twice, and one that is wrong.
  #"["\#(escapes)",1]"#, #"{"\#(escapes)":[1],"b":2}"#, #"["\#(escapes)\ud800"]"#,
  #"{"a":{"\#(half)":1,"\#(half)":1}}"#, #"["\#(escapes)"#, #"["\#(escapes)é\#("\u{1}")"]"#,
]
private let escapes = String(repeating: #"\n\u00e9é\ud83d\ude00"#, count: 700)
private let half = String(repeating: #"\u0061"#, count: 1500)
private let limits = JSONLimits(byteCount: 24_000, nesting: 8, values: 60)

@Suite struct `A text that is read in steps` {
  private func stepped(_ text: String, _ events: Int) throws(JSONError) -> JSONValue? {
    var reading = JSONReading(Array(text.utf8), limits: limits)
    var steps = 0
    while try reading.step(events: events) {
      #expect(reading.value == nil)
      steps += 1
      guard steps < 30_000 else { return nil }
    }
    return reading.value
  }

  @Test(arguments: texts + ["[" + String(repeating: "1,", count: 60) + "1]"])
  func `is the value, or the mistake, that it is when read at once`(text: String) {
    let bytes = Array(text.utf8)
    let whole = Result { () throws(JSONError) in
      try JSONParser.parse(bytes.span.bytes, limits: limits)
    }
    for events in [1, 2, 3, 7, 1000] {
      let steps = Result { () throws(JSONError) in try stepped(text, events) }
      switch (whole, steps) {
      case (.success(let value), .success(let stepped)): #expect(stepped == value)
      case (.failure(let error), .failure(let stepped)): #expect(stepped == error)
      default: Issue.record("\(text) by \(events): \(steps), not \(whole)")
      }
    }
  }

  @Test func `of one text of escapes takes as many steps as that is long`() throws {
    let text = "[\"" + String(repeating: "\\n", count: 200_000) + "\"]"
    var reading = JSONReading(Array(text.utf8), limits: .standard)
    var steps = 1
    while try reading.step(events: 64) { steps += 1 }
    #expect((40...60).contains(steps))
    guard case .array(let elements)? = reading.value, case .string(let read)? = elements.first
    else {
      Issue.record("no text")
      return
    }
    #expect(read == String(repeating: "\n", count: 200_000))
  }

  @Test func `takes as many steps as it is long`() throws {
    let text = "[" + [String](repeating: "[]", count: 25).joined(separator: ",") + "]"
    var reading = JSONReading(Array(text.utf8), limits: limits)
    var steps = 1
    while try reading.step(events: 4) { steps += 1 }
    #expect((12...16).contains(steps))
    #expect(try !reading.step(events: 4))
  }
}

@Suite struct `A value that is written in steps` {
  @Test(arguments: texts)
  func `comes to the bytes that it comes to when written at once`(text: String) throws {
    let bytes = Array(text.utf8)
    guard let value = try? JSONParser.parse(bytes.span.bytes, limits: limits) else { return }
    var whole: [UInt8] = []
    JSONWriter.appendCanonical(value, to: &whole)
    for values in [1, 2, 5, 1000] {
      var writing = CanonicalWriting(value)
      while writing.step(values: values) {}
      #expect(writing.bytes == whole)
    }
  }
}
