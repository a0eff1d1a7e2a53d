internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket
internal import WorkerLink

extension Worker {
  /// `smartflow.v1.AdminService/LiftQuarantine`: checked here, done by the keeper.
  func liftQuarantine(_ payload: RawSpan, _ call: Call) {
    let request: LiftQuarantineRequest
    do throws(RPCStatus) {
      request = try decode(payload) { bytes, arena throws(MessageError) in
        try LiftQuarantineRequest(decoding: bytes, in: &arena)
      }
    } catch {
      return answer(call, failure: error)
    }
    guard let digest = Digest(parsing: request.digest) else {
      return answer(
        call,
        failure: .invalid(
          "digest",
          "a digest has \(Digest.byteCount) bytes and this one \(request.digest.count); take it from the quarantine's list"
        ))
    }
    askKeeper(.lift(digest: digest.text), for: call) { .liftQuarantine(request: $0, digest) }
  }

  /// The keeper has answered.
  func finishLift(_ request: UInt64, wasThere: Bool) {
    guard let (call, subject) = callsAtKeeper.remove(request), case .lift(let digest) = subject
    else { return }
    guard wasThere else {
      return answer(
        call,
        failure: RPCStatus(
          .notFound, "no tree of this digest is in quarantine",
          [.resourceInfo(type: "smartflow.quarantined_tree", name: digest)]))
    }
    answer(call) { LiftQuarantineResponse().append(to: &$0) }
  }

  func expireCallsAtKeeper() {
    guard !callsAtKeeper.isEmpty || !desk.isEmpty else { return }
    let now = SystemClock.monotonicNanoseconds
    for call in callsAtKeeper.removeExpired(now: now) + desk.removeExpired(now: now) {
      answer(
        call, failure: .deadlineExceeded(elapsedNanoseconds: now - call.received, path: ""))
    }
  }

  static func message(_ entry: QuarantinedTree) -> QuarantinedTreeMessage {
    QuarantinedTreeMessage(
      digest: entry.tree.digest.bytes, kind: entry.tree.kind == .tree ? .tree : .source,
      since: timestamp(entry.sinceMicroseconds), lastDeath: entry.reason.name)
  }

  static func message(_ deaths: DeathCounts) -> WorkerDeathsMessage {
    WorkerDeathsMessage(
      watchdog: deaths[.watchdog], crash: deaths[.crash], killed: deaths[.killed],
      outOfMemory: deaths[.outOfMemory], forbiddenCall: deaths[.forbiddenCall],
      exit: deaths[.exit], signal: deaths[.signal])
  }
}
