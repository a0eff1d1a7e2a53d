import NumberText
import Testing

@Suite struct `A whole number's text` {
  private static let numbers: [UInt64] =
    (0..<20).flatMap { exponent -> [UInt64] in
      let power = (0..<exponent).reduce(UInt64(1)) { power, _ in power * 10 }
      return [power - 1, power, power + 1]
    } + [.max]

  @Test(arguments: numbers) func `has the digits that Swift gives it`(number: UInt64) {
    var text = Array("x".utf8)
    WholeNumber.append(number, to: &text)
    #expect(String(decoding: text, as: UTF8.self) == "x\(number)")
  }

  @Test(arguments: [0, 7, -7, .max, .min]) func `has a sign where it is negative`(number: Int) {
    var text: [UInt8] = []
    WholeNumber.append(number, to: &text)
    #expect(String(decoding: text, as: UTF8.self) == "\(number)")
  }
}
