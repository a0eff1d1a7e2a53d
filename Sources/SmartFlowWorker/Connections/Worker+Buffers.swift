internal import WorkerLink

/// What all connections together may hold.
///
/// Each has its own bounds, and a thousand of them at theirs would be more than the worker is given: it would
/// end, and every client of it lose its calls for the sake of a few.
extension Worker {
  /// Memory that all connections' buffers may take together, in bytes.
  ///
  /// Half of what the tree cache leaves, since calls in hand need theirs; in any case what every connection
  /// keeps between two calls.
  var bufferBudgetBytes: Int {
    max(
      settings.connections * Self.keptBytes,
      (settings.memoryBytes - 2 * settings.treeCacheBytes) / 2)
  }

  /// Memory that a connection's buffers may take whatever the others do, in bytes.
  private static let keptBytes = 2 * Limits.keptBufferBytes

  /// Counts a connection's buffers anew.
  func countBuffers(of connection: Connection) {
    bufferBytes += connection.bufferBytes - connection.countedBytes
    connection.countedBytes = connection.bufferBytes
  }

  /// Whether a connection must go, because it wants more than its share where nothing is left.
  func exceedsBuffers(_ connection: Connection) -> Bool {
    guard !connection.isClosed else { return false }
    countBuffers(of: connection)
    guard bufferBytes > bufferBudgetBytes, connection.countedBytes > Self.keptBytes else {
      return false
    }
    records.write(
      event: "connection_closed", level: .warning,
      reason:
        "the buffers of all connections hold \(bufferBytes) bytes, of \(bufferBudgetBytes) at "
        + "most, and this one's \(connection.countedBytes); raise --worker-memory if that is needed"
    )
    return true
  }
}
