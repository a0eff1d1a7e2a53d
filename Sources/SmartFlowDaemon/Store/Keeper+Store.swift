internal import Catalog
internal import Glibc
internal import Logging
internal import Storage
internal import UnixSocket
internal import WorkerLink

/// What workers ask of the store of published trees, and what they are told.
extension Keeper {
  /// Opens the store of the state directory.
  ///
  /// - Throws: ``StartFailure`` when it is not whole, or can't be opened; nothing was changed then.
  static func openStore(_ path: String) throws(StartFailure) -> StoreThread {
    let room: TreeRoom
    do throws(StoreFailure) {
      room = try TreeRoom(path: path)
    } catch {
      throw StartFailure(error)
    }
    do throws(SystemError) {
      return try StoreThread(room)
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: EX_OSERR)
    }
  }

  /// Passes on what a worker has laid on its desk.
  func askStore(_ request: UInt32, byteCount: UInt32, of slot: WorkerSlot) {
    // A worker that the release before has started has a desk that this one does not see.
    guard let running = slot.running, let bytes = running.desk?.read(Int(byteCount)) else {
      return tell(slot, .storeAnswered(request: request, byteCount: 0))
    }
    // Every worker's question but this one is the store's.
    if bytes == ConfiguredValue.question {
      return answer(slot, request, with: .configuration(ConfigurationReport.values(of: settings)))
    }
    store.ask(
      StoreThread.Question(
        place: slot.number, processID: running.process.processID, request: request, bytes: bytes))
  }

  private func answer(_ slot: WorkerSlot, _ request: UInt32, with reply: StoreReply) {
    let bytes = reply.bytes
    slot.running?.desk?.write(bytes)
    tell(slot, .storeAnswered(request: request, byteCount: UInt32(clamping: bytes.count)))
  }

  /// Shows the newest catalog to all workers, and then tells those who asked.
  func deliverStoreAnswers() {
    let answers = store.takeAnswers()
    guard let last = answers.last else { return }
    show(last.state)
    for answer in answers {
      guard let slot = place(answer.place), let running = slot.running, let desk = running.desk,
        running.process.processID == answer.processID
      else { continue }
      desk.write(answer.reply)
      tell(
        slot,
        .storeAnswered(request: answer.request, byteCount: UInt32(clamping: answer.reply.count)))
    }
  }

  /// Shows a catalog to all workers, who look at their next turn.
  func show(_ state: CatalogState) {
    guard state != shownCatalog else { return }
    shownCatalog = state
    board.publishCatalog(state.words, sequence: &catalogSequence)
  }

  /// Tells a worker; one that does not read what it is told does without.
  func tell(_ slot: WorkerSlot, _ message: ControlMessage) {
    // Safe: bytes of any content are bytes.
    guard let sent = unsafe slot.running?.control.sendPacket(message.bytes.span.bytes),
      case .bytes = sent
    else {
      logger.warning("control_failed", metadata: ["worker": "\(slot.index)"])
      return
    }
  }
}

extension StartFailure {
  /// A database of the daemon's that it can't start with.
  init(_ failure: StoreFailure) {
    let status: Int32 =
      switch failure {
      case .corrupt, .newer: EX_DATAERR
      case .inUse: EX_UNAVAILABLE
      case .refused: EX_CANTCREAT
      }
    self.init(description: "\(failure)", exitStatus: status)
  }
}
