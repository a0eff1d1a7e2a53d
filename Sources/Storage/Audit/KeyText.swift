internal import Hashes
internal import UnixSocket

/// Keys as text: a line that says what it is, and one of digits.
enum KeyText {
  private static let longestFile = 256

  static func text(_ bytes: [UInt8], _ label: String) -> [UInt8] {
    Array("\(label)\(Hexadecimal.text(bytes.span))\n".utf8)
  }

  /// The 32 bytes of a key, where the text is one of this kind.
  static func parse(_ text: [UInt8], _ label: String) -> [UInt8]? {
    var scanner = AuditScanner(text[...])
    guard scanner.take(label), let digits = scanner.hexadecimal(64), scanner.take("\n"),
      scanner.isAtEnd
    else { return nil }
    return bytes(of: digits)
  }

  static func read(_ path: String) throws(AuditError) -> [UInt8] {
    do throws(SystemError) {
      var text: [UInt8] = []
      try Descriptor.open(path, .read).read(at: 0, count: longestFile, into: &text)
      return text
    } catch {
      throw .system(error)
    }
  }

  /// Bytes of lower-case digits, which were checked to be some.
  static func bytes(of digits: [UInt8]) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    func value(_ digit: UInt8) -> UInt8 {
      digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
    }
    return stride(from: 0, to: digits.count, by: 2).map {
      value(digits[$0]) << 4 | value(digits[$0 + 1])
    }
  }
}
