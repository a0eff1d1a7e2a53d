internal import Journal
internal import UnixSocket

/// The keeper's end of a channel between one worker and a service.
final class WorkerChannel: Sendable {
  let descriptor: Descriptor
  let workerIndex: Int
  /// Which process it is: no two of a daemon's have the same.
  let generation: UInt64
  /// Whether the release before has started the process.
  let isAdopted: Bool
  /// The journal that the process was started with, where the channel is for those.
  let journal: JournalID?

  init(
    _ descriptor: consuming Descriptor, workerIndex: Int, generation: UInt64,
    isAdopted: Bool = false, journal: JournalID? = nil
  ) {
    self.descriptor = descriptor
    self.workerIndex = workerIndex
    self.generation = generation
    self.isAdopted = isAdopted
    self.journal = journal
  }
}
