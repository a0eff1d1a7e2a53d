import SmartFlowMessages
import TestSupport
import Testing

@Suite struct `A UUID's text` {
  @Test func `has five groups of the digits of its bytes`() {
    var generator = SeededGenerator(state: 7)
    for _ in 0..<200 {
      var bytes = [16 of UInt8](repeating: 0)
      for index in 0..<16 { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
      var expected = ""
      for index in 0..<16 {
        if [4, 6, 8, 10].contains(index) { expected += "-" }
        expected += String(bytes[index] >> 4, radix: 16) + String(bytes[index] & 15, radix: 16)
      }
      var text = Array("x".utf8)
      UUIDText.append(bytes, to: &text)
      #expect(String(decoding: text, as: UTF8.self) == "x" + expected)
    }
  }
}
