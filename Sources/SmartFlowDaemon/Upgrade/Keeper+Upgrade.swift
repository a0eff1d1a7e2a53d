internal import Glibc
internal import Logging
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// The keeper becomes another release of itself, and no client notices.
///
/// SIGUSR2 asks for it, once the programs' files have been replaced. The new program first says, in a process of its
/// own, whether it could go on with what there is. Then the keeper becomes it: same process, same sockets, same
/// workers, which then are replaced one by one as on SIGHUP. Whatever goes wrong before that moment changes nothing.
extension Keeper {
  /// Lets the program that is there now look whether it could go on.
  func beginUpgrade() {
    guard drainEnds == nil else { return refuseUpgrade("the daemon is draining") }
    guard isServing else { return refuseUpgrade("the daemon has not started yet") }
    guard upgrade.check == nil, upgrade.dueBy == nil, upgrade.predecessor == nil else {
      return refuseUpgrade("another is under way")
    }
    logger.info("upgrade_begun", metadata: ["program": "\(settings.program.path)"])
    do throws(SystemError) {
      let words = try Descriptor.pair()
      try words.first.setNonBlocking()
      let lowest = SupervisionLimits.lowestInherited
      let standardError = try words.second.duplicate(atLeast: lowest)
      var inherited: [Int32] = []
      // They are released only to be counted up; here they have an owner again.
      defer { for number in inherited { _ = Descriptor(owning: number) } }
      for number in passedDescriptors {
        inherited.append(try Descriptor.duplicate(number).duplicate(atLeast: lowest).release())
      }
      var takeover = takeover()
      takeover.isCheck = true
      announce(takeover)
      defer { withdraw() }
      let process = try ChildProcess(
        starting: settings.program.path, arguments: settings.program.arguments,
        descriptors: inherited, standardError: standardError.rawValue)
      try poller.add(process.descriptor, .read, token: Source.upgrade.token(0))
      upgrade.check = Upgrade.Check(
        process: process, words: try words.first.duplicate(),
        endsBy: SystemClock.monotonicNanoseconds + SupervisionLimits.upgradeNanoseconds)
    } catch {
      refuseUpgrade("\(error)")
    }
  }

  /// Takes the answer of the program that has looked.
  func finishUpgradeCheck() throws(SystemError) {
    guard let check = upgrade.check else { return }
    upgrade.check = nil
    try poller.remove(check.process.descriptor)
    var words = [UInt8](repeating: 0, count: SupervisionLimits.lastWordsBytes)
    let count = if case .bytes(let count) = check.words.read(into: &words) { count } else { 0 }
    let said = String(decoding: words[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
    let end = check.process.collect()
    guard end == .exited(0) else {
      return refuseUpgrade(
        said.isEmpty ? "the program that is there now ended with \(end)" : said)
    }
    upgrade.dueBy = SystemClock.monotonicNanoseconds + SupervisionLimits.upgradeNanoseconds
  }

  /// Takes the next step of an upgrade, if one is due.
  func goOnUpgrading(now: UInt64) throws(SystemError) {
    if let predecessor = upgrade.predecessor, replacement.isOver {
      upgrade.predecessor = nil
      logConfinement()
      logger.notice(
        "upgraded", metadata: ["from": "\(predecessor)", "version": "\(ServerVersion.text)"])
    }
    if let check = upgrade.check, now >= check.endsBy { check.process.signal(SIGKILL) }
    guard let dueBy = upgrade.dueBy else { return }
    guard drainEnds == nil else {
      upgrade.dueBy = nil
      return refuseUpgrade("the daemon is draining")
    }
    // Between two steps of everything else: nothing that this process alone knows may be lost.
    let isQuiet =
      replacement.isOver && !output.isWaiting && !service.isWaiting && store.isIdle
      && slots.allSatisfy {
        $0.running != nil && $0.isReady && $0.hang == nil && $0.arriving.isEmpty
      }
    if isQuiet {
      upgrade.dueBy = nil
      becomeNext()
    } else if now >= dueBy {
      upgrade.dueBy = nil
      refuseUpgrade("some worker did not serve, or the log's reader was too slow; try it again")
    }
  }

  /// Becomes the program that is there now; comes back only when the kernel refuses.
  private func becomeNext() {
    logger.info("upgrading", metadata: ["release": "\(ServerVersion.text)"])
    let milliseconds = ServiceLimits.endMilliseconds
    guard keys.end(.handedOn, within: milliseconds) else {
      return refuseUpgrade("the store of idempotency keys was too slow; try it again")
    }
    defer { resume(keys) }
    let keysInHand: Int32?
    do throws(KeysInHand.Failure) {
      keysInHand = try keys.withService { $0.inHand }.leave()
    } catch {
      return refuseUpgrade("\(error)")
    }
    // Released only to outlive this program; here it has an owner again.
    defer { if let keysInHand { _ = Descriptor(owning: keysInHand) } }
    guard journals.end(.handedOn, within: milliseconds) else {
      return refuseUpgrade("the disk was too slow for what was recorded; try it again")
    }
    defer { resume(journals) }
    tellOfJournals()
    output.flush()
    // Nobody wakes a keeper whose board they do not see: the next one has its own.
    looks.wake(board)
    var takeover = takeover()
    takeover.keysInHand = keysInHand
    become(takeover)
  }

  /// Leaves all that the next program goes on with, and becomes it.
  private func become(_ takeover: Takeover) {
    let kept = takeover.descriptors + passedDescriptors
    do throws(SystemError) {
      for number in kept { try Descriptor.setInherited(number, true) }
      announce(takeover)
      throw Program.become(settings.program.path, arguments: settings.program.arguments)
    } catch {
      withdraw()
      for number in kept {
        do throws(SystemError) {
          try Descriptor.setInherited(number, false)
        } catch {
          logger.error("upgrade_failed", metadata: ["reason": "\(error)"])
        }
      }
      refuseUpgrade("\(error)")
    }
  }

  /// Lets a service go on that has ended for an upgrade which did not come.
  private func resume(_ service: ServiceThread<some WorkerService>) {
    do throws(SystemError) {
      try service.start()
    } catch {
      // Workers append all the same; who waits for the disk, or for a key, waits for its deadline.
      logger.critical("services_stopped", metadata: ["reason": "\(error)"])
    }
  }

  private func refuseUpgrade(_ reason: String) {
    logger.error("upgrade_refused", metadata: ["reason": "\(reason)"])
  }

  // MARK: What is handed on

  /// What there is, for whoever goes on.
  private func takeover() -> Takeover {
    var takeover = Takeover(keeperProcessID: getpid(), release: ServerVersion.text)
    takeover.data = Self.handedOn(data)
    takeover.admin = Self.handedOn(admin)
    takeover.stateDirectory = settings.stateDirectory
    takeover.processes = slots.compactMap { $0.handedOn }
    takeover.quarantine = board.quarantine
    takeover.metrics = totals
    takeover.metrics?.count(MetricsLayout.keeperDroppedLines, by: output.allDroppedLines)
    return takeover
  }

  private static func handedOn(_ listener: borrowing Listener) -> Takeover.Socket? {
    guard let lock = listener.lockDescriptor else { return nil }
    return Takeover.Socket(
      path: listener.path, descriptor: listener.descriptor.rawValue, lock: lock)
  }

  /// Sockets of the service manager, which come to the next program as they came to this one.
  private var passedDescriptors: [Int32] {
    var numbers: [Int32] = []
    if settings.data.isPassed { numbers.append(data.descriptor.rawValue) }
    if settings.admin.isPassed { numbers.append(admin.descriptor.rawValue) }
    return numbers.sorted()
  }

  private func announce(_ takeover: Takeover) {
    settings.environment.restore()
    // Safe: there is one thread, and the text is copied.
    _ = unsafe setenv(Takeover.variable, takeover.text, 1)
  }

  private func withdraw() {
    settings.environment.remove()
    _ = Environment.take(Takeover.variable)
  }
}

extension WorkerSlot {
  fileprivate var handedOn: Takeover.Process? {
    guard let running else { return nil }
    return Takeover.Process(
      processID: running.process.processID, descriptor: running.process.descriptor.rawValue,
      log: running.log.rawValue, control: running.control.rawValue, words: running.words.rawValue,
      page: running.page.rawDescriptor, journal: running.journal.descriptor.rawValue,
      keys: running.keys.descriptor.rawValue, restarts: restarts,
      startNanoseconds: running.startNanoseconds)
  }

  /// Takes a process over that the release before has started.
  func adopt(_ process: Takeover.Process, generation: UInt64) throws(SystemError) {
    let index = index
    func channel(_ descriptor: Int32) -> WorkerChannel {
      WorkerChannel(
        Descriptor(owning: descriptor), workerIndex: index, generation: generation,
        isAdopted: true)
    }
    running = try Running(
      process: ChildProcess(
        adopting: process.processID, descriptor: Descriptor(owning: process.descriptor)),
      log: Descriptor(owning: process.log), control: Descriptor(owning: process.control),
      words: Descriptor(owning: process.words),
      page: WorkerPage(mapping: Descriptor(owning: process.page), isWritable: false), desk: nil,
      journal: channel(process.journal), keys: channel(process.keys),
      startNanoseconds: process.startNanoseconds)
    restarts = process.restarts
    isReady = true
    isAdopted = true
  }
}
