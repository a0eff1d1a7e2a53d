internal import Glibc

/// How many descriptors the keeper may have open: `RLIMIT_NOFILE`, setrlimit(2).
enum DescriptorLimit {
  /// Descriptors that the keeper needs with so many workers.
  static func needed(workers: Int) -> UInt64 {
    UInt64(
      SupervisionLimits.ownDescriptors + SupervisionLimits.arrivingConnections
        // One more, for the process that leaves when it is replaced.
        + (workers + 1) * SupervisionLimits.descriptorsOfWorker)
  }

  /// Raises the limit to what is needed, as far as the system lets it.
  ///
  /// What a worker may open is settled when it is confined.
  ///
  /// - Throws: ``StartFailure`` when that is not far enough.
  static func raise(workers: Int) throws(StartFailure) {
    let needed = needed(workers: workers)
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    // Safe: the structure is used during the calls only, here and below.
    guard unsafe getrlimit(resource, &limit) == 0, limit.rlim_cur < needed else { return }
    guard limit.rlim_max >= needed else {
      throw StartFailure(
        description:
          "a process may have \(limit.rlim_max) files open here and \(workers) workers need \(needed); "
          + "raise the limit (`ulimit -Hn`, or LimitNOFILE= of the unit), or lower --workers",
        exitStatus: EX_CONFIG)
    }
    limit.rlim_cur = rlim_t(needed)
    guard unsafe setrlimit(resource, &limit) == 0 else {
      throw StartFailure(
        description: "the limit of open files can't be raised to \(needed)", exitStatus: EX_OSERR)
    }
  }
}
