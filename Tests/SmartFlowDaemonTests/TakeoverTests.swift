import Glibc
import Telemetry
import Testing
import UnixSocket
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `What one release leaves to the next` {
  private static let takeover: Takeover = {
    var takeover = Takeover(keeperProcessID: 4711, release: "1.2.3")
    takeover.data = Takeover.Socket(path: "/run/\"ö\n.sock", descriptor: 5, lock: 6)
    takeover.stateDirectory = "/var/lib/\"ö"
    takeover.processes = [
      Takeover.Process(
        processID: 4712, descriptor: 10, log: 11, control: 12, words: 13, page: 14, journal: 15,
        keys: 16, restarts: .max, startNanoseconds: .max),
      Takeover.Process(
        processID: 4713, descriptor: 20, log: 21, control: 22, words: 23, page: 24, journal: 25,
        keys: 26, restarts: 0, startNanoseconds: 1),
    ]
    takeover.quarantine = [
      QuarantinedTree(
        TreeFingerprint(.source, Digest(words: (.max, 1, 0, 1 << 63))), sinceMicroseconds: .max,
        reason: .crash)
    ]
    takeover.metrics = MetricsTotals(
      fingerprint: .max, sinceMicroseconds: 1_800_000_000_000_000, words: [(1, .max), (700, 3)])
    takeover.keysInHand = 30
    return takeover
  }()

  @Test func `is read as it was written`() throws {
    #expect(try Takeover(parsing: Self.takeover.text) == Self.takeover)
  }

  @Test func `finds room in a variable, with as much as there can be`() throws {
    var takeover = Self.takeover
    takeover.processes = Array(repeating: takeover.processes[0], count: StatusBoard.workers)
    takeover.quarantine = Array(
      repeating: takeover.quarantine[0], count: StatusBoard.quarantineSlots)
    takeover.metrics = MetricsTotals(
      fingerprint: .max, sinceMicroseconds: .max,
      words: (0..<MetricsLayout.counterWords).map { ($0, .max) })
    // execve(2): MAX_ARG_STRLEN.
    #expect(takeover.text.utf8.count < 128 << 10)
    #expect(try Takeover(parsing: takeover.text) == takeover)
  }

  @Test func `names every descriptor that is to stay open`() {
    #expect(
      Set(Self.takeover.descriptors) == [
        5, 6, 10, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 26, 30,
      ])
  }

  @Test func `is refused when anything of it is missing or changed`() throws {
    let text = Array(Self.takeover.text.utf8)
    for count in 0..<text.count {
      #expect(throws: Takeover.Failure.self) {
        try Takeover(parsing: String(decoding: text[..<count], as: UTF8.self))
      }
    }
    // What still parses names no standard descriptor and no process that is none.
    for index in text.indices {
      var changed = text
      changed[index] = UInt8(ascii: "-")
      guard let read = try? Takeover(parsing: String(decoding: changed, as: UTF8.self)) else {
        continue
      }
      #expect(read.descriptors.allSatisfy { $0 > 2 })
      #expect(read.processes.allSatisfy { $0.processID > 0 })
    }
  }

  @Test func `may be of the release before, which leaves no keys in hand`() throws {
    var expected = Self.takeover
    expected.keysInHand = nil
    let text = Self.takeover.text.replacing(#""form":\#(Takeover.form)"#, with: #""form":3"#)
      .replacing(#","keysInHand":30"#, with: "")
    #expect(try Takeover(parsing: text) == expected)
    let cut = Self.takeover.text.replacing(#","keysInHand":30"#, with: "")
    #expect(throws: Takeover.Failure.malformed("keysInHand")) { try Takeover(parsing: cut) }
  }

  @Test func `is refused by a release of another form, with what to do`() throws {
    let text = Self.takeover.text.replacing(#""form":\#(Takeover.form)"#, with: #""form":999"#)
    let failure = #expect(throws: Takeover.Failure.self) { try Takeover(parsing: text) }
    #expect(failure == .otherForm(999))
    #expect(failure?.description.contains("stop the daemon and start this one") == true)
  }

  @Test func `is for the process that it names, and for a child of it that only looks`() throws {
    func found(isCheck: Bool, process: Int32, parent: Int32) throws -> Bool {
      var takeover = Self.takeover
      takeover.isCheck = isCheck
      setenv(Takeover.variable, takeover.text, 1)
      let result = try Takeover.ofEnvironment(processID: process, parentID: parent)
      #expect(getenv(Takeover.variable) == nil)
      return result != nil
    }
    #expect(try found(isCheck: false, process: 4711, parent: 1))
    #expect(try !found(isCheck: false, process: 1, parent: 4711))
    #expect(try found(isCheck: true, process: 1, parent: 4711))
    #expect(try !found(isCheck: true, process: 4711, parent: 1))
    #expect(try Takeover.ofEnvironment(processID: 4711, parentID: 4711) == nil)
  }
}
