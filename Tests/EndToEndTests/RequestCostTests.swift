import Foundation
import TestSupport
import Testing

/// What a request costs its worker, in whole numbers.
private struct RequestCost: Codable, Equatable {
  var allocations: Int
  var systemCalls: Int
  var fuel: UInt64
}

@Suite(
  .enabled(if: Preloaded.isPossible, "a sanitizer is loaded first"),
  .enabled(
    if: (try? DaemonProcess.programFolder())?.lastPathComponent == "release",
    "only what is optimised is counted"))
struct `A worker that has warmed up` {
  private static let costs = Project.file("Tests/EndToEndTests/RequestCosts.json")
  /// Calls that are counted; what a worker does now and then, once in a hundred milliseconds, is no part of one.
  private static let calls = 400

  private static let context = """
    {"tier":"Gold","daysInactive":7,"name":"Maria","phone":"+35621234567","country":"MT","balance":92.5,\
    "vip":true,"games":["roulette","poker"],"deposits":12,"lastLogin":"2026-11-20T10:00:00Z"}
    """
  /// Its condition does not hold for the context above, so that it comes to no action.
  private static let quiet = """
    {"type":"Condition","parameters":{"expression":"daysInactive > 30 and tier == \\"Gold\\""},\
    "trueAction":{"type":"SendSMS","parameters":{"phone":"{{phone}}","message":"Hi {{name}}"}}}
    """
  private static let action = """
    {"type":"Condition","parameters":{"expression":"daysInactive > 5 and tier == \\"Gold\\""},\
    "trueAction":{"type":"SendSMS","parameters":{"phone":"{{phone}}","message":"We miss you, {{name}}"}}}
    """

  /// A standard request: its frame for a stream's number.
  private typealias Request = (name: String, frame: (UInt32) -> [UInt8])

  private static func execution(
    _ tree: [UInt8], context: [UInt8] = Wire.field(5, context), options: [UInt8] = []
  ) -> (UInt32) -> [UInt8] {
    let payload =
      tree + context + Wire.field(6, "p-1001") + (options.isEmpty ? [] : Wire.field(7, options))
    return { stream in
      Wire.request(
        stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
        payload: payload, timeoutNanoseconds: 1_000_000_000)
    }
  }

  private static func published(_ id: String) -> [UInt8] { Wire.field(2, Wire.field(1, id)) }

  /// The context above as a `Struct`, but for its list.
  private static var structure: [UInt8] {
    func entry(_ name: String, _ value: [UInt8]) -> [UInt8] {
      Wire.field(1, Wire.field(1, name) + Wire.field(2, value))
    }
    func number(_ number: Double) -> [UInt8] {
      [2 << 3 | 1]
        + (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt64($0))) }
    }
    let members = [
      entry("tier", Wire.field(3, "Gold")), entry("daysInactive", number(7)),
      entry("name", Wire.field(3, "Maria")), entry("phone", Wire.field(3, "+35621234567")),
      entry("country", Wire.field(3, "MT")), entry("balance", number(92.5)),
      entry("vip", Wire.field(4, 1)), entry("deposits", number(12)),
      entry("games", Wire.field(3, "roulette")),
      entry("lastLogin", Wire.field(3, "2026-11-20T10:00:00Z")),
    ]
    return Wire.field(4, members.flatMap { $0 })
  }

  private static func batch(_ count: Int) -> (UInt32) -> [UInt8] {
    let items = (0..<count).flatMap {
      Wire.field(4, Wire.field(2, context) + Wire.field(3, "p-\($0)"))
    }
    return { stream in
      Wire.request(
        stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: published("quiet") + items, timeoutNanoseconds: 1_000_000_000)
    }
  }

  private static var requests: [Request] {
    [
      (
        "health",
        { Wire.request(stream: $0, service: "grpc.health.v1.Health", method: "Check") }
      ),
      ("published, no action", execution(published("quiet"))),
      ("published, no action, Struct", execution(published("quiet"), context: structure)),
      ("published, dry run", execution(published("action"), options: Wire.field(1, 1))),
      ("published, recorded action", execution(published("action"))),
      (
        "published, recorded action, Struct",
        execution(published("action"), context: structure)
      ),
      ("published, traced", execution(published("quiet"), options: Wire.field(2, 1))),
      ("inline, seen before", execution(Wire.field(1, quiet))),
      (
        "inline, never seen",
        { stream in
          execution(Wire.field(1, quiet + String(repeating: " ", count: Int(stream))))(stream)
        }
      ),
      ("batch of ten, no action", batch(10)),
    ]
  }

  @Test func `allocates and asks the system no more for a standard request than is committed`()
    throws
  {
    let library = try Preloaded("count", variable: "SMARTFLOW_TEST_COUNTS")
    let daemon = try DaemonProcess(
      workers: 1, arguments: ["--audit", "actions", "--journal-sync", "never"],
      environment: library.environment)
    let admin = try RawConnection(path: daemon.adminSocketPath)
    for (stream, (id, tree)) in [("quiet", Self.quiet), ("action", Self.action)].enumerated() {
      let publication = `A published tree`.publish(
        UInt32(2 * stream + 1), tree, as: id, `A published tree`.active)
      #expect(try admin.call(publication).code == 0)
    }
    var costs: [String: RequestCost] = [:]
    for request in Self.requests {
      costs[request.name] = try Self.cost(of: request, at: daemon, by: library)
    }
    #expect(try daemon.stop() == 0)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    if ProcessInfo.processInfo.environment["SMARTFLOW_WRITE_DOCUMENTS"] != nil {
      try (encoder.encode(costs) + Data("\n".utf8)).write(to: Self.costs)
    }
    let committed = try JSONDecoder().decode(
      [String: RequestCost].self, from: Data(contentsOf: Self.costs))
    for (name, cost) in costs {
      #expect(
        cost == committed[name],
        "\(name): where it is less, commit what SMARTFLOW_WRITE_DOCUMENTS=1 writes")
    }
    #expect(Set(committed.keys) == Set(costs.keys))
  }

  @Test func `writes the records of what comes at once together`() throws {
    let library = try Preloaded("count", variable: "SMARTFLOW_TEST_COUNTS")
    let daemon = try DaemonProcess(
      workers: 1, arguments: ["--audit", "actions", "--journal-sync", "never"],
      environment: library.environment)
    let admin = try RawConnection(path: daemon.adminSocketPath)
    let publication = `A published tree`.publish(
      1, Self.action, as: "action", `A published tree`.active)
    #expect(try admin.call(publication).code == 0)
    let frame = Self.execution(Self.published("action"))
    let connection = try RawConnection(path: daemon.socketPath)
    // Fewer than those after which the loop looks for more before it sleeps.
    let (rounds, calls) = (50, 7)
    let before = try library.words()
    for round in 0..<rounds {
      try connection.send((0..<calls).flatMap { frame(UInt32(2 * (round * calls + $0) + 1)) })
      for _ in 0..<calls { #expect(try connection.answer().code == 0) }
    }
    let after = try library.words()
    #expect(try daemon.stop() == 0)
    // One by one each has a write(2) of its own, beside the three or four that they share.
    #expect(Int(after.1 - before.1) < rounds * calls)
  }

  private static func cost(
    of request: Request, at daemon: DaemonProcess, by library: Preloaded
  ) throws -> RequestCost {
    let connection = try RawConnection(path: daemon.socketPath)
    var stream: UInt32 = 1
    func call() throws -> Wire.Answer {
      defer { stream += 2 }
      return try connection.call(request.frame(stream))
    }
    let first = try call()
    try #require(first.code == 0, "\(request.name): \(first)")
    for _ in 0..<Self.calls { _ = try call() }
    let before = try library.words()
    for _ in 0..<Self.calls { #expect(try call().code == 0) }
    let after = try library.words()
    func each(_ total: UInt64) -> Int { Int((Double(total) / Double(Self.calls)).rounded()) }
    let fuel = (try? first.execution())?.first { $0.number == 8 }?.value
    return RequestCost(
      allocations: each(after.0 - before.0), systemCalls: each(after.1 - before.1),
      fuel: fuel ?? 0)
  }
}
