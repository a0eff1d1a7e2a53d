import FuzzSupport
import TTRPC

/// Feeds a connection as a loop does: what is not consumed stays in front of what comes next.
struct Driver {
  let settings: Settings
  private var buffer: [UInt8] = []

  init(_ settings: Settings) { self.settings = settings }

  func serverEvents(of input: [UInt8], _ cuts: some Sequence<Int>) -> [Seen] {
    var driver = self
    var connection = ServerConnection(limits: settings.limits)
    var open: [UInt32] = []
    var seen: [Seen] = []
    driver.feed(input, cuts) { bytes, consumed in
      let event = connection.next(in: bytes, consumed: &consumed)
      if case .needsBytes(let count) = event {
        if connection.isSkipping {
          require(consumed == bytes.byteCount, "bytes that nobody will read are kept")
        }
        return count
      }
      switch event {
      case .needsBytes: break
      case .request(let streamID, let data):
        require(data.upperBound <= consumed, "a message is not behind what was consumed")
        require(data.count <= Int(settings.limits.dataBytes), "a message of \(data.count) bytes")
        require(streamID & 1 == 1, "a request on the even stream \(streamID)")
        seen.append(.request(streamID, bytes.extracting(data).array))
        open.append(streamID)
      case .refusal(let streamID, let refusal):
        require(!"\(refusal)".isEmpty && refusal.code != .ok, "a refusal says nothing")
        seen.append(.refusal(streamID, refusal))
      }
      require(connection.streamsInFlight == open.count, "calls in flight are miscounted")
      if settings.answersAtOnce || seen.count.isMultiple(of: 4), !open.isEmpty {
        connection.finish(streamID: open.removeFirst())
      }
      require(open.count <= settings.limits.streamsInFlight, "\(open.count) calls in flight")
      return nil
    }
    return seen
  }

  func clientEvents(of input: [UInt8], _ cuts: some Sequence<Int>) -> [Seen] {
    var driver = self
    var connection = ClientConnection(limits: settings.limits)
    for call in 0..<settings.calls {
      require(connection.open() == UInt32(2 * call + 1), "calls are not numbered 1, 3, 5")
    }
    for call in 0..<settings.calls where settings.abandons && call.isMultiple(of: 2) {
      connection.abandon(UInt32(2 * call + 1))
    }
    var seen: [Seen] = []
    driver.feed(input, cuts) { bytes, consumed in
      switch connection.next(in: bytes, consumed: &consumed) {
      case .needsBytes(let count): return count
      case .response(let streamID, let data):
        require(data.upperBound <= consumed, "an answer is not behind what was consumed")
        require(data.count <= Int(settings.limits.dataBytes), "an answer of \(data.count) bytes")
        seen.append(.response(streamID, bytes.extracting(data).array))
      case .responseTooLarge(let streamID, let byteCount):
        seen.append(.tooLarge(streamID, byteCount))
      }
      return nil
    }
    let begun = settings.abandons ? settings.calls / 2 : settings.calls
    require(connection.inFlight == begun - seen.count, "waiting calls are miscounted")
    return seen
  }

  /// Gives the bytes in pieces; `next` takes one event and says how many bytes it waits for.
  private mutating func feed(
    _ bytes: [UInt8], _ cuts: some Sequence<Int>, _ next: (RawSpan, inout Int) -> Int?
  ) {
    var rest = bytes[...]
    for length in cuts {
      if rest.isEmpty { break }
      buffer += rest.prefix(length)
      rest = rest.dropFirst(length)
      let consumed = buffer.withExactBytes { takeAll(of: $0, next) }
      buffer.removeFirst(consumed)
      require(
        buffer.count < 10 + Int(settings.limits.dataBytes), "\(buffer.count) bytes are kept")
    }
  }

  /// Takes events until there is none in the bytes that are there.
  private func takeAll(of bytes: RawSpan, _ next: (RawSpan, inout Int) -> Int?) -> Int {
    var consumed = 0
    while true {
      let before = consumed
      let needed = next(bytes, &consumed)
      require((before...bytes.byteCount).contains(consumed), "consumed \(consumed) bytes")
      guard let needed else {
        require(consumed > before, "an event without a byte")
        continue
      }
      require(needed > bytes.byteCount - consumed, "it waits for bytes that are there")
      require(needed <= 10 + Int(settings.limits.dataBytes), "it waits for \(needed) bytes")
      return consumed
    }
  }
}
