internal import Glibc
internal import Logging
internal import Storage
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// Journals and audit, as far as the keeper's loop has to do with them.
extension Keeper {
  /// Opens journals and audit of the state directory, and takes in what a daemon before has left.
  ///
  /// - Throws: ``StartFailure`` when the audit is not whole, or can't be written.
  static func openJournals(
    _ settings: DaemonSettings, _ stock: JournalStock, keys: KeyRoom,
    _ keyThread: ServiceThread<KeyService>, hasWorkers: Bool
  ) throws(StartFailure) -> ServiceThread<JournalService> {
    let room: JournalRoom
    do throws(JournalRoom.OpenFailure) {
      room = try JournalRoom(
        settings.journals, keys: keys, hasWriters: hasWorkers,
        at: SystemClock.microsecondsSince1970)
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: error.exitStatus)
    }
    do throws(SystemError) {
      return try ServiceThread(
        JournalService(
          room, stock, settings.journalService, noteSettled: { keyThread.settle($0) }))
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: EX_OSERR)
    }
  }

  /// Makes journals for workers.
  ///
  /// - Throws: ``StartFailure`` when there is no descriptor to spare.
  static func journalStock(_ settings: DaemonSettings) throws(StartFailure) -> JournalStock {
    do throws(SystemError) {
      return try JournalStock(JournalMaker(directory: settings.journals.directory))
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: EX_OSERR)
    }
  }

  /// Opens the store of idempotency keys of the state directory.
  ///
  /// - Throws: ``StartFailure`` when it is not whole, or can't be opened; nothing was changed then.
  static func openKeys(
    _ path: String, _ settings: DaemonSettings
  ) throws(StartFailure) -> KeyRoom {
    do throws(StoreFailure) {
      return try KeyRoom(
        path: path,
        retentionMicroseconds: settings.keyRetentionNanoseconds / 1000)
    } catch {
      throw StartFailure(error)
    }
  }

  /// Answers for idempotency keys.
  ///
  /// - Throws: ``StartFailure`` when what the release before has left of them does not parse, or the system refuses.
  static func keyThread(
    _ keys: KeyRoom, _ takeover: Takeover?
  ) throws(StartFailure) -> ServiceThread<KeyService> {
    var inherited: KeysInHand?
    if let number = takeover?.keysInHand {
      do throws(KeysInHand.Failure) {
        inherited = try KeysInHand(leftIn: Descriptor(owning: number))
      } catch {
        throw StartFailure(description: "\(error)", exitStatus: EX_SOFTWARE)
      }
    }
    do throws(SystemError) {
      return try ServiceThread(KeyService(keys, inherited: inherited))
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: EX_OSERR)
    }
  }

  /// Writes what the threads of journals and of idempotency keys have to tell.
  func tellOfJournals() {
    for notice in journals.takeNotices() + keys.takeNotices() {
      var facts: Logger.Metadata = [:]
      for (name, fact) in notice.facts { facts[name] = "\(fact)" }
      logger.log(
        level: Logger.Level(rawValue: notice.level.name) ?? .error, "\(notice.event)",
        metadata: facts)
    }
  }

  /// Counts how long the disk took.
  func countSynchronizations() {
    for nanoseconds in journals.takeSynchronizations() {
      let (bucket, sum) = MetricsLayout.journalSync(nanoseconds: nanoseconds)
      totals.count(bucket)
      totals.count(sum, by: nanoseconds)
    }
  }

  /// Takes everything in that workers have left, at the end.
  func endJournals() {
    stock.end()
    let milliseconds = ServiceLimits.endMilliseconds
    if !(journals.end(.last, within: milliseconds) && keys.end(.last, within: milliseconds)) {
      logger.warning(
        "journals_not_taken_in",
        metadata: ["reason": "the disk takes too long; the next start takes them in"])
    }
    tellOfJournals()
  }
}

extension JournalRoom.OpenFailure {
  fileprivate var exitStatus: Int32 {
    switch self {
    case .system: EX_CANTCREAT
    case .audit(let error):
      switch error {
      case .system: EX_CANTCREAT
      case .inUse: EX_UNAVAILABLE
      case .keyRights, .notAKey, .publicKeyDiffers, .foreignCheckpoints: EX_CONFIG
      default: EX_DATAERR
      }
    }
  }
}
