/// Protobuf's wire format, written in place.
///
/// As proto3 has it, a field that holds its type's default is not written.
enum Wire {
  /// Where a nested message began.
  struct Mark {
    var start: Int
    /// Bytes kept free for the length before `start`.
    var reserved: Int
  }

  static func varint(_ value: UInt64, to output: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(truncatingIfNeeded: rest))
  }

  static func varintBytes(_ value: UInt64) -> Int {
    max(1, (64 - value.leadingZeroBitCount + 6) / 7)
  }

  static func tag(_ field: UInt32, _ type: UInt32, to output: inout [UInt8]) {
    varint(UInt64(field << 3 | type), to: &output)
  }

  static func integer(_ field: UInt32, _ value: UInt64, to output: inout [UInt8]) {
    guard value != 0 else { return }
    tag(field, 0, to: &output)
    varint(value, to: &output)
  }

  /// Writes an `int32`, `int64` or enum; negative ones take ten bytes, as the format has it.
  static func integer(_ field: UInt32, signed value: Int64, to output: inout [UInt8]) {
    integer(field, UInt64(bitPattern: value), to: &output)
  }

  static func logical(_ field: UInt32, _ value: Bool, to output: inout [UInt8]) {
    integer(field, value ? 1 : 0, to: &output)
  }

  /// Writes a double; a negative zero is not the default.
  static func double(_ field: UInt32, _ value: Double, to output: inout [UInt8]) {
    guard value.bitPattern != 0 else { return }
    presentDouble(field, value, to: &output)
  }

  /// Writes a double of a one-of, where zero is a value too.
  static func presentDouble(_ field: UInt32, _ value: Double, to output: inout [UInt8]) {
    tag(field, 1, to: &output)
    var bits = value.bitPattern
    for _ in 0..<8 {
      output.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
    }
  }

  static func text(_ field: UInt32, _ value: String, to output: inout [UInt8]) {
    guard !value.isEmpty else { return }
    presentText(field, value, to: &output)
  }

  /// Writes a text of a one-of, a list or a map, where the empty one is a value too.
  static func presentText(_ field: UInt32, _ value: String, to output: inout [UInt8]) {
    tag(field, 2, to: &output)
    varint(UInt64(value.utf8.count), to: &output)
    // Safe: UTF-8 is bytes.
    unsafe append(value.utf8.span.bytes, to: &output)
  }

  static func bytes(_ field: UInt32, _ value: [UInt8], to output: inout [UInt8]) {
    guard !value.isEmpty else { return }
    presentBytes(field, value, to: &output)
  }

  static func bytes(_ field: UInt32, _ value: RawSpan, to output: inout [UInt8]) {
    guard !value.isEmpty else { return }
    presentBytes(field, value, to: &output)
  }

  /// Writes bytes of a one-of, where no bytes are a value too.
  static func presentBytes(_ field: UInt32, _ value: [UInt8], to output: inout [UInt8]) {
    tag(field, 2, to: &output)
    varint(UInt64(value.count), to: &output)
    output += value
  }

  /// Writes bytes of a one-of, where no bytes are a value too.
  static func presentBytes(_ field: UInt32, _ value: RawSpan, to output: inout [UInt8]) {
    tag(field, 2, to: &output)
    varint(UInt64(value.byteCount), to: &output)
    append(value, to: &output)
  }

  /// Begins a nested message, whose length is not known yet.
  ///
  /// One byte is `reserved` for the length of up to 127 bytes of content, two for up to 16,383. A
  /// wrong guess costs a move of the content.
  static func begin(
    _ field: UInt32, reserving reserved: Int = 1, in output: inout [UInt8]
  ) -> Mark {
    tag(field, 2, to: &output)
    for _ in 0..<reserved { output.append(0) }
    return Mark(start: output.count, reserved: reserved)
  }

  static func end(_ mark: Mark, in output: inout [UInt8]) {
    let count = UInt64(output.count - mark.start)
    let needed = varintBytes(count)
    var at = mark.start - mark.reserved
    if needed > mark.reserved {
      output.insert(contentsOf: repeatElement(0, count: needed - mark.reserved), at: at)
    } else if needed < mark.reserved {
      output.removeSubrange(at..<at + mark.reserved - needed)
    }
    var rest = count
    while rest >= 0x80 {
      output[at] = UInt8(truncatingIfNeeded: rest) | 0x80
      rest >>= 7
      at += 1
    }
    output[at] = UInt8(truncatingIfNeeded: rest)
  }

  static func message(
    _ field: UInt32, reserving reserved: Int = 1, to output: inout [UInt8],
    _ body: (inout [UInt8]) -> Void
  ) {
    let mark = begin(field, reserving: reserved, in: &output)
    body(&output)
    end(mark, in: &output)
  }

  /// A map of texts, by key, so that equal maps are equal bytes.
  static func labels(_ field: UInt32, _ labels: [String: String], to output: inout [UInt8]) {
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
      message(field, to: &output) {
        text(1, key, to: &$0)
        text(2, value, to: &$0)
      }
    }
  }

  static func timestamp(_ field: UInt32, _ value: Timestamp?, to output: inout [UInt8]) {
    guard let value else { return }
    message(field, to: &output) { output in
      integer(1, signed: value.seconds, to: &output)
      integer(2, signed: Int64(value.nanoseconds), to: &output)
    }
  }

  /// A UUID as text.
  static func identifier(_ field: UInt32, _ bytes: [16 of UInt8], to output: inout [UInt8]) {
    tag(field, 2, to: &output)
    varint(UInt64(UUIDText.byteCount), to: &output)
    UUIDText.append(bytes, to: &output)
  }

  static func duration(_ field: UInt32, nanoseconds: UInt64, to output: inout [UInt8]) {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    // Each of the two takes a byte for its tag, and is left out where it is 0.
    let count =
      (seconds > 0 ? 1 + varintBytes(seconds) : 0) + (rest > 0 ? 1 + varintBytes(rest) : 0)
    tag(field, 2, to: &output)
    varint(UInt64(count), to: &output)
    integer(1, seconds, to: &output)
    integer(2, rest, to: &output)
  }

  static func duration(_ field: UInt32, _ value: Duration?, to output: inout [UInt8]) {
    guard let value else { return }
    message(field, to: &output) { output in
      let (seconds, attoseconds) = value.components
      integer(1, signed: seconds, to: &output)
      integer(2, signed: attoseconds / 1_000_000_000, to: &output)
    }
  }
}
