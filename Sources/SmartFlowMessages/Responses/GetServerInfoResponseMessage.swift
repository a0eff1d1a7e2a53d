/// The answer to ``GetServerInfoRequest``.
public struct GetServerInfoResponseMessage: ResponseMessage {
  /// Semantic version of the daemon.
  public var version: String
  /// When the keeper started.
  public var startTime: Timestamp?
  /// How long ago that is, by a clock that is not stepped.
  public var uptime: Duration?
  /// The keeper's process.
  public var keeperPID: UInt32
  /// In the order of their index.
  public var workers: [WorkerInfoMessage]
  /// Where the server listens.
  public var sockets: [SocketInfoMessage]
  /// What may be asked of it.
  public var limits: LimitsMessage?
  /// What keeps the workers from everything but serving, layer by layer.
  public var confinement: [ConfinementLayerMessage]
  /// Trees that no worker runs, because each has ended too many of them.
  public var quarantine: [QuarantinedTreeMessage]
  /// Every setting, where that was asked for.
  public var configuration: [ConfigurationValueMessage]

  /// Makes an answer; what is not named is absent.
  public init(
    version: String = "", startTime: Timestamp? = nil, uptime: Duration? = nil,
    keeperPID: UInt32 = 0, workers: [WorkerInfoMessage] = [], sockets: [SocketInfoMessage] = [],
    limits: LimitsMessage? = nil, confinement: [ConfinementLayerMessage] = [],
    quarantine: [QuarantinedTreeMessage] = [], configuration: [ConfigurationValueMessage] = []
  ) {
    self.version = version
    self.startTime = startTime
    self.uptime = uptime
    self.keeperPID = keeperPID
    self.workers = workers
    self.sockets = sockets
    self.limits = limits
    self.confinement = confinement
    self.quarantine = quarantine
    self.configuration = configuration
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.text(1, version, to: &output)
    Wire.timestamp(2, startTime, to: &output)
    Wire.duration(3, uptime, to: &output)
    Wire.integer(4, UInt64(keeperPID), to: &output)
    for worker in workers { Wire.message(5, to: &output) { worker.append(to: &$0) } }
    for socket in sockets { Wire.message(6, to: &output) { socket.append(to: &$0) } }
    if let limits { Wire.message(7, to: &output) { limits.append(to: &$0) } }
    for layer in confinement { Wire.message(8, to: &output) { layer.append(to: &$0) } }
    for tree in quarantine { Wire.message(20, to: &output) { tree.append(to: &$0) } }
    for value in configuration { Wire.message(21, to: &output) { value.append(to: &$0) } }
  }
}
