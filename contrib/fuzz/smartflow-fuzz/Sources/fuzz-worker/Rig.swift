import Catalog
import FuzzSupport
import Glibc
import JSON
import SmartFlowMessages
import Synchronization
import TTRPC
import UnixSocket
import WorkerLink

/// A worker on a thread of its own, and all that is around it: the keeper's ends, and the client's.
final class Rig: Sendable {
  /// The one worker of the process; it serves every input, as it does every client.
  static let shared = Rig()

  private let control: Descriptor
  private let log: Descriptor
  /// Nobody reads it: a worker does not mind.
  private let journal: Descriptor
  /// The keeper's end of the keys' channel: every key is granted.
  private let keys: Descriptor
  private let board: StatusBoard
  private let page: WorkerPage
  private let desk: SharedBytes
  /// Two published trees: `t`, and `u`, which uses it; what is asked of the store itself finds none.
  private let catalog: CatalogWriter
  /// A client of its own, which no other client's bytes may disturb.
  private let neighbour: Descriptor
  private let checks = Atomic<Int>(0)

  private init() {
    do {
      var settings = LaunchSettings()
      settings.maximumTimeoutNanoseconds = 2_000_000_000
      // Small enough to be full now and then.
      settings.treeCacheBytes = 1 << 20
      board = try StatusBoard(
        keeperProcessID: UInt64(getpid()), startMicroseconds: 1_790_000_000_000_000,
        startNanoseconds: 0, workerCount: 1)
      page = try WorkerPage()
      desk = try SharedBytes(
        creating: "desk", byteCount: Catalog.Limits.deskBytes,
        capacity: Catalog.Limits.deskBytes, othersMayWrite: true)
      catalog = try Self.catalog()
      var sequence: UInt64 = 0
      board.publishCatalog(catalog.state.words, sequence: &sequence)
      let control = try Descriptor.pair(packets: true)
      let log = try Descriptor.pair(packets: true)
      let journal = try Descriptor.pair(packets: true)
      let keys = try Descriptor.pair(packets: true)
      let worker = Inheritance(
        settings,
        owning: [
          try Self.listener(), try Self.listener(), try log.second.duplicate().release(),
          try control.second.duplicate().release(),
          try Descriptor.duplicate(board.rawDescriptor).release(),
          try Descriptor.duplicate(page.rawDescriptor).release(),
          try desk.descriptor.duplicate().release(),
          try Descriptor.duplicate(catalog.rawDescriptor).release(),
          try journal.second.duplicate().release(), try keys.second.duplicate().release(),
        ])
      try Self.giveJournal(over: journal.first)
      self.journal = try journal.first.duplicate()
      self.keys = try keys.first.duplicate()
      worker.serve()
      neighbour = try Self.connection(isAdmin: false, over: control.first)
      self.control = try control.first.duplicate()
      self.log = try log.first.duplicate()
    } catch {
      broken("no worker: \(error)")
    }
  }

  /// A journal that takes everything and keeps nothing: an input's records are nobody's.
  private static func giveJournal(over channel: borrowing Descriptor) throws(SystemError) {
    let message = JournalMessage.journal(id: [UInt8](repeating: 1, count: JournalMessage.idBytes))
    let sent = channel.send(message.bytes, passing: try Descriptor.open("/dev/null", .append))
    guard case .bytes = sent else { throw SystemError(call: "sendmsg", code: EPIPE) }
  }

  private static func catalog() throws -> CatalogWriter {
    var catalog = try CatalogWriter()
    let trees = [
      ("t", #"{"parameters":{"amount":1},"type":"GrantBonus"}"#),
      ("u", #"{"parameters":{"treeId":"t"},"type":"SubTree"}"#),
    ]
    for (index, (name, json)) in trees.enumerated() {
      guard let treeID = TreeID(name) else { broken("a tree's ID is none") }
      let digest = Digest(words: (1 + UInt64(index), 2, 3, 4))
      try catalog.put(treeID, version: 1, digest: digest, json: Array(json.utf8))
      try catalog.activate(treeID, version: 1)
    }
    return catalog
  }

  /// A socket that is bound, as the worker's are, to a name that the kernel picks.
  private static func listener() throws(SystemError) -> Int32 {
    let socket = Glibc.socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    var family = sa_family_t(AF_UNIX)
    // Safe: the address is its family alone, and read during the call only.
    let result = unsafe withUnsafeMutablePointer(to: &family) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket, $0, socklen_t(MemoryLayout<sa_family_t>.size))
      }
    }
    guard socket >= 0, result == 0, listen(socket, 1) == 0 else {
      throw SystemError(call: "listen", code: errno)
    }
    return socket
  }

  /// A connection to the worker, as the keeper passes them on from one to the next.
  private static func connection(
    isAdmin: Bool, over control: borrowing Descriptor
  ) throws(SystemError) -> Descriptor {
    let pair = try Descriptor.pair()
    try pair.second.setNonBlocking()
    let passed = PassedConnection(isAdmin: isAdmin, lastStreamID: 0)
    guard case .bytes = control.send(passed.bytes, passing: pair.second) else {
      broken("the worker takes no connection")
    }
    // The other end is closed here, so that the worker alone has it, and its closing is seen.
    return try pair.first.duplicate()
  }

  /// Gives the worker a connection that says `bytes` and ends, and listens until the worker has ended it.
  func converse(_ bytes: [UInt8], isAdmin: Bool) -> [UInt8] {
    let client: Descriptor
    do throws(SystemError) {
      client = try Self.connection(isAdmin: isAdmin, over: control)
    } catch {
      broken("no connection: \(error)")
    }
    var sent = 0
    var answers: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    if bytes.isEmpty { shutdown(client.rawValue, Int32(SHUT_WR)) }
    while true {
      if sent < bytes.count {
        switch client.send(bytes, from: sent) {
        case .bytes(let count): sent += count
        case .wouldBlock: break
        case .closed, .failed: sent = bytes.count
        }
        if sent == bytes.count { shutdown(client.rawValue, Int32(SHUT_WR)) }
      }
      wait(for: client.rawValue, toWrite: sent < bytes.count)
      serveKeeper()
      switch client.receive(into: &buffer) {
      case .bytes(let count): answers += buffer.prefix(count)
      case .wouldBlock: continue
      case .closed: return answers
      case .failed(let code): broken("reading the answers fails with \(code)")
      }
    }
  }

  /// Waits until the client's, the keeper's or the log's end has something; 20 s are a hang.
  private func wait(for client: Int32, toWrite: Bool) {
    let events = Int16(POLLIN) | (toWrite ? Int16(POLLOUT) : 0)
    var watched = [
      pollfd(fd: client, events: events, revents: 0),
      pollfd(fd: control.rawValue, events: Int16(POLLIN), revents: 0),
      pollfd(fd: log.rawValue, events: Int16(POLLIN), revents: 0),
      pollfd(fd: keys.rawValue, events: Int16(POLLIN), revents: 0),
    ]
    // Safe: the list is as long as it says, and used during the call only.
    let count = unsafe poll(&watched, nfds_t(watched.count), 20_000)
    require(count != 0, "the worker neither answers nor closes")
  }

  /// Does what the keeper does: lifts quarantines, and reads the log, in which every line is JSON.
  private func serveKeeper() {
    grantKeys()
    var packet = [UInt8](repeating: 0, count: LogRecord.packetBytes)
    while case .bytes(let count) = control.receive(into: &packet) {
      guard let message = ControlMessage(parsing: packet[..<count]) else {
        broken("the worker says \(count) bytes that its keeper does not know")
      }
      let answer: ControlMessage
      switch message {
      case .liftQuarantine(let request, let digest):
        answer = .lifted(
          request: request, wasThere: digest.bytes.first.map { $0 & 1 == 1 } ?? false)
      case .addMetricsUp(let request), .setLogLevel(let request, _), .wantDrain(let request):
        answer = .done(request: request, isDone: request & 1 == 1)
      case .askStore(let request, _): answer = .storeAnswered(request: request, byteCount: 0)
      default: continue
      }
      answer.bytes.withExactBytes { _ = control.sendPacket($0) }
    }
    while case .bytes(let count) = log.receive(into: &packet) {
      for line in LogRecord.lines(in: packet[..<count]) {
        guard let line else { broken("a packet of the log is not lines") }
        check(Array(line))
      }
    }
  }

  /// Grants every key; an answer that is recorded is forgotten.
  private func grantKeys() {
    var packet = [UInt8](repeating: 0, count: KeyMessage.byteCount + 1)
    while case .bytes(let count) = keys.receive(into: &packet) {
      guard var message = KeyMessage(parsing: packet[..<count]) else {
        broken("the worker says \(count) bytes of keys that its keeper does not know")
      }
      guard message.kind == .claim else { continue }
      message.kind = .granted
      message.bytes.withExactBytes { _ = keys.sendPacket($0) }
    }
  }

  private func check(_ line: [UInt8]) {
    line.withExactBytes { bytes in
      do throws(JSONError) {
        _ = try JSONParser.parse(
          bytes, limits: JSONLimits(byteCount: LogRecord.lineBytes, nesting: 100, values: 100_000))
      } catch {
        broken("a line of the log is no JSON: \(error)")
      }
    }
  }

  /// The neighbour is served, whatever the others sent.
  func checkHealth() {
    let streamID = UInt32(2 * checks.add(1, ordering: .relaxed).oldValue + 1)
    var request: [UInt8] = []
    let start = FrameWriter.beginFrame(in: &request)
    RequestEnvelopeMessage.append(
      HealthCheckRequest(), timeoutNanoseconds: 2_000_000_000, to: &request)
    FrameWriter.endFrame(
      startingAt: start, type: .request, streamID: streamID, in: &request)
    require(neighbour.send(request) == .bytes(request.count), "the neighbour can't send")
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !Session.isServing(answer, streamID) {
      wait(for: neighbour.rawValue, toWrite: false)
      serveKeeper()
      switch neighbour.receive(into: &buffer) {
      case .bytes(let count): answer += buffer.prefix(count)
      case .wouldBlock: continue
      case .closed, .failed: broken("the neighbour's connection is closed")
      }
    }
  }
}

extension Descriptor {
  /// Reads what is there of a socket, without waiting.
  fileprivate borrowing func receive(into buffer: inout [UInt8]) -> Transfer {
    // Safe: the buffer is as long as it says, and used during the call only.
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe recv(rawValue, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
    }
    if count > 0 { return .bytes(count) }
    if count == 0 { return .closed }
    return switch errno {
    case EAGAIN, EINTR: .wouldBlock
    case ECONNRESET: .closed
    default: .failed(errno)
    }
  }
}
