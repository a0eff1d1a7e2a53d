internal import UnixSocket

/// The keeper's end of a channel between one worker and a service.
final class WorkerChannel: Sendable {
  let descriptor: Descriptor
  let workerIndex: Int
  /// Which process it is: no two of a daemon's have the same.
  let generation: UInt64
  /// Whether the release before has started the process.
  let isAdopted: Bool

  init(
    _ descriptor: consuming Descriptor, workerIndex: Int, generation: UInt64,
    isAdopted: Bool = false
  ) {
    self.descriptor = descriptor
    self.workerIndex = workerIndex
    self.generation = generation
    self.isAdopted = isAdopted
  }
}
