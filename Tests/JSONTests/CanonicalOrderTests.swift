import JSON
import TestSupport
import Testing

@Suite struct `An object of many names` {
  /// Names that differ early, late, or only in what UTF-16 and UTF-8 put in another order.
  private func names(_ count: Int, seed: UInt64) -> [String] {
    var generator = SeededGenerator(seed: seed)
    let letters = [
      "", "a", "b", "\0", "\u{7F}", "\u{E9}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}",
      "\u{FFFD}", "\u{FFFF}", "\u{10000}", "\u{1F600}", "\u{10FFFF}", "long-common-beginning-",
    ]
    var names: Set<[UInt8]> = []
    while names.count < count {
      let length = Int.random(in: 0...9, using: &generator)
      let text = (0..<length).map { _ in letters.randomElement(using: &generator) ?? "" }.joined()
      names.insert(Array(text.utf8))
    }
    return names.map { String(decoding: $0, as: UTF8.self) }.shuffled(using: &generator)
  }

  private func object(_ names: [String]) -> JSONValue {
    .object(JSONObject(names.enumerated().map { ($1, .number(Double($0))) }))
  }

  private func expected(_ names: [String]) -> [UInt8] {
    let sorted = names.enumerated().sorted {
      $0.element.utf16.lexicographicallyPrecedes($1.element.utf16)
    }
    var output: [UInt8] = [UInt8(ascii: "{")]
    for (offset, name) in sorted.enumerated() {
      if offset > 0 { output.append(UInt8(ascii: ",")) }
      JSONWriter.appendString(name.element, to: &output)
      output += Array(":\(name.offset)".utf8)
    }
    return output + [UInt8(ascii: "}")]
  }

  @Test(arguments: [2, 3, 13, 16, 17, 64, 1000, 5000])
  func `is written in the order of its names' UTF-16`(count: Int) {
    for seed in 1...3 {
      let names = names(count, seed: UInt64(seed))
      let value = object(names)
      let expected = expected(names)
      var whole: [UInt8] = []
      JSONWriter.appendCanonical(value, to: &whole)
      #expect(whole == expected)
      var writing = CanonicalWriting(value)
      while writing.step(values: 7) {}
      #expect(writing.bytes == expected)
    }
  }

  @Test func `is put in order in as many steps as it takes comparisons`() {
    let count = 20_000
    let value = object((0..<count).map { "n\($0 &* 7919 % count)" })
    var writing = CanonicalWriting(value)
    var steps = 0
    while writing.bytes.count < 2 {
      let isMore = writing.step(values: 64)
      #expect(isMore)
      steps += 1
    }
    // Taking the names, and fifteen passes over them.
    #expect(steps > 16 * count / 64)
  }

  @Test func `with names that begin alike takes a step for a few of them`() {
    let beginning = String(repeating: "x", count: 20_000)
    let value = object((0..<40).reversed().map { "\(beginning)\(10 + $0)" })
    var writing = CanonicalWriting(value)
    var steps = 0
    while writing.bytes.count < 2 {
      let isMore = writing.step(values: 64)
      #expect(isMore)
      steps += 1
    }
    #expect(steps > 40)
  }

  @Test func `finds each of them, and none that is not there`() {
    let names = names(3000, seed: 9)
    var object = JSONObject(names.enumerated().map { ($1, .number(Double($0))) })
    #expect(names.enumerated().allSatisfy { object.index(of: $1) == $0 })
    #expect(object["not there"] == nil)
    object[names[7]] = nil
    #expect(object.index(of: names[7]) == nil)
    #expect(object[names[8]] == .number(8))
  }

  @Test(arguments: [0, 23, 24, 25, 2999])
  func `that comes twice is refused at its place`(place: Int) {
    var members = (0..<3000).map { "\"k\($0)\":1" }
    members.append("\"k\(place)\":2")
    let text = Array("{\(members.joined(separator: ","))}".utf8)
    let error = #expect(throws: JSONError.self) { try JSONParser.parse(text.span.bytes) }
    #expect(error?.code == .duplicateKey("k\(place)"))
  }
}

@Suite struct `A list that is sorted in steps` {
  @Test(arguments: [0, 1, 2, 3, 7, 64, 1000])
  func `is in order at the end, what is equal in its own`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count) + 1)
    let elements = (0..<count).map {
      (key: Int.random(in: 0...count / 3, using: &generator), place: $0)
    }
    let expected = elements.sorted { ($0.key, $0.place) < ($1.key, $1.place) }
    for budget in [1, 3, 1000] {
      var sort = SteppedSort(elements)
      while true {
        var left = budget
        guard sort.step(&left, by: { left, right, _ in left.key < right.key }) else { break }
      }
      #expect(sort.elements.map(\.key) == expected.map(\.key))
      #expect(sort.elements.map(\.place) == expected.map(\.place))
    }
  }
}
