import Journal
import Storage
import TestSupport
import Testing
import UnixSocket
import WorkerLink

@testable import SmartFlowDaemon

/// The service of idempotency keys, and workers that ask it, all on the test's own thread.
final class KeyBench {
  /// A worker's end of its channel.
  final class Worker {
    /// Of the release that has started it.
    let generation: UInt64
    /// `nil` once it has ended.
    fileprivate var channel: WorkerChannel?
    private var packet = [UInt8](repeating: 0, count: KeyMessage.byteCount + 1)

    fileprivate init(_ channel: WorkerChannel, generation: UInt64) {
      self.channel = channel
      self.generation = generation
    }

    /// What the service says next; `nil` where it says nothing.
    func next() throws -> KeyMessage? {
      guard case .packet(let count, _)? = channel?.descriptor.receivePacket(into: &packet) else {
        return nil
      }
      return try Self.message(in: packet[..<count])
    }

    private static func message(in bytes: ArraySlice<UInt8>) throws -> KeyMessage {
      try #require(KeyMessage(parsing: bytes))
    }

    /// Ends as a process does: what it has said can be read still.
    func end() { channel = nil }
  }

  let folder: TemporaryFolder
  private(set) var keys: KeyRoom
  private(set) var service: KeyService
  private var lastGeneration: UInt64 = 0

  init() throws {
    folder = try TemporaryFolder()
    keys = try Self.room(folder.path("keys.db"))
    service = try KeyService(keys)
  }

  private static func room(_ path: String) throws -> KeyRoom {
    try KeyRoom(path: path, retentionMicroseconds: 86_400_000_000)
  }

  /// Another release goes on, with the same workers, channels and files.
  ///
  /// - Returns: What it was told.
  @discardableResult
  func upgrade() throws -> KeysInHand {
    #expect(service.work(settled: [], ending: .handedOn))
    let inHand = service.inHand
    let number = try inHand.leave()
    let left = try number.map { try KeysInHand(leftIn: Descriptor(owning: $0)) }
    let channels = service.channels.values.sorted { $0.generation < $1.generation }
    // One process alone has a store: the first release's is closed before the second's is opened.
    keys = try Self.room(folder.path("nobody.db"))
    service = try KeyService(keys)
    keys = try Self.room(folder.path("keys.db"))
    service = try KeyService(keys, inherited: left)
    for channel in channels { try adopt(channel) }
    // Those that are to take their places may come before the first pass.
    for channel in channels { _ = try worker(index: channel.workerIndex) }
    work()
    return left ?? KeysInHand()
  }

  private func adopt(_ channel: WorkerChannel) throws {
    lastGeneration += 1
    try enroll(
      WorkerChannel(
        try channel.descriptor.duplicate(), workerIndex: channel.workerIndex,
        generation: lastGeneration, isAdopted: true))
  }

  @discardableResult
  private func enroll(_ channel: WorkerChannel) throws -> UInt64 {
    let token = service.poller.nextToken()
    try service.poller.add(channel, token: token)
    service.enroll(channel, as: token)
    return token
  }

  /// A worker that comes.
  func worker(index: Int = 0) throws -> Worker {
    let pair = try Descriptor.pair(packets: true)
    try pair.second.setNonBlocking()
    lastGeneration += 1
    let channel = WorkerChannel(
      try pair.first.duplicate(), workerIndex: index, generation: lastGeneration)
    try enroll(channel)
    let end = WorkerChannel(
      try pair.second.duplicate(), workerIndex: index, generation: lastGeneration)
    return Worker(end, generation: lastGeneration)
  }

  static func digest(_ number: UInt64) -> Digest { Digest(words: (number, 0, 0, 0)) }

  /// A worker's message about key `number`.
  static func message(
    _ kind: KeyMessage.Kind, _ number: UInt64, request: UInt64 = 0, asked: UInt64 = 1,
    answer: [UInt8] = []
  ) -> KeyMessage {
    KeyMessage(
      kind, request: request, key: digest(number), asked: digest(asked),
      microseconds: SystemClock.microsecondsSince1970, answer: answer)
  }

  /// Lets a worker say something, and the service listen.
  func say(
    _ worker: Worker, _ kind: KeyMessage.Kind, _ number: UInt64, request: UInt64 = 0,
    asked: UInt64 = 1, answer: [UInt8] = []
  ) throws {
    try whisper(worker, kind, number, request: request, asked: asked, answer: answer)
    work()
  }

  /// Lets a worker say something that the service has not heard yet.
  func whisper(
    _ worker: Worker, _ kind: KeyMessage.Kind, _ number: UInt64, request: UInt64 = 0,
    asked: UInt64 = 1, answer: [UInt8] = []
  ) throws {
    let bytes = Self.message(kind, number, request: request, asked: asked, answer: answer).bytes
    guard case .bytes? = worker.channel?.descriptor.sendPacket(bytes.span.bytes) else {
      Issue.record("the channel took nothing")
      return
    }
  }

  /// Lets a worker ask for a key, and gives the answer's kind; `nil` where it waits.
  func ask(
    _ worker: Worker, _ number: UInt64, request: UInt64 = 1, asked: UInt64 = 1
  ) throws -> KeyMessage.Kind? {
    try say(worker, .claim, number, request: request, asked: asked)
    return try worker.next()?.kind
  }

  func work(settled: [UInt64] = []) { _ = service.work(settled: settled, ending: nil) }
}
