import Catalog
import Glibc
import SmartFlowMessages
import SmartFlowWorker
import TTRPC
import UnixSocket
import WorkerLink

/// A whole worker on a thread of its own, with one published tree and one connection: calls reach it many in one read,
/// so that the system's part in each is small, and its processor's time is taken, not the clock's.
final class Host {
  /// Calls in one write, and in one read of the worker's.
  static let calls = 64

  private let client: Descriptor
  private let clock: clockid_t
  private var streamID: UInt32 = 1
  private var requests: [UInt8] = []
  private var answers = [UInt8](repeating: 0, count: 256 << 10)
  /// The keeper's ends, which are open as long as the worker lives.
  private let kept: [Int32]
  private let board: StatusBoard
  private let page: WorkerPage
  private let desk: SharedBytes
  private let catalog: CatalogWriter

  init() throws {
    var settings = LaunchSettings()
    settings.maximumTimeoutNanoseconds = 60_000_000_000
    let board = try StatusBoard(
      keeperProcessID: UInt64(getpid()), startMicroseconds: 1_790_000_000_000_000,
      startNanoseconds: 0, workerCount: 1)
    let page = try WorkerPage()
    let desk = try SharedBytes(
      creating: "desk", byteCount: Catalog.Limits.deskBytes, capacity: Catalog.Limits.deskBytes,
      othersMayWrite: true)
    let catalog = try Self.catalog()
    var sequence: UInt64 = 0
    board.publishCatalog(catalog.state.words, sequence: &sequence)
    let control = try Descriptor.pair(packets: true)
    let log = try Descriptor.pair(packets: true)
    let journal = try Descriptor.pair(packets: true)
    let keys = try Descriptor.pair(packets: true)
    let inheritance = Inheritance(
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
    let message = JournalMessage.journal(id: [UInt8](repeating: 1, count: JournalMessage.idBytes))
    guard
      case .bytes = journal.first.send(
        message.bytes, passing: try Descriptor.open("/dev/null", .append))
    else { throw Failure(message: "the worker takes no journal") }
    // Calls here record nothing, so that its log stays empty and nobody need read it.
    kept = [
      try control.first.duplicate().release(), try log.first.duplicate().release(),
      try journal.first.duplicate().release(), try keys.first.duplicate().release(),
    ]
    clock = try inheritance.serve()
    let pair = try Descriptor.pair()
    try pair.second.setNonBlocking()
    guard
      case .bytes = control.first.send(
        PassedConnection(isAdmin: false, lastStreamID: 0).bytes, passing: pair.second)
    else { throw Failure(message: "the worker takes no connection") }
    client = try pair.first.duplicate()
    self.board = board
    self.page = page
    self.desk = desk
    self.catalog = catalog
  }

  private static func catalog() throws -> CatalogWriter {
    var catalog = try CatalogWriter()
    guard let treeID = TreeID("winback") else { throw Failure(message: "the tree's ID is none") }
    try catalog.put(
      treeID, version: 1, digest: Digest(words: (1, 2, 3, 4)), json: TreeText.json())
    try catalog.activate(treeID, version: 1)
    return catalog
  }

  /// A socket that is bound to a name which the kernel picks, as a worker's are to theirs.
  private static func listener() throws -> Int32 {
    let socket = Glibc.socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    var family = sa_family_t(AF_UNIX)
    let result = withUnsafeMutablePointer(to: &family) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sa_family_t>.size))
      }
    }
    guard socket >= 0, result == 0, listen(socket, 1) == 0 else {
      throw Failure(message: "listening fails with \(errno)")
    }
    return socket
  }

  /// Makes the next calls, and says what the worker's thread has taken for all of them, in nanoseconds.
  func call(_ request: (Int) -> ExecuteTreeRequestMessage) throws(Failure) -> Double {
    requests.removeAll(keepingCapacity: true)
    for index in 0..<Self.calls {
      let start = FrameWriter.beginFrame(in: &requests)
      RequestEnvelopeMessage.append(
        request(index), timeoutNanoseconds: 30_000_000_000, to: &requests)
      FrameWriter.endFrame(
        startingAt: start, type: .request, streamID: streamID, in: &requests)
      streamID += 2
    }
    return try repeatCalls(rewriting: false)
  }

  /// Makes the same calls again, on new streams.
  func repeatCalls(rewriting: Bool = true) throws(Failure) -> Double {
    if rewriting { renumber() }
    let before = Clock.now(clock)
    guard client.send(requests) == .bytes(requests.count) else {
      throw Failure(message: "the worker does not read")
    }
    try receive()
    return Clock.now(clock) - before
  }

  private func renumber() {
    var offset = 0
    while offset < requests.count {
      let count = Self.word(requests, offset)
      for byte in 0..<4 {
        requests[offset + 4 + byte] = UInt8(truncatingIfNeeded: streamID >> (24 - 8 * UInt32(byte)))
      }
      streamID += 2
      offset += 10 + count
    }
  }

  /// Takes all answers; one that is a status ends the measurement, since an error's time says nothing.
  private func receive() throws(Failure) {
    var filled = 0
    var offset = 0
    var left = Self.calls
    while left > 0 {
      while filled - offset >= 10, filled - offset >= 10 + Self.word(answers, offset) {
        guard answers[offset + 10] != 0x0A else {
          throw Failure(message: "the worker refuses a call")
        }
        offset += 10 + Self.word(answers, offset)
        left -= 1
      }
      guard left > 0 else { break }
      guard case .bytes(let count) = client.read(into: &answers, from: filled), count > 0 else {
        throw Failure(message: "the worker has closed the connection")
      }
      filled += count
    }
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> Int {
    (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
  }
}
