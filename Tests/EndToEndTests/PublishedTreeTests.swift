import Foundation
import TestSupport
import Testing

@Suite struct `A published tree` {
  private let daemon: DaemonProcess
  private let admin: RawConnection
  private let data: RawConnection

  init() throws {
    daemon = try DaemonProcess(workers: 2)
    admin = try RawConnection(path: daemon.adminSocketPath)
    data = try RawConnection(path: daemon.socketPath)
  }

  private static func tree(_ message: String) -> String {
    mariaTree.replacingOccurrences(of: "We miss you!", with: message)
  }

  static func service(_ stream: UInt32, _ method: String, _ payload: [UInt8]) -> [UInt8] {
    Wire.request(
      stream: stream, service: "smartflow.v1.TreeService", method: method, payload: payload,
      timeoutNanoseconds: 5_000_000_000)
  }

  static func publish(
    _ stream: UInt32, _ tree: String, as id: String = "winback", _ rest: [UInt8] = []
  ) -> [UInt8] {
    service(stream, "PublishTree", Wire.field(1, id) + Wire.field(2, tree) + rest)
  }

  /// `activate` of a publication.
  static let active = Wire.field(7, 1)

  static func execute(
    _ stream: UInt32, _ id: String = "winback", version: UInt64 = 0
  ) -> [UInt8] {
    let reference = Wire.field(1, id) + (version == 0 ? [] : Wire.field(2, version))
    return Wire.request(
      stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
      payload: Wire.field(2, reference) + Wire.field(5, #"{"daysInactive": 7}"#)
        + Wire.field(6, "p-1001"))
  }

  /// The text that an execution has sent, and the version that it ran.
  private func decision(
    _ stream: UInt32, _ id: String = "winback", version: UInt64 = 0, on connection: RawConnection
  ) throws -> (digest: [UInt8], version: UInt64) {
    let answer = try connection.call(Self.execute(stream, id, version: version))
    #expect(answer.code == 0, "\(answer)")
    let execution = try answer.execution()
    let reference = try Wire.fields(of: #require(execution.first { $0.number == 3 }).bytes)
    #expect(reference.first { $0.number == 1 }?.text == id)
    return (
      try #require(execution.first { $0.number == 4 }).bytes,
      try #require(reference.first { $0.number == 2 }).value
    )
  }

  @Test func `is called by its name, by whoever and on whichever worker`() throws {
    #expect(try admin.call(Self.publish(1, mariaTree, Self.active)).code == 0)
    var digests: Set<[UInt8]> = []
    // Of so many connections each worker gets some.
    for _ in 0..<16 {
      let connection = try RawConnection(path: daemon.socketPath)
      let decision = try decision(1, on: connection)
      #expect(decision.version == 1)
      digests.insert(decision.digest)
    }
    #expect(digests.count == 1)
  }

  @Test func `runs the active version where none is named, else the one that is`() throws {
    for (index, text) in ["one", "two", "three"].enumerated() {
      let answer = try admin.call(Self.publish(UInt32(2 * index + 1), Self.tree(text)))
      #expect(answer.code == 0, "\(answer)")
    }
    #expect(try data.call(Self.execute(1)).code == 9)
    let second = Wire.field(1, "winback") + Wire.field(2, 2 as UInt64)
    #expect(try admin.call(Self.service(7, "ActivateTree", second)).code == 0)
    #expect(try decision(3, on: data).version == 2)
    let third = try decision(5, version: 3, on: data)
    #expect(third.version == 3)
    #expect(try decision(7, on: data).digest != third.digest)
  }

  @Test func `is another for all workers once its publisher knows`() throws {
    let connections = try (0..<16).map { _ in try RawConnection(path: daemon.socketPath) }
    for version in 1...20 {
      let published = try admin.call(
        Self.publish(UInt32(2 * version + 1), Self.tree("text \(version)"), Self.active))
      #expect(published.code == 0, "\(published)")
      for connection in connections {
        #expect(try decision(UInt32(2 * version + 1), on: connection).version == UInt64(version))
      }
    }
  }

  @Test func `is refused with all that is wrong with it, and nothing is kept`() throws {
    let wrong = try admin.call(Self.publish(1, #"{"type": "SendFax"}"#))
    #expect(wrong.code == 3, "\(wrong)")
    #expect(try admin.call(Self.publish(3, mariaTree, as: "no name")).code == 3)
    let reference = Wire.field(1, "winback")
    #expect(try admin.call(Self.service(5, "GetTree", reference)).code == 5)
  }

  @Test func `is checked against the schema that comes with it`() throws {
    let schema =
      #"{"type":"object","properties":{"daysInactive":{"type":"string"}},"additionalProperties":false}"#
    let answer = try admin.call(Self.publish(1, mariaTree, Wire.field(4, schema)))
    #expect(answer.code == 0, "\(answer)")
    let diagnostics = try Wire.fields(of: answer.payload).filter { $0.number == 3 }
    #expect(!diagnostics.isEmpty)
    let got = try admin.call(
      Self.service(3, "GetTree", Wire.field(1, "winback") + Wire.field(2, 1 as UInt64)))
    let version = try Wire.fields(
      of: #require(Wire.fields(of: got.payload).first { $0.number == 1 }).bytes)
    #expect(version.first { $0.number == 12 }?.text == schema)
  }

  @Test func `is not published over somebody else's`() throws {
    #expect(try admin.call(Self.publish(1, mariaTree)).code == 0)
    let stale = try admin.call(Self.publish(3, Self.tree("two"), Wire.field(5, 9 as UInt64)))
    #expect(stale.code == 10, "\(stale)")
    let taken = try admin.call(Self.publish(5, Self.tree("two"), Wire.field(6, 1 as UInt64)))
    #expect(taken.code == 6, "\(taken)")
    let fresh = try admin.call(Self.publish(7, Self.tree("two"), Wire.field(5, 1 as UInt64)))
    #expect(fresh.code == 0, "\(fresh)")
  }

  @Test func `is not published, nor retired, on the data socket`() throws {
    #expect(try data.call(Self.publish(1, mariaTree)).code == 7)
    #expect(try data.call(Self.service(3, "RetireTree", Wire.field(1, "winback"))).code == 7)
  }

  @Test func `says in its log lines which version ran`() throws {
    #expect(try admin.call(Self.publish(1, mariaTree, Self.active)).code == 0)
    _ = try decision(1, on: data)
    let isThere = waitUntil(within: .seconds(10)) {
      daemon.log().contains(#""tree_id":"winback","tree_version":1"#)
    }
    #expect(isThere, "\(daemon.log())")
  }

  @Test func `is what it was after the keeper was killed`() throws {
    #expect(try admin.call(Self.publish(1, mariaTree, Self.active)).code == 0)
    let before = try decision(1, on: data)
    daemon.signal(SIGKILL)
    _ = try daemon.end()
    let next = try DaemonProcess(workers: 2, folder: daemon.folder)
    let after = try decision(1, on: RawConnection(path: next.socketPath))
    #expect(after.version == before.version)
    #expect(after.digest == before.digest)
  }

  @Test func `runs for a whole batch`() throws {
    #expect(try admin.call(Self.publish(1, mariaTree, Self.active)).code == 0)
    let item = Wire.field(4, Wire.field(2, #"{"daysInactive": 7}"#) + Wire.field(3, "p-1"))
    let answer = try data.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: Wire.field(2, Wire.field(1, "winback")) + item + item))
    #expect(answer.code == 0, "\(answer)")
    #expect(try Wire.fields(of: answer.payload).count == 2)
  }
}

@Suite struct `A state directory` {
  private static func daemon(
    in folder: TemporaryFolder, socket: String
  ) throws -> ManagedDaemon {
    try ManagedDaemon(
      [
        "--socket", folder.path(socket), "--workers", "1", "--state-directory",
        folder.path("state"),
      ], in: folder)
  }

  @Test func `belongs to one daemon`() throws {
    let folder = try TemporaryFolder()
    let first = try Self.daemon(in: folder, socket: "a.sock")
    try #require(first.becomesReady(), "\(first.log())")
    let second = try Self.daemon(in: folder, socket: "b.sock")
    #expect(second.end() == .exit(69))
    #expect(second.log().contains("belongs to a daemon that runs"), "\(second.log())")
    #expect(!FileManager.default.fileExists(atPath: folder.path("b.sock")))
    #expect(first.stop() == .exit(0))
  }

  @Test func `is for its owner alone`() throws {
    let folder = try TemporaryFolder()
    let daemon = try Self.daemon(in: folder, socket: "a.sock")
    try #require(daemon.becomesReady(), "\(daemon.log())")
    for (name, mode) in [("state", 0o700), ("state/trees.sqlite", 0o600), ("state/lock", 0o600)] {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(name)")
    }
    #expect(daemon.stop() == .exit(0))
  }

  @Test func `whose store is corrupt is refused with what to do, and left as it is`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path("state"), withIntermediateDirectories: false)
    let bytes = Data(String(repeating: "precious", count: 1000).utf8)
    try bytes.write(to: URL(filePath: folder.path("state/trees.sqlite")))
    let daemon = try Self.daemon(in: folder, socket: "a.sock")
    #expect(daemon.end() == .exit(65), "\(daemon.log())")
    #expect(daemon.log().contains("put a backup in its place"), "\(daemon.log())")
    #expect(try Data(contentsOf: URL(filePath: folder.path("state/trees.sqlite"))) == bytes)
    #expect(!FileManager.default.fileExists(atPath: folder.path("a.sock")))
  }
}
