internal import Hashes
internal import NumberText

/// Functions of texts.
enum TextFunctions {
  @Sendable static func length(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let argument = arguments[0]
    if argument.kind == .list { return Cell(Double(argument.count)) }
    let text = memory.text(argument)
    output.fuel += FuelCost.bytes(text.count)
    var scalars = 0
    for index in text.indices where text[index] & 0xC0 != 0x80 { scalars += 1 }
    return Cell(Double(scalars))
  }

  @Sendable static func lower(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    try mapped(memory.text(arguments[0]), &output) { $0.properties.lowercaseMapping }
  }

  @Sendable static func upper(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    try mapped(memory.text(arguments[0]), &output) { $0.properties.uppercaseMapping }
  }

  /// Maps each scalar by Unicode's full mapping, which depends on no language and no neighbours.
  private static func mapped(
    _ text: Span<UInt8>, _ output: inout FunctionOutput, _ mapping: (Unicode.Scalar) -> String
  ) throws(Fault) -> Cell {
    output.fuel += FuelCost.slowBytes(text.count)
    let isLower = mapping("A") == "a"
    var position = 0
    while position < text.count {
      let byte = text[position]
      if byte < 0x80 {
        output.bytes.append(isLower ? asciiLower(byte) : asciiUpper(byte))
        position += 1
      } else {
        let (scalar, length) = scalar(at: position, in: text)
        output.bytes.append(contentsOf: mapping(scalar).utf8)
        position += length
      }
      guard output.bytes.count <= Limits.textBytes else { throw .textTooLong }
    }
    return FunctionOutput.made
  }

  private static func asciiLower(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 32 : byte
  }

  private static func asciiUpper(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
  }

  /// The scalar that begins at `position` of a valid text, which is not ASCII.
  private static func scalar(at position: Int, in text: Span<UInt8>) -> (Unicode.Scalar, Int) {
    let first = UInt32(text[position])
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = first & (0x7F >> UInt32(length))
    for offset in 1..<length where position + offset < text.count {
      value = value << 6 | UInt32(text[position + offset] & 0x3F)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  @Sendable static func trim(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let cell = arguments[0]
    let trimmed = trimmed(memory.text(cell))
    output.fuel += FuelCost.bytes(cell.count - trimmed.count)
    return Cell(
      .text, offset: cell.offset + trimmed.lowerBound, count: trimmed.count, in: cell.region)
  }

  /// What is left of a text without white space at both ends.
  private static func trimmed(_ text: Span<UInt8>) -> Range<Int> {
    var start = 0
    while true {
      let length = WhiteSpace.length(at: start, in: text)
      if length == 0 { break }
      start += length
    }
    var end = text.count
    while end > start {
      var last = end - 1
      while last > start, text[last] & 0xC0 == 0x80 { last -= 1 }
      guard WhiteSpace.length(at: last, in: text) == end - last else { break }
      end = last
    }
    return start..<end
  }

  @Sendable static func contains(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let text = memory.text(arguments[0])
    let part = memory.text(arguments[1])
    output.fuel += FuelCost.bytes(2 * text.count + 3 * part.count)
    return Cell(TextSearch.contains(text, part))
  }

  @Sendable static func startsWith(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let part = memory.text(arguments[1])
    output.fuel += FuelCost.bytes(part.count)
    return Cell(ByteOrder.hasPrefix(memory.text(arguments[0]), part))
  }

  @Sendable static func endsWith(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let text = memory.text(arguments[0])
    let part = memory.text(arguments[1])
    output.fuel += FuelCost.bytes(part.count)
    guard text.count >= part.count else { return Cell(false) }
    return Cell(ByteOrder.equal(text.extracting((text.count - part.count)...), part))
  }

  @Sendable static func number(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let argument = arguments[0]
    if argument.kind == .number { return argument }
    let text = memory.text(argument)
    output.fuel += FuelCost.slowBytes(text.count)
    guard let number = DecimalText.number(text.extracting(trimmed(text))) else {
      throw .unexpectedType(
        operand: 0, expected: "decimal number in a text, such as \"-1.5\"", received: .text)
    }
    return Cell(number)
  }

  @Sendable static func text(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let argument = arguments[0]
    if argument.kind == .text { return argument }
    ECMAScriptNumber.append(argument.number, to: &output.bytes)
    return FunctionOutput.made
  }

  /// The first eight bytes of the text's SHA-256, as a fraction.
  ///
  /// Rounded to the nearest double as any division would, and kept below one.
  @Sendable static func bucket(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let text = memory.text(arguments[0])
    output.fuel += FuelCost.slowBytes(text.count)
    let digest = SHA256.digest(of: text.raw)
    var leading: UInt64 = 0
    for index in 0..<8 { leading = leading << 8 | UInt64(digest[index]) }
    return Cell(min(Double(leading) * 0x1p-64, 1.0.nextDown))
  }
}

/// Decimal numbers in texts.
enum DecimalText {
  /// An optional sign, digits, an optional fraction and an optional exponent; nothing else, and no infinity.
  static func number(_ text: Span<UInt8>) -> Double? {
    var position = 0
    func isDigit(_ position: Int) -> Bool {
      position < text.count && text[position] >= UInt8(ascii: "0")
        && text[position] <= UInt8(ascii: "9")
    }
    func isSign(_ position: Int) -> Bool {
      position < text.count
        && (text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+"))
    }
    if isSign(position) { position += 1 }
    guard isDigit(position) else { return nil }
    while isDigit(position) { position += 1 }
    if position < text.count, text[position] == UInt8(ascii: ".") {
      position += 1
      guard isDigit(position) else { return nil }
      while isDigit(position) { position += 1 }
    }
    if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if isSign(position) { position += 1 }
      guard isDigit(position) else { return nil }
      while isDigit(position) { position += 1 }
    }
    guard position == text.count, let number = Double(String(copying: text)), number.isFinite else {
      return nil
    }
    return number
  }
}
