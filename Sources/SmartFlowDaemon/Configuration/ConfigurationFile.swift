internal import Glibc
internal import JSON
internal import UnixSocket

/// A configuration as it stands in a file: one JSON object, and notes from `//` to the end of a line.
struct ConfigurationFile {
  /// A key, its value, and where the value begins.
  struct Member {
    var key: String
    var value: JSONValue
    var position: JSONPosition
  }

  private(set) var members: [Member] = []
  /// What is wrong with it, as far as it could be read.
  private(set) var flaws: [ConfigurationFlaw] = []
  private let path: String

  /// Some hundred times what all settings take; a file that is longer is another one.
  static let byteCount = 64 << 10
  private static let limits = JSONLimits(byteCount: byteCount, nesting: 3, values: 10_000)
  /// DEL, which no key of ours has; keys that begin with it were complained of.
  private static let deleted: UInt8 = 0x7F

  /// Reads a file; what is wrong is in ``flaws``.
  init(path: String) {
    self.path = path
    do throws(ConfigurationFlaw.Reason) {
      take(try Self.bytes(of: path))
    } catch {
      flaws.append(ConfigurationFlaw(origin: .file(path, nil), reason: error))
    }
  }

  /// Reads text that was in a file.
  init(path: String, bytes: [UInt8]) {
    self.path = path
    take(bytes)
  }

  private mutating func take(_ source: [UInt8]) {
    var bytes = source
    Self.blankNotes(in: &bytes)
    guard let value = parse(&bytes) else { return }
    guard case .object(let object) = value else {
      return complain(.notAnObject(value.typeName), line: 1, column: 1)
    }
    for (key, value) in object where key.utf8.first != Self.deleted {
      // Safe: bytes of any content are bytes.
      let position = unsafe JSONParser.position(
        of: JSONPointer().appending(key), in: bytes.span.bytes)
      members.append(
        Member(key: key, value: value, position: position ?? JSONPosition(line: 1, column: 1)))
    }
  }

  /// The value, once every key that stands there twice has been complained of.
  private mutating func parse(_ bytes: inout [UInt8]) -> JSONValue? {
    while true {
      do throws(JSONError) {
        // Safe: bytes of any content are bytes.
        return unsafe try JSONParser.parse(bytes.span.bytes, limits: Self.limits)
      } catch {
        if case .duplicateKey(let key) = error.code {
          if key.utf8.first != Self.deleted {
            complain(.duplicateKey(key), line: error.line, column: error.column)
          }
          // Renamed where it stands, so that what comes behind it can be looked at too, and places stay.
          if Self.rename(keyAt: error.offset, in: &bytes) { continue }
          return nil
        }
        let reason = ConfigurationFlaw.Reason.notJSON(error.reason)
        complain(reason, line: error.line, column: error.column)
        return nil
      }
    }
  }

  /// Makes the key's first character that is not yet DEL one.
  ///
  /// - Returns: Whether there was one that could be.
  private static func rename(keyAt offset: Int, in bytes: inout [UInt8]) -> Bool {
    var place = offset + 1
    while place < bytes.count, bytes[place] == deleted { place += 1 }
    guard place < bytes.count, bytes[place] < 0x80, bytes[place] != UInt8(ascii: "\""),
      bytes[place] != UInt8(ascii: "\\")
    else { return false }
    bytes[place] = deleted
    return true
  }

  /// Makes notes spaces, so that the strict parser sees none and places stay what they are.
  private static func blankNotes(in bytes: inout [UInt8]) {
    let slash = UInt8(ascii: "/")
    var isInText = false
    var place = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""): isInText.toggle()
      case UInt8(ascii: "\\") where isInText: place += 1
      // A text ends with its line at the latest; the parser says what is wrong.
      case 0x0A: isInText = false
      case slash where !isInText && place + 1 < bytes.count && bytes[place + 1] == slash:
        while place < bytes.count, bytes[place] != 0x0A {
          bytes[place] = 0x20
          place += 1
        }
        continue
      default: break
      }
      place += 1
    }
  }

  private mutating func complain(_ reason: ConfigurationFlaw.Reason, line: Int, column: Int) {
    let place = JSONPosition(line: line, column: column)
    flaws.append(ConfigurationFlaw(origin: .file(path, place), reason: reason))
  }

  /// All of the file; symbolic links are followed, as those who lay configurations out use them.
  private static func bytes(of path: String) throws(ConfigurationFlaw.Reason) -> [UInt8] {
    // Safe: the path is read during the call only. A pipe without a writer must not hold up the start.
    let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard number >= 0 else { throw .unreadable(SystemError(call: "open", code: errno)) }
    let file = Descriptor(owning: number)
    var status = stat()
    // Safe: the structure is written during the call only.
    guard unsafe fstat(number, &status) == 0 else {
      throw .unreadable(SystemError(call: "fstat", code: errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      switch file.read(into: &chunk) {
      case .bytes(let count):
        bytes += chunk[..<count]
        guard bytes.count <= byteCount else { throw .tooLong(limit: byteCount) }
      case .closed: return bytes
      case .wouldBlock: throw .notAFile
      case .failed(let code): throw .unreadable(SystemError(call: "read", code: code))
      }
    }
  }
}
