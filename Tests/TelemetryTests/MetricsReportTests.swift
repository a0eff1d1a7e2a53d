import Foundation
import TestSupport
import Testing

@testable import Telemetry

@Suite struct `A report of all metrics` {
  static let names = MetricNames(methods: ["s.A/Do", "s.A/See"], actionTypes: ["SendSMS"])

  static var facts: MetricsFacts {
    var facts = MetricsFacts()
    facts.version = "1.2.3"
    facts.startMicroseconds = 1_800_000_000_000_001
    facts.sinceMicroseconds = 1_800_000_000_000_000
    facts.workers = [("serving", 2), ("stopped", 0)]
    facts.deathReasons = ["watchdog", "crash"]
    return facts
  }

  static func lines(_ words: [Int: UInt64], _ facts: MetricsFacts = facts) -> [String] {
    let report = MetricsReport(names, facts) { words[$0] ?? 0 }
    let text = ExpositionWriter.text(of: report, as: .prometheusText)
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map { String($0) }
  }

  @Test func `says what was counted, under the names of what it was`() {
    let lines = Self.lines([
      MetricsLayout.request(method: 1, code: 0): 7, MetricsLayout.request(method: 2, code: 14): 8,
      MetricsLayout.request(method: 0, code: 12): 9, MetricsLayout.execution(status: 3): 10,
      MetricsLayout.action(type: 1, status: 3): 11, MetricsLayout.restart(reason: 2): 12,
      MetricsLayout.accepted(isAdmin: true): 13, MetricsLayout.openConnections: 14,
      MetricsLayout.streamsInFlight: 15,
    ])
    for line in [
      #"smartflow_rpc_server_requests_total{method="s.A/Do",code="OK"} 7"#,
      #"smartflow_rpc_server_requests_total{method="s.A/See",code="OK"} 0"#,
      #"smartflow_rpc_server_requests_total{method="s.A/See",code="UNAVAILABLE"} 8"#,
      #"smartflow_rpc_server_requests_total{method="_OTHER",code="UNIMPLEMENTED"} 9"#,
      #"smartflow_executions_total{status="DRY_RUN"} 10"#,
      #"smartflow_actions_total{type="SendSMS",status="FAILED"} 11"#,
      #"smartflow_worker_restarts_total{reason="crash"} 12"#,
      #"smartflow_accepted_connections_total{socket="admin"} 13"#, "smartflow_open_connections 14",
      "smartflow_rpc_server_streams_in_flight 15", #"smartflow_workers{state="serving"} 2"#,
      "process_start_time_seconds 1800000000.000001",
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test func `says nothing of what there is not`() {
    let lines = Self.lines([:])
    for absent in ["journal", "snapshot", "duration", "_OTHER"] {
      #expect(!lines.contains { $0.contains(absent) }, "\(absent)")
    }
    var facts = Self.facts
    facts.snapshotVersion = 3
    let more = Self.lines(
      [MetricsLayout.journalBytes: 5, MetricsLayout.journalSync(nanoseconds: 1).bucket: 1], facts)
    #expect(more.contains("smartflow_snapshot_version 3"))
    #expect(more.contains("smartflow_journal_written_bytes_total 5"))
    #expect(more.contains("smartflow_journal_sync_duration_seconds_count 1"))
  }
}

@Suite struct `The catalog of metrics` {
  @Test func `names each once, as the formats allow`() throws {
    let families = MetricCatalog.all
    #expect(Set(families.map(\.name)).count == families.count)
    for family in families {
      #expect(family.name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil, "\(family.name)")
      // Endings that the formats append themselves.
      for ending in ["_total", "_info", "_bucket", "_count", "_sum", "_created"] {
        #expect(!family.name.hasSuffix(ending), "\(family.name)")
      }
      if !family.unit.isEmpty { #expect(family.name.hasSuffix("_" + family.unit)) }
      #expect(!family.help.isEmpty && !family.help.hasSuffix("."))
      #expect(!family.labels.contains("le"))
    }
  }

  @Test func `is the document's table`() throws {
    let text = try String(contentsOf: Project.file("contrib/docs/metrics.md"), encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }.filter { $0.count == 5 }
    let documented = rows.map { Array($0.prefix(4)) }
    let defined = MetricCatalog.all.map { family in
      [
        "`\(family.sampleName)`", family.kind.rawValue, family.unit.isEmpty ? "–" : family.unit,
        family.labels.isEmpty ? "–" : family.labels.map { "`\($0)`" }.joined(separator: ", "),
      ]
    }
    #expect(documented == defined)
    for (row, family) in zip(rows, MetricCatalog.all) {
      #expect(row[4].hasPrefix(family.help), "\(family.name)")
    }
  }
}
