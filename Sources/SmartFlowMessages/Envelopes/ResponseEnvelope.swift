/// The answer to a call, `ttrpc.Response`.
public enum ResponseEnvelope {
  /// What an answer says.
  public enum Outcome: Equatable, Sendable {
    /// The call succeeded; the response message stands in this range of the decoded bytes.
    case payload(Range<Int>)
    /// The call failed.
    case failure(RPCStatus)
  }

  /// Appends the answer to a call that failed.
  public static func append(_ status: RPCStatus, to output: inout [UInt8]) {
    Wire.message(1, reserving: 2, to: &output) { status.append(to: &$0) }
  }

  /// Appends the answer to a call that succeeded, with the response message that `body` appends.
  public static func append(
    to output: inout [UInt8], payload body: (inout [UInt8]) -> Void
  ) {
    let mark = begin(in: &output)
    body(&output)
    end(mark, in: &output)
  }

  /// Begins the answer to a call that succeeded.
  ///
  /// What is appended until ``end(_:in:)`` is the response message.
  ///
  /// - Parameters:
  ///   - output: Where to.
  ///   - isLarge: Whether the message is expected to have 2 MiB or more. With the right guess nothing is moved at the end.
  /// - Returns: Where it began.
  public static func begin(in output: inout [UInt8], ofMegabytes isLarge: Bool = false)
    -> MessageMark
  {
    MessageMark(mark: Wire.begin(2, reserving: isLarge ? 4 : 2, in: &output))
  }

  /// Ends what ``begin(in:)`` began.
  public static func end(_ mark: MessageMark, in output: inout [UInt8]) {
    Wire.end(mark.mark, in: &output)
  }

  /// Reads an answer.
  ///
  /// - Parameter bytes: The frame's data.
  /// - Returns: The status, or where the payload stands.
  /// - Throws: ``MessageError`` when they are not an answer.
  public static func decode(_ bytes: RawSpan) throws(MessageError) -> Outcome {
    let units = bytes.units
    var payload = 0..<0
    var status: Range<Int>?
    do throws(Malformation) {
      var reader = WireReader(units, 0..<units.count)
      while let (number, field) = try reader.next() {
        switch (number, field) {
        case (1, .bytes(let range)): status = range
        case (2, .bytes(let range)): payload = range
        case (1...2, _): throw .wrongWireType(field.wireType)
        default: break
        }
      }
    } catch {
      throw .malformed(field: "", error)
    }
    guard let status else { return .payload(payload) }
    let failure = try RPCStatus(decoding: bytes.extracting(status))
    // A status of OK is as good as none; containerd/ttrpc in Go sends one.
    return failure.code == 0 ? .payload(payload) : .failure(failure)
  }
}

/// Where a nested message began that is written in place.
public struct MessageMark: Sendable {
  let mark: Wire.Mark
}
