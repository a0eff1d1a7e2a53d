import Foundation
import TestSupport
import Testing

@Suite struct `A drain that an administrator wants` {
  @Test func `is answered, finishes what is in flight, and ends the daemon with 0`() throws {
    let daemon = try DaemonProcess(
      workers: 2,
      arguments: HeavyTree.fuelLimit + ["--max-timeout", "60s", "--shutdown-grace", "60s"])
    let heavy = try RawConnection(path: daemon.socketPath)
    try heavy.send(
      Wire.executeTree(
        stream: 1, tree: HeavyTree.json, context: HeavyTree.longContext,
        timeoutNanoseconds: 2_000_000_000))
    // It is in hand once another call has had its turn behind it.
    #expect(try RawConnection(path: daemon.socketPath).call(Wire.health()).code == 0)
    let answer = try Administrator(daemon: daemon).call("Drain")
    #expect(answer.code == 0)
    let fields = try Wire.fields(of: answer.payload)
    #expect(fields.first { $0.number == 2 }?.value == UInt64(daemon.processID))
    let grace = try Wire.fields(of: fields.first { $0.number == 1 }?.bytes ?? [])
    #expect(grace.first { $0.number == 1 }?.value == 60)
    // Finished, or past its own deadline: not cut off.
    #expect([0, 4].contains(try heavy.answer(timeout: .seconds(60)).code))
    #expect(try daemon.end(within: .seconds(60)) == 0)
    #expect(try daemon.logRecords(of: "draining").count == 1)
    #expect(!daemon.log().contains("worker_killed"), "\(daemon.log())")
  }

  @Test func `that is wanted twice is one, and not cut short`() throws {
    let daemon = try DaemonProcess(
      workers: 1,
      arguments: HeavyTree.fuelLimit + ["--max-timeout", "60s", "--shutdown-grace", "60s"])
    let heavy = try RawConnection(path: daemon.socketPath)
    let administrator = try RawConnection(path: daemon.adminSocketPath)
    #expect(try administrator.call(Wire.health()).code == 0)
    try heavy.send(
      Wire.executeTree(
        stream: 1, tree: HeavyTree.json, context: HeavyTree.longContext,
        timeoutNanoseconds: 2_000_000_000))
    for stream: UInt32 in [3, 5] {
      let request = Wire.request(
        stream: stream, service: "smartflow.v1.AdminService", method: "Drain",
        timeoutNanoseconds: 5_000_000_000)
      #expect(try administrator.call(request).code == 0)
    }
    #expect([0, 4].contains(try heavy.answer(timeout: .seconds(60)).code))
    #expect(try daemon.end(within: .seconds(60)) == 0)
    #expect(try daemon.logRecords(of: "draining").count == 1)
  }
}
