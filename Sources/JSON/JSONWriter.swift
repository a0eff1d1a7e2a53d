internal import NumberText

/// Writes JSON.
public enum JSONWriter {
  /// Appends a value on one line, members in their own order.
  public static func append(_ value: JSONValue, to output: inout [UInt8]) {
    write(value, style: .compact, depth: 0, to: &output)
  }

  /// Appends a value as RFC 8785 wants it: members sorted by UTF-16, nothing between.
  public static func appendCanonical(_ value: JSONValue, to output: inout [UInt8]) {
    write(value, style: .canonical, depth: 0, to: &output)
  }

  /// Appends a value over several lines, for people.
  public static func appendPretty(_ value: JSONValue, to output: inout [UInt8]) {
    write(value, style: .pretty, depth: 0, to: &output)
  }

  /// Appends a text in quotes, with the escapes of RFC 8785.
  public static func appendString(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    appendEscaped(text.utf8.span, to: &output)
    output.append(UInt8(ascii: "\""))
  }

  private enum Style {
    case compact
    case canonical
    case pretty
  }

  // Recursion is as deep as the value, which a parser's limit or a program's own hand has bounded.
  private static func write(
    _ value: JSONValue, style: Style, depth: Int, to output: inout [UInt8]
  ) {
    switch value {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let number): ECMAScriptNumber.append(number, to: &output)
    case .string(let text): appendString(text, to: &output)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        separate(index, style, depth + 1, to: &output)
        write(element, style: style, depth: depth + 1, to: &output)
      }
      if !elements.isEmpty { breakLine(style, depth, to: &output) }
      output.append(UInt8(ascii: "]"))
    case .object(let object):
      output.append(UInt8(ascii: "{"))
      for (index, position) in order(of: object, style).enumerated() {
        separate(index, style, depth + 1, to: &output)
        appendString(object[position].key, to: &output)
        output.append(UInt8(ascii: ":"))
        if style == .pretty { output.append(UInt8(ascii: " ")) }
        write(object[position].value, style: style, depth: depth + 1, to: &output)
      }
      if !object.isEmpty { breakLine(style, depth, to: &output) }
      output.append(UInt8(ascii: "}"))
    }
  }

  private static func order(of object: JSONObject, _ style: Style) -> [Int] {
    style == .canonical ? CanonicalOrder.whole(object) : Array(object.indices)
  }

  private static func separate(
    _ index: Int, _ style: Style, _ depth: Int, to output: inout [UInt8]
  ) {
    if index > 0 { output.append(UInt8(ascii: ",")) }
    breakLine(style, depth, to: &output)
  }

  private static func breakLine(_ style: Style, _ depth: Int, to output: inout [UInt8]) {
    guard style == .pretty else { return }
    output.append(0x0A)
    for _ in 0..<depth { output.append(contentsOf: "  ".utf8) }
  }

  /// Appends a part of a text, with the escapes of RFC 8785.
  public static func appendEscaped(_ units: Span<UInt8>, to output: inout [UInt8]) {
    // Nearly all stand for themselves; what lies between two that do not is copied in one piece.
    // Safe: the units are read during the call only, and all bounds are below their count.
    unsafe units.withUnsafeBufferPointer { units in
      var start = 0
      while true {
        let end = unsafe plainEnd(of: units, from: start)
        unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: units[start..<end]))
        guard end < units.count else { return }
        unsafe appendEscaped(units[end], to: &output)
        start = end + 1
      }
    }
  }

  /// Where what stands for itself ends, looked for eight units at a time.
  private static func plainEnd(of units: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    // Safe: every load ends inside the units.
    let bytes = UnsafeRawBufferPointer(units)
    var at = start
    while at + 8 <= bytes.count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      if EscapedUnits.marks(word) != 0 { break }
      at += 8
    }
    if at + 8 > bytes.count, at > start {
      // The last eight: some were looked at already.
      let last = unsafe bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
      if EscapedUnits.marks(last) == 0 { return bytes.count }
    }
    while at < bytes.count, unsafe !isEscaped(bytes[at]) { at += 1 }
    return at
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
    let short: UInt8
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): short = byte
    case 0x08: short = UInt8(ascii: "b")
    case 0x09: short = UInt8(ascii: "t")
    case 0x0A: short = UInt8(ascii: "n")
    case 0x0C: short = UInt8(ascii: "f")
    case 0x0D: short = UInt8(ascii: "r")
    case 0..<0x20:
      output.append(contentsOf: "\\u00".utf8)
      output.append(UInt8(ascii: "0") + byte >> 4)
      let low = byte & 15
      output.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
      return
    default: return output.append(byte)
    }
    output.append(UInt8(ascii: "\\"))
    output.append(short)
  }
}
