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
  static func openJournals(_ settings: DaemonSettings) throws(StartFailure) -> JournalThread {
    do throws(JournalRoom.OpenFailure) {
      let room = try JournalRoom(settings.journals, at: SystemClock.microsecondsSince1970)
      do throws(SystemError) {
        return try JournalThread(room, settings.journalService)
      } catch {
        throw .system(error)
      }
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: error.exitStatus)
    }
  }

  /// Writes what the thread of journals has to tell.
  func tellOfJournals() {
    for notice in journals.takeNotices() {
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
    if !journals.end(.last) {
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
