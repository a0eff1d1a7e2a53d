internal import Glibc
internal import WorkerLink

/// What the workers are confined to.
enum ConfinementSettings {
  /// Memory of a worker that does nothing yet, and what each of its connections keeps between two calls
  /// (`keptBufferBytes` both ways).
  private static let ownBytes = 128 << 20
  private static let connectionBytes = 512 << 10

  /// Fills in what a worker is told of its memory.
  ///
  /// - Parameters:
  ///   - configuration: What is configured, for which it is noted what the memory came to.
  ///   - launch: Settings whose tree cache and connections are there already.
  /// - Throws: ``ConfigurationFailure`` with the remedy.
  static func settleMemory(
    _ configuration: inout Configuration, _ launch: inout LaunchSettings
  ) throws(ConfigurationFailure) {
    guard let least = leastBytes(launch) else {
      throw configuration.failure(
        .treeCacheBytes, .maxConnections,
        reason: .unfit(
          "tree-cache-bytes and max-connections ask for more memory than a processor addresses; "
            + "lower them"))
    }
    launch.memoryBytes = configuration.byteCount(.workerMemory) ?? max(1 << 30, least)
    configuration.settle(.workerMemory, as: "\(SizeText(byteCount: launch.memoryBytes))")
    guard launch.memoryBytes >= least else {
      throw configuration.failure(
        .workerMemory,
        reason: .unfit(
          "\(SizeText(byteCount: launch.memoryBytes)) do not hold a tree cache of "
            + "\(launch.treeCacheBytes) bytes and the buffers of \(launch.connections) connections; "
            + "give \(SizeText(byteCount: least)) or more"))
    }
  }

  /// Fills in who a worker is to be, and which layers of confinement it does without.
  ///
  /// - Throws: ``ConfigurationFailure`` with the remedy.
  static func settleRights(
    _ configuration: inout Configuration, _ launch: inout LaunchSettings
  ) throws(ConfigurationFailure) {
    let leftOff = try layers(configuration)
    launch.unconfinedBits = leftOff.bits
    let user = try user(configuration, keepsRoot: leftOff.contains(.unprivilegedUser))
    launch.userID = Int(user.id)
    launch.groupID = Int(user.group)
    let name = Account.name(of: user.id)
    configuration.settle(.workerUser, as: name.isEmpty ? "\(user.id)" : name)
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

  private static func layers(
    _ configuration: Configuration
  ) throws(ConfigurationFailure) -> Set<ConfinementLayer> {
    var layers: Set<ConfinementLayer> = []
    for name in configuration.names(.allowUnconfined) {
      guard let layer = ConfinementLayer(name: name) else {
        throw configuration.failure(
          .allowUnconfined,
          reason: .unfit(
            "`\(name)` is no layer; there are " + Set(ConfinementLayer.allCases).names))
      }
      layers.insert(layer)
    }
    return layers
  }

  private static func user(
    _ configuration: Configuration, keepsRoot: Bool
  ) throws(ConfigurationFailure) -> (id: UInt32, group: UInt32) {
    let own = (id: geteuid(), group: getegid())
    let wanted = configuration.text(.workerUser)
    if keepsRoot {
      guard wanted == nil else {
        throw configuration.failure(
          .workerUser,
          reason: .unfit(
            "worker-user and the layer unprivileged-user of allow-unconfined contradict each other; leave "
              + "one out"))
      }
      return own
    }
    guard own.id == 0 else {
      if let wanted, try Account.user(wanted, of: .workerUser, in: configuration).id != own.id {
        throw configuration.failure(
          .workerUser,
          reason: .unfit(
            "`\(wanted)` takes root to become; leave it out, and workers run as user \(own.id), who "
              + "starts them"))
      }
      return own
    }
    let user = try Account.user(wanted ?? "nobody", of: .workerUser, in: configuration)
    guard user.id != 0 else {
      throw configuration.failure(
        .workerUser,
        reason: .unfit("must not be root; name another, or allow-unconfined unprivileged-user"))
    }
    return user
  }
}
