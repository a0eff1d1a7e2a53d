import Foundation
import TestSupport

/// Frames and protobuf as a stranger would write and read them: by hand, from the specification.
enum Wire {
  struct Malformed: Error { var what: String }

  /// A frame as it goes over the socket.
  static func frame(stream: UInt32, type: UInt8 = 1, flags: UInt8 = 0, _ data: [UInt8]) -> [UInt8] {
    bigEndian(UInt32(data.count)) + bigEndian(stream) + [type, flags] + data
  }

  /// A request's envelope in its frame.
  static func request(
    stream: UInt32, service: String, method: String, payload: [UInt8] = [],
    timeoutNanoseconds: Int64 = 0, metadata: [(String, String)] = []
  ) -> [UInt8] {
    var envelope = field(1, service) + field(2, method)
    if !payload.isEmpty { envelope += field(3, payload) }
    if timeoutNanoseconds != 0 {
      envelope += varint(4 << 3) + varint(UInt64(bitPattern: timeoutNanoseconds))
    }
    for (key, value) in metadata { envelope += field(5, field(1, key) + field(2, value)) }
    return frame(stream: stream, envelope)
  }

  /// `ExecuteTree` of a JSON tree for a JSON context.
  static func executeTree(
    stream: UInt32, tree: String, context: String = "{}", options: [UInt8] = [],
    timeoutNanoseconds: Int64 = 0
  ) -> [UInt8] {
    request(
      stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
      payload: field(1, tree) + field(5, context) + field(6, "p-1001")
        + (options.isEmpty ? [] : field(7, options)),
      timeoutNanoseconds: timeoutNanoseconds)
  }

  static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  static func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  static func field(_ number: UInt64, _ value: UInt64) -> [UInt8] {
    varint(number << 3) + varint(value)
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func bytes(hexadecimal text: String) throws -> [UInt8] {
    let digits = Array(text)
    return try stride(from: 0, to: digits.count, by: 2).map { index in
      guard index + 1 < digits.count,
        let byte = UInt8(String(digits[index...index + 1]), radix: 16)
      else { throw Malformed(what: "hexadecimal at \(index)") }
      return byte
    }
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
  }

  // MARK: Reading

  /// A field of a message, as the wire has it.
  struct Field {
    var number: UInt64
    var value: UInt64 = 0
    var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// The fields of a message, in order.
  static func fields(of message: [UInt8]) throws -> [Field] {
    var rest = message[...]
    var fields: [Field] = []
    func varint() throws -> UInt64 {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 70, by: 7) {
        guard let byte = rest.popFirst() else { throw Malformed(what: "varint cut short") }
        value |= UInt64(byte & 127) << shift
        if byte < 128 { return value }
      }
      throw Malformed(what: "varint too long")
    }
    while !rest.isEmpty {
      let tag = try varint()
      var field = Field(number: tag >> 3)
      switch tag & 7 {
      case 0: field.value = try varint()
      case 2:
        let count = Int(try varint())
        guard count <= rest.count else { throw Malformed(what: "field \(tag >> 3) cut short") }
        field.bytes = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
      case 1, 5:
        let count = tag & 7 == 1 ? 8 : 4
        guard count <= rest.count else { throw Malformed(what: "field \(tag >> 3) cut short") }
        for byte in rest.prefix(count).reversed() { field.value = field.value << 8 | UInt64(byte) }
        rest = rest.dropFirst(count)
      default: throw Malformed(what: "wire type \(tag & 7)")
      }
      fields.append(field)
    }
    return fields
  }

  /// What a server said on a stream.
  struct Answer {
    var stream: UInt32
    var code: Int
    var message: String
    var details: [(type: String, value: [UInt8])]
    var payload: [UInt8]

    /// Reads the data of an answer's frame.
    init(stream: UInt32, envelope: [UInt8]) throws {
      self.stream = stream
      code = 0
      message = ""
      details = []
      payload = []
      for field in try Wire.fields(of: envelope) {
        if field.number == 2 { payload = field.bytes }
        guard field.number == 1 else { continue }
        for part in try Wire.fields(of: field.bytes) {
          switch part.number {
          case 1: code = Int(truncatingIfNeeded: part.value)
          case 2: message = part.text
          default:
            let any = try Wire.fields(of: part.bytes)
            details.append(
              (any.first { $0.number == 1 }?.text ?? "", any.first { $0.number == 2 }?.bytes ?? []))
          }
        }
      }
    }

    /// Takes the first frame off bytes that came.
    init(frame bytes: inout ArraySlice<UInt8>) throws {
      let header = Array(bytes.prefix(10))
      guard header.count == 10, header[8] == 2 else { throw Malformed(what: "frame cut short") }
      func word(_ at: Int) -> UInt32 { header[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
      let data = Array(bytes.dropFirst(10).prefix(Int(word(0))))
      guard data.count == Int(word(0)) else { throw Malformed(what: "answer cut short") }
      bytes = bytes.dropFirst(10 + data.count)
      try self.init(stream: word(4), envelope: data)
    }

    /// The reason of the `ErrorInfo` among the details.
    func reason() throws -> String? {
      try detail("google.rpc.ErrorInfo")?.first { $0.number == 1 }?.text
    }

    /// The fields of a detail by its type's name.
    func detail(_ type: String) throws -> [Field]? {
      try details.first { $0.type == "type.googleapis.com/" + type }.map {
        try fields(of: $0.value)
      }
    }

    /// The `field` of each violation in the `BadRequest` among the details.
    func violatedFields() throws -> [String] {
      try (detail("google.rpc.BadRequest") ?? []).filter { $0.number == 1 }.compactMap {
        try fields(of: $0.bytes).first { $0.number == 1 }?.text
      }
    }

    /// The execution in an `ExecuteTreeResponse`.
    func execution() throws -> [Field] { try fields(of: executionBytes()) }

    /// The `Execution` as it came.
    func executionBytes() throws -> [UInt8] {
      try fields(of: payload).first { $0.number == 1 }?.bytes ?? []
    }

    /// Each action's type and status.
    func actions() throws -> [(type: String, status: UInt64)] {
      try execution().filter { $0.number == 5 }.map {
        let parts = try fields(of: $0.bytes)
        return (
          parts.first { $0.number == 1 }?.text ?? "", parts.first { $0.number == 3 }?.value ?? 0
        )
      }
    }
  }
}

extension RawConnection {
  /// The next answer.
  func answer(timeout: Duration = .seconds(10)) throws -> Wire.Answer {
    let header = try receive(10, timeout: timeout)
    guard header.count == 10 else {
      throw Wire.Malformed(what: "closed after \(header.count) bytes")
    }
    func word(_ at: Int) -> UInt32 { header[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    guard header[8] == 2 else { throw Wire.Malformed(what: "frame of type \(header[8])") }
    let data = try receive(Int(word(0)), timeout: timeout)
    guard data.count == Int(word(0)) else { throw Wire.Malformed(what: "answer cut short") }
    return try Wire.Answer(stream: word(4), envelope: data)
  }

  /// Writes a request and reads the next answer.
  func call(_ request: [UInt8], timeout: Duration = .seconds(10)) throws -> Wire.Answer {
    try send(request)
    return try answer(timeout: timeout)
  }
}
