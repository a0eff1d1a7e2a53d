import FuzzSupport
import TTRPC

/// What the first bytes of an input choose.
struct Settings {
  var limits = ConnectionLimits()
  /// Whether the bytes go to a client.
  var isClient: Bool
  /// Calls are answered at once, or one after every fourth event.
  var answersAtOnce: Bool
  /// Calls that a client has open.
  var calls: Int
  /// Whether it has given up every other one of them.
  var abandons: Bool

  init(_ input: RawSpan) {
    let limits = input.setting(0)
    self.limits.dataBytes = [8, 64, 1024, 4 << 20][limits & 3]
    self.limits.streamsInFlight = [1, 2, 8, 256][limits >> 2 & 3]
    self.limits.swallowedStreams = [1, 2, 3, 64][limits >> 4 & 3]
    answersAtOnce = limits & 0x40 == 0
    isClient = limits & 0x80 != 0
    calls = 1 + input.setting(2) & 7
    abandons = input.setting(2) & 8 != 0
  }
}

/// Lengths of pieces, short ones and long ones, the same for the same seed.
struct Cuts: Sequence, IteratorProtocol {
  private var state: UInt32

  init(seed: Int) { state = UInt32(truncatingIfNeeded: seed) &* 2_654_435_761 &+ 1 }

  mutating func next() -> Int? {
    state = state &* 1_664_525 &+ 1_013_904_223
    let length = Int(state >> 24)
    return length < 128 ? 1 + length & 15 : 1 + length
  }
}

/// What a connection said, with the messages copied out.
enum Seen: Equatable {
  case request(UInt32, [UInt8])
  case refusal(UInt32, Refusal)
  case response(UInt32, [UInt8])
  case tooLarge(UInt32, UInt32)
}
