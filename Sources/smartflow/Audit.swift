internal import ArgumentParser
internal import JSON
internal import Storage
internal import UnixSocket

/// `smartflow audit`: what was recorded, whether it still stands as it was written, and whether it would be decided so again.
struct Audit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look into the audit, verify it, and replay decisions, offline.",
    discussion:
      "Reads the folder of segments or a copy of it; contrib/docs/audit.md has the format.",
    subcommands: [AuditVerify.self, AuditReplay.self, Tail.self, Show.self])

  /// `smartflow audit tail`.
  struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the last records, one line of JSON each.")

    @Argument(help: "The folder of segments.")
    var directory: String

    @Option(name: [.customShort("n"), .long], help: "How many, at most 100,000.")
    var count = 10

    @Flag(help: "Print JSON, as is done in any case.")
    var json = false

    func validate() throws {
      guard (1...100_000).contains(count) else {
        throw ValidationError("--count is from 1 to 100000.")
      }
    }

    func run() async throws {
      try await reporting {
        let entries = try Audit.reading { () throws(AuditError) in
          try AuditBrowser.tail(of: directory, count)
        }
        for entry in entries { Terminal.print(entry.text + [0x0A]) }
      }
    }
  }

  /// `smartflow audit show`.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the record of a number, or the records of an execution.",
      discussion: "Exit code 1: there is none.")

    @Argument(help: "The folder of segments.")
    var directory: String

    @Argument(help: "A record's sequence, or an execution's ID.")
    var record: String

    @Flag(help: "Print each record's line as it stands in the audit.")
    var json = false

    func run() async throws {
      try await reporting {
        let entries = try Audit.reading { () throws(AuditError) in
          if let sequence = UInt64(record) {
            return try AuditBrowser.record(sequence, in: directory).map { [$0] } ?? []
          }
          return try AuditBrowser.records(ofExecution: record, in: directory)
        }
        guard !entries.isEmpty else {
          throw Failure(.no, "there is no record of `\(record)` in `\(directory)`")
        }
        for entry in entries { Terminal.print(text(of: entry)) }
      }
    }

    private func text(of entry: AuditEntry) -> [UInt8] {
      guard !json else { return entry.text + [0x0A] }
      do throws(JSONError) {
        // Safe: bytes of any content are bytes.
        let value = unsafe try JSONParser.parse(entry.text.span.bytes)
        let place = "segment \(entry.segment), line \(entry.line)\n"
        return Array((place + value.prettyText + "\n").utf8)
      } catch {
        return entry.text + [0x0A]
      }
    }
  }

  /// What `body` reads; where it can't, how the command ends.
  static func reading<Result>(
    _ body: () throws(AuditError) -> Result
  ) throws(Failure) -> Result {
    do throws(AuditError) { return try body() } catch {
      switch error {
      case .system(let system) where system.isDenied: throw Failure(.notPermitted, "\(error)")
      case .system: throw Failure(.noInput, "\(error)")
      default: throw Failure(.badData, "\(error)")
      }
    }
  }
}
