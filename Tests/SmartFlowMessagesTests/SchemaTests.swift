import CProtobufC
import Testing

@testable import SmartFlowMessages

@Suite struct `The wire check` {
  /// A message type with `repeated uint64 = 1`, `repeated double = 2`: ours have no lists of
  /// numbers yet.
  private func check(_ bytes: [UInt8]) -> MessageError? {
    let frames = UnsafeMutableRawPointer.allocate(byteCount: MessageArena.frameBytes, alignment: 16)
    defer { frames.deallocate() }
    var fields = [ProtobufCFieldDescriptor](repeating: ProtobufCFieldDescriptor(), count: 2)
    var ranges = [
      ProtobufCIntRange(start_value: 1, orig_index: 0),
      ProtobufCIntRange(start_value: 0, orig_index: 2),
    ]
    return "numbers".withCString { name in
      for (index, type) in [PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_DOUBLE].enumerated() {
        fields[index].name = name
        fields[index].id = UInt32(index + 1)
        fields[index].label = PROTOBUF_C_LABEL_REPEATED
        fields[index].type = type
      }
      return fields.withUnsafeMutableBufferPointer { fields in
        ranges.withUnsafeMutableBufferPointer { ranges in
          var descriptor = ProtobufCMessageDescriptor()
          descriptor.sizeof_message = 64
          descriptor.n_fields = 2
          descriptor.fields = UnsafePointer(fields.baseAddress)
          descriptor.n_field_ranges = 1
          descriptor.field_ranges = UnsafePointer(ranges.baseAddress)
          return bytes.withUnsafeBytes { buffer in
            var check = WireCheck(buffer, frames: frames, limitBytes: 4_096)
            do throws(MessageError) {
              try check.run(&descriptor)
              return nil
            } catch { return error }
          }
        }
      }
    }
  }

  @Test(
    arguments: [
      ([], nil), (WireBytes.field(1, varint: 7), nil), (WireBytes.field(1, [] as [UInt8]), nil),
      (WireBytes.field(1, [1, 0x80, 1] + WireBytes.varint(.max)), nil),
      (WireBytes.field(2, [UInt8](repeating: 0, count: 16)), nil),
      (WireBytes.field(2, double: 1) + WireBytes.field(1, [1]), nil),
      (WireBytes.field(1, [1, 0x80]), .malformed(field: "numbers", .packedLength)),
      (
        WireBytes.field(1, [UInt8](repeating: 0xFF, count: 10)),
        .malformed(field: "numbers", .varintOverflow)
      ),
      (
        WireBytes.field(2, [UInt8](repeating: 0, count: 15)),
        .malformed(field: "numbers", .packedLength)
      ),
      ([0x0A, 0x7F, 1], .malformed(field: "numbers", .truncated)),
      ([0x0D, 0, 0, 0, 0], .malformed(field: "numbers", .wrongWireType(5))),
      (WireBytes.field(1, [UInt8](repeating: 1, count: 600)), .outOfMemory(limit: 4_096)),
      (
        WireBytes.field(2, [0, 0, 0, 0, 0, 0, 0xF0, 0x7F]), .numberNotFinite(field: "numbers")
      ),
    ] as [([UInt8], MessageError?)])
  func `reads lists of packed numbers`(bytes: [UInt8], error: MessageError?) {
    #expect(check(bytes) == error)
  }
}
