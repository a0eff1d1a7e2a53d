/// Why bytes are not a JSON text, and where.
public struct JSONError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Code: Equatable, Sendable {
    /// There is nothing but white space.
    case empty
    /// The text ends inside a value.
    case unexpectedEnd
    /// Something else is wanted here.
    case unexpectedByte(UInt8, expected: String)
    /// There is more behind the value.
    case trailingBytes
    /// The text begins with a byte order mark.
    case byteOrderMark
    /// Bytes are not UTF-8.
    case invalidUTF8
    /// A control character stands in a text unescaped.
    case controlCharacter(UInt8)
    /// A backslash with something behind it that is no escape.
    case invalidEscape
    /// Half of a surrogate pair.
    case loneSurrogate
    /// A number is not written as JSON wants it.
    case invalidNumber
    /// A number is beyond what a double holds.
    case numberOutOfRange
    /// A key stands twice in one object.
    case duplicateKey(String)
    /// The text is too long.
    case tooLong(limit: Int)
    /// Lists and objects are nested too deep.
    case tooDeep(limit: Int)
    /// There are too many values.
    case tooManyValues(limit: Int)
    /// A key is too long.
    case nameTooLong(limit: Int)
  }

  /// What is wrong.
  public var code: Code
  /// Where, in bytes from the beginning.
  public var offset: Int
  /// The line, from 1.
  public var line: Int
  /// The character in the line, from 1, in Unicode scalars.
  public var column: Int

  /// Makes an error of its parts.
  public init(code: Code, offset: Int, line: Int, column: Int) {
    self.code = code
    self.offset = offset
    self.line = line
    self.column = column
  }
}

extension JSONError: CustomStringConvertible {
  /// One sentence with the place and the remedy.
  public var description: String { "\(reason) at line \(line), column \(column)" }

  /// What is wrong, without the place.
  public var reason: String {
    switch code {
    case .empty: "there is no value"
    case .unexpectedEnd: "the text ends inside a value"
    case .unexpectedByte(let byte, let expected):
      "expected \(expected), found \(Self.name(of: byte))"
    case .trailingBytes: "there is more behind the value; a text holds one"
    case .byteOrderMark: "the text begins with a byte order mark; leave it out"
    case .invalidUTF8: "bytes are not UTF-8"
    case .controlCharacter(let byte):
      "a text holds \(Self.name(of: byte)); write it as an escape"
    case .invalidEscape:
      "a backslash is followed by no escape of JSON; write `\\\\` for a backslash"
    case .loneSurrogate: "half of a surrogate pair stands alone"
    case .invalidNumber: "a number is not as JSON writes it"
    case .numberOutOfRange: "a number is beyond what a double holds"
    case .duplicateKey(let key): "key `\(key)` stands there twice; keep one of them"
    case .tooLong(let limit): "the text is over the limit of \(limit) bytes"
    case .tooDeep(let limit): "lists and objects are nested more than \(limit) deep"
    case .tooManyValues(let limit): "there are more than \(limit) values"
    case .nameTooLong(let limit): "a key is over the limit of \(limit) bytes"
    }
  }

  private static func name(of byte: UInt8) -> String {
    guard byte > 0x20, byte < 0x7F else {
      let digits = String(byte, radix: 16, uppercase: true)
      return "byte 0x" + (digits.count < 2 ? "0" : "") + digits
    }
    return "`\(Character(Unicode.Scalar(byte)))`"
  }
}
