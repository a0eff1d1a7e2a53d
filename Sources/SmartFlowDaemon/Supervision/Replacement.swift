internal import UnixSocket
internal import WorkerLink

/// How far the keeper has come in replacing its workers, one by one.
struct Replacement {
  /// Places whose process is still to be replaced, in their order.
  var waiting: [Int] = []
  /// The process that leaves now.
  var leaver: WorkerSlot?
  /// Whether no process leaves, or is to.
  var isOver: Bool { waiting.isEmpty && leaver == nil }
  /// Whether the service manager was told that it has begun, and not yet that it is over.
  var isAnnounced = false
  /// What the poller calls the next one that leaves.
  var nextNumber = StatusBoard.workers
}

/// A connection between two workers, at the keeper; a class, since an array holds nothing that can't be copied.
final class ArrivingConnection {
  let bytes: [UInt8]
  let descriptor: Descriptor

  init(bytes: [UInt8], descriptor: consuming Descriptor) {
    self.bytes = bytes
    self.descriptor = descriptor
  }
}
