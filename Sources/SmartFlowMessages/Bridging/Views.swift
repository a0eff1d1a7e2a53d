internal import CProtobufC
internal import CSmartFlowProto

// Safe, in all of this file: pointers come from an unpacked message and are read before its arena
// can change.

extension ProtobufCBinaryData {
  /// The bytes; the caller says whose lifetime they have.
  @unsafe var span: RawSpan {
    @_lifetime(immortal) get {
      guard let data = unsafe data, unsafe len > 0 else { return RawSpan() }
      let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(data), byteCount: len)
      return unsafe _overrideLifetime(span, borrowing: ())
    }
  }

  var array: [UInt8] {
    guard let data = unsafe data, unsafe len > 0 else { return [] }
    return unsafe [UInt8](UnsafeBufferPointer(start: data, count: len))
  }
}

extension TreeSource {
  @_lifetime(immortal)
  init(_ reference: UnsafePointer<Smartflow__V1__TreeReference>?) {
    self = unsafe .reference(
      treeID: Text.string(reference?.pointee.tree_id), version: reference?.pointee.version ?? 0)
  }
}

extension ExecutionOptions {
  init(_ options: UnsafePointer<Smartflow__V1__ExecutionOptions>?) {
    self.init()
    guard let options = unsafe options?.pointee else { return }
    dryRun = unsafe options.dry_run != 0
    trace = unsafe options.trace != 0
    idempotencyKey = unsafe Text.string(options.idempotency_key)
    locale = unsafe Text.string(options.locale)
    now = unsafe Timestamp(options.now)
  }
}

extension Timestamp {
  init?(_ timestamp: UnsafePointer<Google__Protobuf__Timestamp>?) {
    guard let timestamp = unsafe timestamp?.pointee else { return nil }
    unsafe self.init(seconds: timestamp.seconds, nanoseconds: timestamp.nanos)
  }
}

extension Duration {
  init?(_ duration: UnsafePointer<Google__Protobuf__Duration>?) {
    guard let duration = unsafe duration?.pointee else { return nil }
    // The format's own range, ten thousand years: what is beyond it has no seconds to take out.
    let limit = Self.seconds(315_576_000_000)
    let sum = unsafe Self.seconds(duration.seconds) + .nanoseconds(duration.nanos)
    self = min(max(sum, .zero - limit), limit)
  }
}
