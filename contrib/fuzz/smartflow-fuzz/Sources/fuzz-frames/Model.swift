import TTRPC

/// The protocol once more, over all the bytes at once and without a state that is carried on.
struct Model {
  private let settings: Settings
  private var events: [Seen] = []
  private var lastStreamID: UInt32 = 0
  private var inFlight = 0
  private var swallowed: [UInt32] = []
  private var waiting: [UInt32] = []

  init(_ settings: Settings) {
    self.settings = settings
    for call in 0..<settings.calls where !(settings.abandons && call.isMultiple(of: 2)) {
      waiting.append(UInt32(2 * call + 1))
    }
  }

  func events(of bytes: [UInt8]) -> [Seen] {
    var model = self
    var rest = bytes[...]
    while rest.count >= 10 {
      let word = { (from: Int) in
        rest.dropFirst(from).prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
      }
      let (length, streamID) = (word(0), word(4))
      let (type, flags) = (rest[rest.startIndex + 8], rest[rest.startIndex + 9])
      let data = rest.dropFirst(10).prefix(Int(length))
      let isWhole = data.count == Int(length)
      let isTooLong = length > settings.limits.dataBytes
      if settings.isClient {
        if type == 2, model.waiting.contains(streamID) {
          if !isTooLong, !isWhole { break }
          model.waiting.removeAll { $0 == streamID }
          model.events.append(
            isTooLong ? .tooLarge(streamID, length) : .response(streamID, Array(data)))
        }
      } else {
        if type == 1, !isTooLong, !isWhole { break }
        model.serve(type, flags, streamID, length, Array(data))
      }
      rest = rest.dropFirst(10 + Int(length))
    }
    return model.events
  }

  private mutating func serve(
    _ type: UInt8, _ flags: UInt8, _ streamID: UInt32, _ length: UInt32, _ data: [UInt8]
  ) {
    if type == 3 {
      guard let index = swallowed.firstIndex(of: streamID) else {
        return note(.refusal(streamID, .streamNotOpen))
      }
      if flags & 1 != 0 { swallowed.remove(at: index) }
      return
    }
    guard type == 1 else { return }
    guard streamID % 2 == 1 else { return note(.refusal(streamID, .evenStreamID)) }
    guard streamID > lastStreamID else {
      return note(.refusal(streamID, .streamIDNotIncreasing(last: lastStreamID)))
    }
    lastStreamID = streamID
    let limits = settings.limits
    if flags & 2 != 0 {
      swallowed = swallowed.suffix(limits.swallowedStreams - 1) + [streamID]
      return note(.refusal(streamID, .streamingUnsupported))
    }
    if length > limits.dataBytes {
      return note(
        .refusal(streamID, .messageTooLarge(dataByteCount: length, limit: limits.dataBytes)))
    }
    guard inFlight < limits.streamsInFlight else {
      return note(.refusal(streamID, .tooManyStreams(limit: limits.streamsInFlight)))
    }
    inFlight += 1
    note(.request(streamID, data))
  }

  private mutating func note(_ event: Seen) {
    events.append(event)
    if settings.answersAtOnce || events.count.isMultiple(of: 4), inFlight > 0 { inFlight -= 1 }
  }
}
