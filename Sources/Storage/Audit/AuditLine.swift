internal import JSON

/// A line of a segment, read.
struct AuditLine {
  enum Form {
    case opening(AuditOpening)
    case record(AuditRecordLine)
    case seal(AuditSeal)
    case malformed
  }

  let form: Form
  let range: Range<Int>
  let hash: AuditHash

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    let line = bytes[range]
    self.range = range
    hash = AuditHash(of: line)
    // A record is known by its beginning; two lines that have become one begin as the first of them.
    form =
      if let record = AuditRecordLine(parsing: line), Self.wholeness(of: line) == .whole {
        .record(record)
      } else if let seal = AuditSeal(parsing: line) {
        .seal(seal)
      } else if let opening = AuditOpening(parsing: line) {
        .opening(opening)
      } else {
        .malformed
      }
  }

  /// The hash that the line says is that of the one before.
  var previous: AuditHash? {
    switch form {
    case .opening(let opening): opening.previous
    case .record(let record): record.previous
    case .seal(let seal): seal.previous
    case .malformed: nil
    }
  }

  /// What bytes are, as JSON.
  enum Wholeness {
    case whole
    /// One could write on and have a value.
    case beginning
    case neither
  }

  static func wholeness(of line: ArraySlice<UInt8>) -> Wholeness {
    do throws(JSONError) {
      _ = unsafe try JSONParser.parse(line.span.bytes)
      return .whole
    } catch {
      return error.code == .unexpectedEnd ? .beginning : .neither
    }
  }
}
