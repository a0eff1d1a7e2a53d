/// Who wants to know what happens to the connection; belongs to the loop's thread.
struct EventReaders {
  typealias Reader = AsyncStream<ConnectionEvent>.Continuation

  private var readers: [UInt64: Reader] = [:]

  /// Begins with how it stands, so that nobody waits for what has happened already.
  mutating func add(_ reader: Reader, number: UInt64, isConnected: Bool) {
    guard readers.count < Limits.eventReaders else { return reader.finish() }
    readers[number] = reader
    if isConnected { reader.yield(.connected) }
  }

  mutating func remove(_ number: UInt64) { readers[number] = nil }

  func tell(_ event: ConnectionEvent) {
    for reader in readers.values { reader.yield(event) }
  }

  /// Tells them that nothing follows.
  mutating func end() {
    tell(.closed)
    for reader in readers.values { reader.finish() }
    readers = [:]
  }
}
