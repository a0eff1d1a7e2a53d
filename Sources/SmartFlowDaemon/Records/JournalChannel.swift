internal import UnixSocket

/// The keeper's end of what leads to one worker's journal.
final class JournalChannel: Sendable {
  let descriptor: Descriptor
  let workerIndex: Int
  /// Whether its worker has a journal already, from the release before.
  let isAdopted: Bool

  init(_ descriptor: consuming Descriptor, workerIndex: Int, isAdopted: Bool = false) {
    self.descriptor = descriptor
    self.workerIndex = workerIndex
    self.isAdopted = isAdopted
  }
}
