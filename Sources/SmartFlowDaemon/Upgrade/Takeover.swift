internal import JSON
internal import WorkerLink

/// What a keeper leaves to the release that goes on in its process.
///
/// It travels in a variable of the environment. The descriptors that it names stay open while one program becomes
/// another; everything else of the old one is gone.
struct Takeover: Equatable, Sendable {
  /// A socket that the keeper has bound itself; one that was passed comes the way it came first.
  struct Socket: Equatable, Sendable {
    var path: String
    var descriptor: Int32
    var lock: Int32
  }

  /// A worker that serves, and our ends of what leads to it.
  struct Process: Equatable, Sendable {
    var processID: Int32
    var descriptor: Int32
    var log: Int32
    var control: Int32
    var words: Int32
    var page: Int32
    var journal: Int32
    var keys: Int32
    var restarts: UInt64
    /// On the monotonic clock.
    var startNanoseconds: UInt64
  }

  /// Why a release can't go on.
  enum Failure: Error, Equatable, CustomStringConvertible {
    /// The text is none of ours.
    case malformed(String)
    /// Releases that talk differently with their workers.
    case otherForm(Int)
    /// What was left and what this release is to be are not the same.
    case doesNotFit(String)

    /// One sentence with the remedy.
    var description: String {
      switch self {
      case .malformed(let what):
        "\(Takeover.variable) has no sound \(what); it is set by a keeper that makes room for another release"
      case .otherForm(let form):
        "the release that runs leaves form \(form) and this one takes over form \(Takeover.form); "
          + "stop the daemon and start this one"
      case .doesNotFit(let what):
        "\(what) is not what it was; stop the daemon and start it with the new configuration"
      }
    }
  }

  /// The variable's name.
  static let variable = "SMARTFLOW_TAKEOVER"
  /// Changes with what keepers and workers say to each other, and with what stands here.
  static let form = 4
  /// The oldest that is taken over: it leaves no keys in hand, since it waits until there are none.
  private static let oldestForm = 3

  /// Who left it: the process that goes on, or the parent of the one that only looks whether it could.
  var keeperProcessID: Int32
  /// Whether the program is only to say whether it could go on.
  var isCheck = false
  /// The version that makes room.
  var release: String
  var data: Socket?
  var admin: Socket?
  /// Where published trees and the rest are; `nil` where the release that makes room does not say.
  var stateDirectory: String?
  /// One for each place, in their order.
  var processes: [Process] = []
  var quarantine: [QuarantinedTree] = []
  /// What workers have counted that are gone.
  var metrics: MetricsTotals?
  /// Where ``KeysInHand`` are; `nil` where there are none.
  var keysInHand: Int32?

  /// Looks whether a release with these settings can go on.
  ///
  /// - Throws: ``Failure`` when it can't.
  func check(_ settings: DaemonSettings) throws(Failure) {
    guard processes.count == settings.workers else { throw .doesNotFit("the number of workers") }
    guard stateDirectory == nil || stateDirectory == settings.stateDirectory else {
      throw .doesNotFit("the state directory")
    }
    for (place, socket, name) in [
      (settings.data, data, "the data socket"), (settings.admin, admin, "the admin socket"),
    ] {
      guard place.isPassed ? socket == nil : socket?.path == place.path else {
        throw .doesNotFit(name)
      }
    }
  }

  /// The descriptors that stay open, those of the service manager apart.
  var descriptors: [Int32] {
    [data, admin].compactMap { $0 }.flatMap { [$0.descriptor, $0.lock] }
      + processes.flatMap {
        [$0.descriptor, $0.log, $0.control, $0.words, $0.page, $0.journal, $0.keys]
      } + [keysInHand].compactMap { $0 }
  }

  /// The one in the environment of a process, if it is for this one; the programs that it starts are not told.
  ///
  /// - Throws: ``Failure`` when it is not understood.
  static func ofEnvironment(
    processID: Int32, parentID: Int32
  ) throws(Failure) -> Takeover? {
    guard let text = Environment.take(variable) else { return nil }
    let takeover = try Takeover(parsing: text)
    let addressee = takeover.isCheck ? parentID : processID
    return takeover.keeperProcessID == addressee ? takeover : nil
  }

  // MARK: As text

  /// The text for the environment.
  var text: String {
    var bytes: [UInt8] = []
    JSONWriter.append(
      .object([
        "form": .number(Double(Self.form)), "keeper": .number(Double(keeperProcessID)),
        "check": .bool(isCheck), "release": .string(release), "data": Self.value(data),
        "admin": Self.value(admin), "state": stateDirectory.map { .string($0) } ?? .null,
        "processes": .array(processes.map(Self.value)),
        "quarantine": .array(quarantine.map(Self.value)), "metrics": Self.value(metrics),
        "keysInHand": keysInHand.map { .number(Double($0)) } ?? .null,
      ]), to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads the text of an environment, which may be anything.
  ///
  /// - Throws: ``Failure`` when it is not what ``text`` writes.
  init(parsing text: String) throws(Failure) {
    let value: JSONValue
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      value = unsafe try JSONParser.parse(Array(text.utf8).span.bytes, limits: Self.limits)
    } catch {
      throw .malformed("JSON: \(error)")
    }
    guard case .object(let object) = value, let form = Self.number(object["form"], as: Int.self)
    else { throw .malformed("form") }
    guard (Self.oldestForm...Self.form).contains(form) else { throw .otherForm(form) }
    guard let keeper = Self.number(object["keeper"], as: Int32.self),
      case .bool(let isCheck)? = object["check"], case .string(let release)? = object["release"],
      case .array(let processes)? = object["processes"],
      case .array(let quarantine)? = object["quarantine"]
    else { throw .malformed("member") }
    keeperProcessID = keeper
    self.isCheck = isCheck
    self.release = release
    data = try Self.socket(object["data"])
    admin = try Self.socket(object["admin"])
    if case .string(let path)? = object["state"] { stateDirectory = path }
    for process in processes { self.processes.append(try Self.process(process)) }
    for tree in quarantine { self.quarantine.append(try Self.tree(tree)) }
    metrics = try Self.metrics(object["metrics"])
    if form > Self.oldestForm, object["keysInHand"] != .null {
      guard let number = Self.open(object["keysInHand"]) else { throw .malformed("keysInHand") }
      keysInHand = number
    }
  }

  init(keeperProcessID: Int32, release: String) {
    self.keeperProcessID = keeperProcessID
    self.release = release
  }

  /// A process takes some 200 bytes, a tree in quarantine as much; one variable holds 128 KiB on Linux.
  private static let limits = JSONLimits(byteCount: 128 << 10, nesting: 4, values: 10_000)

  private static func value(_ socket: Socket?) -> JSONValue {
    guard let socket else { return .null }
    return .object([
      "path": .string(socket.path), "descriptor": .number(Double(socket.descriptor)),
      "lock": .number(Double(socket.lock)),
    ])
  }

  private static func socket(_ value: JSONValue?) throws(Failure) -> Socket? {
    if value == .null { return nil }
    guard case .object(let object)? = value, case .string(let path)? = object["path"],
      let descriptor = open(object["descriptor"]), let lock = open(object["lock"])
    else { throw .malformed("socket") }
    return Socket(path: path, descriptor: descriptor, lock: lock)
  }

  private static func value(_ process: Process) -> JSONValue {
    .object([
      "pid": .number(Double(process.processID)),
      "descriptor": .number(Double(process.descriptor)), "log": .number(Double(process.log)),
      "control": .number(Double(process.control)), "words": .number(Double(process.words)),
      "page": .number(Double(process.page)), "journal": .number(Double(process.journal)),
      "keys": .number(Double(process.keys)),
      // As texts: a double does not hold all of them.
      "restarts": .string(String(process.restarts)),
      "start": .string(String(process.startNanoseconds)),
    ])
  }

  private static func process(_ value: JSONValue) throws(Failure) -> Process {
    guard case .object(let object) = value,
      let processID = number(object["pid"], as: Int32.self), processID > 0,
      let own = open(object["descriptor"]), let log = open(object["log"]),
      let control = open(object["control"]), let words = open(object["words"]),
      let page = open(object["page"]), let journal = open(object["journal"]),
      let keys = open(object["keys"]),
      case .string(let restarts)? = object["restarts"], let restarts = UInt64(restarts),
      case .string(let start)? = object["start"], let start = UInt64(start)
    else { throw .malformed("process") }
    return Process(
      processID: processID, descriptor: own, log: log, control: control, words: words, page: page,
      journal: journal, keys: keys, restarts: restarts, startNanoseconds: start)
  }

  private static func value(_ tree: QuarantinedTree) -> JSONValue {
    .object([
      "kind": .number(Double(tree.tree.kind.rawValue)), "digest": .string(tree.tree.digest.text),
      "since": .string(String(tree.sinceMicroseconds)),
      "reason": .number(Double(tree.reason.rawValue)),
    ])
  }

  private static func tree(_ value: JSONValue) throws(Failure) -> QuarantinedTree {
    guard case .object(let object) = value,
      let kind = number(object["kind"], as: UInt64.self).flatMap(TreeFingerprint.Kind.init),
      case .string(let text)? = object["digest"], let digest = Digest(text: text),
      case .string(let since)? = object["since"], let since = UInt64(since),
      let reason = number(object["reason"], as: UInt64.self).flatMap(DeathReason.init)
    else { throw .malformed("quarantine") }
    return QuarantinedTree(
      TreeFingerprint(kind, digest), sinceMicroseconds: since, reason: reason)
  }

  private static func number<Number: FixedWidthInteger>(
    _ value: JSONValue?, as type: Number.Type
  ) -> Number? {
    guard case .number(let number)? = value else { return nil }
    return Number(exactly: number)
  }

  /// The number of a descriptor that is not one of the standard ones.
  private static func open(_ value: JSONValue?) -> Int32? {
    guard let number = number(value, as: Int32.self), number > 2 else { return nil }
    return number
  }
}
