/// One of the layers around a worker, in the order in which they are put on.
///
/// Each stops something by itself, so that a hole in one is not a hole in the wall.
public enum ConfinementLayer: UInt8, CaseIterable, Sendable {
  /// The worker is not root, and has no capability.
  case unprivilegedUser = 1
  /// No program that the worker could start gives it more rights.
  case noNewPrivileges = 2
  /// The kernel ends the worker with the keeper.
  case parentDeath = 3
  /// Nobody but root looks into the worker's memory, and a crash leaves no picture of it.
  case notDumpable = 4
  /// A crash writes no file.
  case coreLimit = 5
  /// The worker makes no process and no thread.
  case processLimit = 6
  /// The worker holds no more descriptors than its connections take.
  case descriptorLimit = 7
  /// A worker that wants ever more memory ends itself, and not the machine.
  case addressSpaceLimit = 8
  /// No file, no TCP, no abstract socket and no signal to others.
  case landlock = 9
  /// No system call but those that serving takes.
  case seccomp = 10

  /// What people call it: the word of `--allow-unconfined`, of the log and of `smartflow status`.
  public var name: String {
    switch self {
    case .unprivilegedUser: "unprivileged-user"
    case .noNewPrivileges: "no-new-privileges"
    case .parentDeath: "parent-death"
    case .notDumpable: "not-dumpable"
    case .coreLimit: "core-limit"
    case .processLimit: "process-limit"
    case .descriptorLimit: "descriptor-limit"
    case .addressSpaceLimit: "address-space-limit"
    case .landlock: "landlock"
    case .seccomp: "seccomp"
    }
  }

  /// The layer of a name, or `nil`.
  public init?(name: some StringProtocol) {
    guard let layer = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = layer
  }
}

extension Set<ConfinementLayer> {
  /// The layers whose bits are set; the bit of a layer is its number.
  public init(bits: Int) {
    self = Set(ConfinementLayer.allCases.filter { bits >> $0.rawValue & 1 == 1 })
  }

  /// A bit for each layer.
  public var bits: Int { reduce(0) { $0 | 1 << $1.rawValue } }

  /// Their names in the order of the layers, such as `landlock, seccomp`.
  public var names: String {
    ConfinementLayer.allCases.filter(contains).map(\.name).joined(separator: ", ")
  }
}
