internal import Journal
internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import SmartFlowMessages
internal import TTRPC
internal import WorkerLink

// One place for what callers are told; PROTOCOL's table of status codes, row by row.

extension RPCStatus {
  init(_ code: StatusCode, _ message: String, _ details: [StatusDetail] = []) {
    self.init(code: code.rawValue, message: message, details: details)
  }

  init(_ refusal: Refusal) {
    self.init(
      refusal.code, "\(refusal)", refusal.reason.map { [.errorInfo(reason: $0)] } ?? [])
  }

  /// A message that does not parse.
  init(_ error: MessageError) {
    if case .outOfMemory = error {
      self.init(.resourceExhausted, "\(error)", [.errorInfo(reason: "OUT_OF_MEMORY")])
    } else {
      self.init(
        .invalidArgument, "\(error)",
        [
          .badRequest([
            FieldViolation(
              field: error.field.replacing(".", with: "/"), description: "\(error)")
          ])
        ])
    }
  }

  /// One fault of the request, at its place.
  static func invalid(_ field: String, _ description: String) -> RPCStatus {
    RPCStatus(
      .invalidArgument, "\(field): \(description)",
      [.badRequest([FieldViolation(field: field, description: description)])])
  }

  /// A tree with errors: each at its place.
  ///
  /// Where all that is wrong with it are trees that are not there, another one may be right: what must change is what is
  /// published.
  static func invalidTree(_ diagnostics: [TreeDiagnostic]) -> RPCStatus {
    let errors = diagnostics.filter { $0.severity == .error }
    let reasons: [TreeDiagnostic.Code] = [.unknownAction, .cyclicTree, .unknownTree, .inactiveTree]
    let first = reasons.lazy.compactMap { code in errors.first { $0.code == code } }.first
    let details = first.map {
      StatusDetail.errorInfo(
        reason: $0.code.rawValue,
        metadata: ["path": $0.path.shortened(to: Limits.quotedBytes).description])
    }
    var status = invalid("tree", diagnostics, details.map { [$0] } ?? [])
    guard !errors.isEmpty else { return status }
    if errors.allSatisfy({ $0.code == .unknownTree }) {
      status.code = StatusCode.notFound.rawValue
    } else if errors.allSatisfy({ $0.code == .unknownTree || $0.code == .inactiveTree }) {
      status.code = StatusCode.failedPrecondition.rawValue
    }
    return status
  }

  /// A context's schema with errors: each at its place.
  static func invalidSchema(_ diagnostics: [TreeDiagnostic]) -> RPCStatus {
    invalid(
      "context_schema", diagnostics,
      [.errorInfo(reason: TreeDiagnostic.Code.invalidSchema.rawValue)])
  }

  private static func invalid(
    _ field: String, _ diagnostics: [TreeDiagnostic], _ details: [StatusDetail]
  ) -> RPCStatus {
    let errors = diagnostics.filter { $0.severity == .error }
    let violations = errors.prefix(100).map {
      FieldViolation(
        field: field + $0.path.shortened(to: Limits.quotedBytes).description,
        description: $0.message.shortened(to: Limits.quotedBytes))
    }
    let first = violations.first.map { "\($0.field): \($0.description)" } ?? "\(field) has errors"
    let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
    return RPCStatus(.invalidArgument, first + more, [.badRequest(violations)] + details)
  }

  static func unknownMethod(service: String, method: String) -> RPCStatus {
    let isKnown = Method.allCases.contains { $0.service == service }
    return RPCStatus(
      .unimplemented,
      isKnown
        ? "service `\(service)` has no method `\(method)`"
        : "there is no service `\(service)` here")
  }

  static func wrongSocket(_ method: Method) -> RPCStatus {
    RPCStatus(
      .permissionDenied,
      "`\(method.service)/\(method.name)` is served on the admin socket only")
  }

  static let peerNotAllowed = RPCStatus(
    .permissionDenied,
    "your user and groups may not call this server; its operator says who may, by --allow-uid and --allow-gid",
    [.errorInfo(reason: "PEER_NOT_ALLOWED")])

  /// Something that the protocol has and this server has not yet.
  static func unsupported(_ name: String) -> RPCStatus {
    RPCStatus(.unimplemented, "`\(name)` is not supported yet; leave it out")
  }

  static let draining = RPCStatus(
    .unavailable, "the server is shutting down; dial again",
    [.errorInfo(reason: "DRAINING"), .retryInfo(delay: .milliseconds(100))])

  static let overloaded = RPCStatus(
    .unavailable, "too many calls are running; try again, and send fewer at once",
    [.errorInfo(reason: "OVERLOADED"), .retryInfo(delay: .milliseconds(100))])

  /// What can't be recorded is not performed.
  static func notRecorded(_ error: JournalWriteError) -> RPCStatus {
    let isFull = if case .noRoom = error { true } else { false }
    return RPCStatus(
      .unavailable,
      isFull
        ? "the action can't be recorded, the journal's disk being full, and so is not performed; dry runs go on"
        : "the action can't be recorded, and so is not performed; dry runs go on, and the daemon's log says why",
      [
        .errorInfo(reason: isFull ? "JOURNAL_FULL" : "JOURNAL_UNAVAILABLE"),
        .retryInfo(delay: .seconds(1)),
      ])
  }

  /// Nobody can say whether the record of what was accepted would outlast a power cut.
  static let notSynchronized = RPCStatus(
    .unavailable,
    "the action is recorded, and the disk failed to hold the record: it is performed unless the power fails now",
    [.errorInfo(reason: "JOURNAL_NOT_SYNCHRONIZED")])

  /// A key stands for one request.
  static let keyReused = RPCStatus(
    .failedPrecondition,
    "the idempotency key was used for another player or tree; give every request a key of its own",
    [.errorInfo(reason: "IDEMPOTENCY_KEY_REUSED")])

  static let keysUnavailable = RPCStatus(
    .unavailable,
    "idempotency keys can't be looked up now, so nothing was performed; try again with the same key",
    [.errorInfo(reason: "IDEMPOTENCY_UNAVAILABLE"), .retryInfo(delay: .milliseconds(500))])

  static let keeperBusy = RPCStatus(
    .unavailable, "the daemon is becoming another release; ask again in a moment",
    [.errorInfo(reason: "UPGRADING"), .retryInfo(delay: .milliseconds(500))])

  static func quarantined(_ digest: Digest) -> RPCStatus {
    RPCStatus(
      .failedPrecondition,
      "the tree has ended several workers within a minute and is not run; an administrator may lift it by `smartflow quarantine lift \(digest.text)`",
      [.errorInfo(reason: "QUARANTINED", metadata: ["tree_digest": digest.text])])
  }

  static func deadlineExceeded(elapsedNanoseconds: UInt64, path: String) -> RPCStatus {
    let milliseconds = elapsedNanoseconds / 1_000_000
    return RPCStatus(
      .deadlineExceeded, "the deadline passed after \(milliseconds) ms",
      [
        .errorInfo(
          reason: "DEADLINE_EXCEEDED",
          metadata: ["path": path, "elapsed_ms": String(milliseconds)])
      ])
  }

  static func outOfFuel(limit: Int, path: String) -> RPCStatus {
    RPCStatus(
      .resourceExhausted,
      "the tree used more than \(limit) units of fuel; make it smaller, or its texts shorter",
      [.errorInfo(reason: "OUT_OF_FUEL", metadata: ["path": path, "limit": String(limit)])])
  }

  static func answerTooLarge(limit: Int) -> RPCStatus {
    RPCStatus(
      .resourceExhausted,
      "the answer is over the limit of \(limit) bytes; ask for less at once",
      [.errorInfo(reason: "MESSAGE_TOO_LARGE")])
  }

  /// Why one action of an execution came to nothing.
  init(_ failure: ActionFailure, at path: String) {
    switch failure.kind {
    case .evaluation(let failure): self.init(failure)
    case .parameters(let problems):
      self.init(
        .invalidArgument, failure.message,
        [
          .badRequest(
            problems.map {
              FieldViolation(
                field: "tree\(path)/parameters/\($0.parameter)", description: $0.message)
            }), .errorInfo(reason: failure.reason, metadata: ["path": path]),
        ])
    }
  }

  /// A tree that is sound, and can't be decided for this context.
  init(_ failure: ExecutionFailure) {
    var metadata = ["path": failure.path]
    metadata["expression"] = failure.expression
    metadata["property"] = failure.property
    metadata["expected"] = failure.expected
    metadata["received"] = failure.received
    if failure.expression != nil {
      metadata["start"] = String(failure.range.lowerBound)
      metadata["end"] = String(failure.range.upperBound)
    }
    self.init(
      .failedPrecondition, failure.message,
      [.errorInfo(reason: failure.reason, metadata: metadata)])
  }
}

extension String {
  /// The text, or its beginning and an ellipsis where it has more than `byteCount` bytes.
  ///
  /// Cut between scalars and not between characters, which may have any number of them.
  func shortened(to byteCount: Int) -> String {
    guard utf8.count > byteCount else { return self }
    let end = utf8.index(utf8.startIndex, offsetBy: max(0, byteCount - 3))
    return String(unicodeScalars[..<end]) + "…"
  }
}
