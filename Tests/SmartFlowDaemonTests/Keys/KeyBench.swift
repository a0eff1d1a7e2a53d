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
    let generation: UInt64
    let token: UInt64
    /// `nil` once it has ended.
    fileprivate var channel: WorkerChannel?
    private var packet = [UInt8](repeating: 0, count: KeyMessage.byteCount + 1)

    fileprivate init(_ channel: WorkerChannel, generation: UInt64, token: UInt64) {
      self.channel = channel
      self.generation = generation
      self.token = token
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
  let keys: KeyRoom
  let service: KeyService
  private var lastGeneration: UInt64 = 0

  init(inheriting folder: TemporaryFolder? = nil) throws {
    self.folder = try folder ?? TemporaryFolder()
    keys = try KeyRoom(
      path: self.folder.path("keys.db"), retentionMicroseconds: 86_400_000_000)
    service = try KeyService(keys)
  }

  /// A worker that comes.
  func worker(index: Int = 0) throws -> Worker {
    let pair = try Descriptor.pair(packets: true)
    try pair.second.setNonBlocking()
    lastGeneration += 1
    let channel = WorkerChannel(
      try pair.first.duplicate(), workerIndex: index, generation: lastGeneration)
    let token = service.poller.nextToken()
    try service.poller.add(channel, token: token)
    service.enroll(channel, as: token)
    let end = WorkerChannel(
      try pair.second.duplicate(), workerIndex: index, generation: lastGeneration)
    return Worker(end, generation: lastGeneration, token: token)
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
