import FuzzSupport
import SmartFlowMessages
import TTRPC

/// All that a client sends in one connection, to a whole worker: its loop, its services, its answers and its log.
///
/// The first byte says which socket it came in on, and whether the rest are the connection's bytes as they
/// stand, or requests that are put into frames and envelopes here, since a fuzzer seldom gets three nested lengths
/// right.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    let isAdmin = input.setting(0) & 1 == 1
    let rest = input.behind(1).array
    if input.setting(0) & 2 == 0 {
      let session = Session(requests: rest)
      let answers = Rig.shared.converse(session.bytes, isAdmin: isAdmin)
      session.check(answers, isAdmin: isAdmin)
    } else {
      Session.checkFrames(Rig.shared.converse(rest, isAdmin: isAdmin))
    }
    if input.setting(0) & 0xFC == 0 { Rig.shared.checkHealth() }
  }
}
