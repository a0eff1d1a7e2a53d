internal import ArgumentParser
internal import Glibc
internal import WorkerLink

/// What the workers are confined to.
struct ConfinementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The user that workers run as, by name or number, when smartflowd is started as root; a user of \
      their own is better than one that others share. Default: nobody. Otherwise they run as whoever \
      starts it.
      """, valueName: "user"))
  var workerUser: String?

  @Option(
    help: ArgumentHelp(
      """
      Address space of each worker: 512MiB, 2GiB. One that wants more ends, and another is started. \
      Default: 1GiB, or more where --tree-cache-bytes or --max-connections need it.
      """, valueName: "size"))
  var workerMemory: SizeText?

  @Option(
    help: ArgumentHelp(
      """
      Layers of confinement that workers do without, separated by commas or in many flags: for a system that lacks them, \
      or a build that can't live with them. Such a layer is left off even where the system has it. Of: \
      \(Set(ConfinementLayer.allCases).names).
      """, valueName: "layers"))
  var allowUnconfined: [String] = []

  /// Something forbidden that each worker tries once it is confined: see `Attempt` in Confinement.
  @Option(help: .hidden)
  var workerAttempt: String?

  /// Memory of a worker that does nothing yet, and what each of its connections keeps between two calls
  /// (`keptBufferBytes` both ways).
  private static let ownBytes = 128 << 20
  private static let connectionBytes = 512 << 10

  /// Fills in what a worker is told of its confinement.
  ///
  /// - Parameter launch: Settings whose tree cache and connections are there already.
  /// - Throws: ``StartFailure`` that names the flag and the remedy.
  func settle(_ launch: inout LaunchSettings) throws(StartFailure) {
    let leftOff = try layers()
    launch.unconfinedBits = leftOff.bits
    guard let least = Self.leastBytes(launch) else {
      throw .usage(
        "--tree-cache-bytes and --max-connections ask for more memory than a processor addresses; "
          + "lower them")
    }
    launch.memoryBytes = workerMemory?.byteCount ?? max(1 << 30, least)
    guard launch.memoryBytes >= least else {
      throw .usage(
        "--worker-memory \(SizeText(byteCount: launch.memoryBytes)) does not hold a tree cache of "
          + "\(launch.treeCacheBytes) bytes and the buffers of \(launch.connections) connections; "
          + "give \(SizeText(byteCount: least)) or more")
    }
    let user = try user(keepsRoot: leftOff.contains(.unprivilegedUser))
    launch.userID = Int(user.id)
    launch.groupID = Int(user.group)
    launch.attempt = workerAttempt
  }

  /// What a worker needs whatever happens, in whole MiB; `nil` when no machine has as much.
  private static func leastBytes(_ launch: LaunchSettings) -> Int? {
    let addressable = 1 << 46
    guard launch.connections <= addressable / connectionBytes, launch.treeCacheBytes <= addressable
    else { return nil }
    // A cache counts what trees hold, not what the heap takes around it.
    let sum = ownBytes + launch.connections * connectionBytes + 2 * launch.treeCacheBytes
    return ((sum + (1 << 20) - 1) >> 20) << 20
  }

  private func layers() throws(StartFailure) -> Set<ConfinementLayer> {
    var layers: Set<ConfinementLayer> = []
    let names = allowUnconfined.flatMap {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    for name in names {
      guard let layer = ConfinementLayer(name: name) else {
        throw .usage(
          "--allow-unconfined `\(name)` is no layer; there are "
            + Set(ConfinementLayer.allCases).names)
      }
      layers.insert(layer)
    }
    return layers
  }

  private func user(keepsRoot: Bool) throws(StartFailure) -> (id: UInt32, group: UInt32) {
    let own = (id: geteuid(), group: getegid())
    if keepsRoot {
      guard workerUser == nil else {
        throw .usage(
          "--worker-user and --allow-unconfined unprivileged-user contradict each other; leave one "
            + "out")
      }
      return own
    }
    guard own.id == 0 else {
      if let workerUser, try Account.user(workerUser, for: "--worker-user").id != own.id {
        throw .usage(
          "--worker-user `\(workerUser)` takes root to become; leave it out, and workers run as user "
            + "\(own.id), who starts them")
      }
      return own
    }
    let user = try Account.user(workerUser ?? "nobody", for: "--worker-user")
    guard user.id != 0 else {
      throw .usage(
        "--worker-user must not be root; name another, or give --allow-unconfined unprivileged-user"
      )
    }
    return user
  }
}
