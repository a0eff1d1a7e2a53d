import Hashes
import Testing

@Suite struct `Hexadecimal text` {
  @Test func `has two lower-case digits for each byte, however many there are`() {
    for count in 0...70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      let digits = Array("0123456789abcdef".utf8)
      let expected = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
      var text: [UInt8] = [1, 2]
      Hexadecimal.append(bytes.span, to: &text)
      #expect(text == [1, 2] + expected)
    }
  }

  @Test func `tells all bytes apart`() {
    let texts = (0...255).map { Hexadecimal.text([UInt8($0)].span) }
    #expect(texts.map { UInt8($0, radix: 16).map(Int.init) } == Array(0...255))
  }
}
