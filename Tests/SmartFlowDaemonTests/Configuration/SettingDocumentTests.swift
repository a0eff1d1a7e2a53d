import Foundation
import TestSupport
import Testing

@testable import SmartFlowDaemon

@Suite struct `The document of all settings` {
  private static let path = "contrib/docs/configuration.md"

  /// The table as it should be.
  private static var table: String {
    let rows = SettingTable.all.map { setting in
      let reload =
        switch setting.reload {
        case .atOnce: "at once"
        case .withWorkers: "workers"
        case .withRestart: "restart"
        }
      let standard = setting.standard.map { "`\($0)`" } ?? ""
      return
        "| `\(setting.name)` | `\(setting.variable)` | \(setting.form) | \(standard) | \(reload) |"
    }
    return
      (["| key | variable | value | default | a reload changes it |", "|---|---|---|---|---|"]
      + rows).joined(separator: "\n")
  }

  /// With `SMARTFLOW_WRITE_DOCUMENTS=1` the table is written anew instead.
  @Test func `has each of them as it is`() throws {
    let file = Project.file(Self.path)
    let text = try String(contentsOf: file, encoding: .utf8)
    let (begin, end) = ("<!-- settings -->\n", "<!-- end of settings -->")
    let start = try #require(text.range(of: begin)?.upperBound)
    let stop = try #require(text.range(of: end)?.lowerBound)
    if ProcessInfo.processInfo.environment["SMARTFLOW_WRITE_DOCUMENTS"] == "1" {
      try (text[..<start] + Self.table + "\n" + text[stop...]).write(
        to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(
        text[start..<stop] == Self.table + "\n",
        "run this test with SMARTFLOW_WRITE_DOCUMENTS=1 and look at what has changed")
    }
  }

  @Test func `calls each setting once, and by a name that flag, variable and key can have`() {
    let names = SettingTable.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(name)") }
    #expect(SettingTable.setting(named: "max-streams")?.variable == "SMARTFLOW_MAX_STREAMS")
  }
}
