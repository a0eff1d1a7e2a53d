import Foundation
import NumberText
import TestSupport
import Testing

@Suite struct `A number's text` {
  private struct Line: Decodable {
    var bits: String
    var text: String
  }

  @Test func `is what V8 writes, for every vector`() throws {
    let lines = try Project.lines(of: Project.file("Tests/NumberTextTests/Vectors/numbers.ndjson"))
    #expect(lines.count == 1500)
    var passed = 0
    for line in lines {
      let vector = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      let bits = try #require(UInt64(vector.bits, radix: 16))
      let text = ECMAScriptNumber.text(Double(bitPattern: bits))
      #expect(text == vector.text)
      passed += text == vector.text ? 1 : 0
    }
    print("numbers: \(passed) of \(lines.count) hold")
  }

  @Test func `reads back as the same number, for 20,000 random ones`() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite, value != 0 else { continue }
      let read = Double(ECMAScriptNumber.text(value))
      #expect(read?.bitPattern == value.bitPattern, "\(value)")
    }
  }

  @Test(arguments: [
    (Double.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity"), (-0.0, "0"),
  ])
  func `has words for what has no digits`(value: Double, text: String) {
    #expect(ECMAScriptNumber.text(value) == text)
  }
}
