internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket
internal import WorkerLink

/// From a connection's bytes to its calls, as far as its turn goes.
extension Worker {
  /// Serves what has come, and reads more when all of it is served.
  func receive(from connection: Connection) {
    guard connection.mayServe else { return }
    if connection.hasBacklog {
      serveBacklog(of: connection)
    } else if connection.isReadable {
      connection.isReadable = false
      read(connection)
    }
    if exceedsBuffers(connection) { close(connection) }
  }

  private func read(_ connection: Connection) {
    if connection.isLeaving {
      readRest(connection, atMost: connection.bytesToBoundary)
    } else if connection.pending.isEmpty {
      readWhole(connection)
    } else {
      readRest(connection)
    }
  }

  /// Reads into the worker's own buffer; what is left of it goes to the connection's.
  private func readWhole(_ connection: Connection) {
    switch connection.descriptor.read(into: &readBuffer) {
    case .bytes(let count):
      connection.received = lookAtClock()
      // The buffer is lent, so that the calls it holds may use all else of the worker.
      var buffer: [UInt8] = []
      swap(&buffer, &readBuffer)
      let consumed = serve(buffer, count, of: connection)
      if consumed < count && !connection.isClosed {
        connection.pending.append(contentsOf: buffer[consumed..<count])
      }
      swap(&buffer, &readBuffer)
      connection.noteFrame()
    case .wouldBlock: return
    case .closed: finishReading(connection)
    case .failed: close(connection)
    }
  }

  /// Reads behind what is there of a frame.
  private func readRest(_ connection: Connection, atMost limit: Int = .max) {
    // A connection that leaves at this boundary is read no more; whoever looks at it next lets it go.
    guard limit > 0 else { return markDirty(connection) }
    let room = min(limit, Limits.readBytesPerTurn)
    let start = connection.pending.count
    connection.pending.append(contentsOf: repeatElement(0, count: room))
    let result = connection.descriptor.read(into: &connection.pending, from: start)
    let count = if case .bytes(let count) = result { count } else { 0 }
    connection.pending.removeLast(room - count)
    switch result {
    case .bytes:
      connection.received = lookAtClock()
      serveBacklog(of: connection)
    case .wouldBlock: return
    case .closed: finishReading(connection)
    case .failed: close(connection)
    }
  }

  /// Serves the frames that the connection's own buffer holds.
  private func serveBacklog(of connection: Connection) {
    var buffer: [UInt8] = []
    swap(&buffer, &connection.pending)
    let consumed = serve(buffer, buffer.count, of: connection)
    guard !connection.isClosed else { return }
    buffer.removeFirst(consumed)
    if buffer.isEmpty && buffer.capacity > Limits.keptBufferBytes { buffer = [] }
    swap(&buffer, &connection.pending)
    connection.noteFrame()
    if connection.isLeaving { markDirty(connection) }
  }

  /// Serves the whole frames among the first `count` bytes of `buffer`, until the turn is over.
  ///
  /// - Returns: How many bytes need no second look.
  private func serve(_ buffer: [UInt8], _ count: Int, of connection: Connection) -> Int {
    // Safe: bytes of any content are bytes.
    let bytes = unsafe buffer.span.bytes.extracting(0..<count)
    var consumed = 0
    connection.hasBacklog = false
    while true {
      switch connection.protocolState.next(in: bytes, consumed: &consumed) {
      case .needsBytes: return consumed
      case .refusal(let streamID, _) where connection.refusedAt != nil:
        turnAway(connection, streamID: streamID)
        return count
      case .request(let streamID, _) where connection.refusedAt != nil:
        connection.protocolState.finish(streamID: streamID)
        turnAway(connection, streamID: streamID)
        return count
      case .refusal(let streamID, let refusal):
        counters.requests += 1
        counters.failures += 1
        let status = RPCStatus(refusal)
        countRefusal(code: status.code)
        connection.answer(streamID) { ResponseEnvelope.append(status, to: &$0) }
        markDirty(connection)
      case .request(let streamID, let data):
        requestsInFlight += 1
        work.noteRequest(on: page)
        let before = clock
        serve(
          bytes.extracting(data),
          Call(connection: connection, streamID: streamID, received: connection.received))
        // One that was not answered may have taken all of the turn.
        if clock == before { lookAtClock() }
      }
      // What is left waits for the connection's next turn, and is not read over before.
      guard consumed < count, connection.mayServe, clock < turnEnd
      else {
        connection.hasBacklog = consumed < count
        return consumed
      }
    }
  }

  /// The peer has said all it will say; it still gets its answers.
  private func finishReading(_ connection: Connection) {
    connection.hasFinishedReading = true
    connection.pending = []
    connection.noteFrame()
    markDirty(connection)
  }
}
