/// Writes frames into an output buffer, in place.
public enum FrameWriter {
  /// Leaves room for a header whose data is about to be appended.
  ///
  /// - Returns: Where the frame begins, for ``endFrame(startingAt:type:streamID:flags:in:)``.
  public static func beginFrame(in output: inout [UInt8]) -> Int {
    let start = output.count
    FrameHeader.append(0, to: &output)
    FrameHeader.append(0, to: &output)
    output.append(0)
    output.append(0)
    return start
  }

  /// Fills in the header of the frame that ends at the end of `output`.
  public static func endFrame(
    startingAt start: Int, type: FrameType, streamID: UInt32, flags: FrameFlags = [],
    in output: inout [UInt8]
  ) {
    let count = UInt32(clamping: output.count - start - FrameHeader.byteCount)
    for index in 0..<4 {
      let shift = UInt32(24 - 8 * index)
      output[start + index] = UInt8(truncatingIfNeeded: count >> shift)
      output[start + 4 + index] = UInt8(truncatingIfNeeded: streamID >> shift)
    }
    output[start + 8] = type.rawValue
    output[start + 9] = flags.rawValue
  }
}
