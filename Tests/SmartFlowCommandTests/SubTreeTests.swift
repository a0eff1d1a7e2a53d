import Foundation
import TestSupport
import Testing

private let outer =
  #"{"type":"Condition","parameters":{"expression":"a > 1"},"trueAction":{"type":"SubTree","parameters":{"treeId":"vip"}}}"#

private let inner =
  #"{"type":"Condition","parameters":{"expression":"a > 5"},"trueAction":{"type":"GrantBonus","parameters":{"amount":"{{a * 2}}"}}}"#

@Suite struct `smartflow with sub-trees` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, text) in [("outer.json", outer), ("inner.json", inner)] {
      try Data(text.utf8).write(to: URL(filePath: folder.path(name)))
    }
  }

  @Test func `validates what it can without a daemon, and notes the rest`() throws {
    let result = try smartflow(["validate", folder.path("outer.json"), "--strict"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("[UNRESOLVED_TREE]"), "\(result.errors)")
    #expect(result.errors.contains("at /trueAction/parameters/treeId"), "\(result.errors)")
    #expect(!result.output.contains("units at most"), "\(result.output)")
  }

  @Test func `explains nothing that only a daemon can`() throws {
    let result = try smartflow(["explain", folder.path("outer.json"), "--set", "a=7"])
    #expect(result.status == 65)
    #expect(result.errors.contains("only a daemon has: `vip`"), "\(result.errors)")
  }

  @Test func `publishes, runs and explains them with one`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let admin = ["--timeout", "5s", "--endpoint", "unix://" + daemon.adminSocketPath]
    let early = try smartflow(
      ["trees", "publish", "outer", folder.path("outer.json"), "--activate"] + admin)
    #expect(early.status == 65, "\(early.errors)")
    #expect(early.errors.contains("no tree is published as `vip`"), "\(early.errors)")
    for (name, file) in [("vip", "inner.json"), ("outer", "outer.json")] {
      let result = try smartflow(
        ["trees", "publish", name, folder.path(file), "--activate"] + admin)
      #expect(result.status == 0, "\(result.errors)")
    }
    let data = ["--timeout", "5s", "--endpoint", "unix://" + daemon.socketPath]
    let executed = try smartflow(
      ["execute", "--published", "outer", "--player", "maria", "--set", "a=7"] + data)
    #expect(executed.status == 0, "\(executed.errors)")
    #expect(executed.output.contains("/trueAction/subTree/trueAction"), "\(executed.output)")
    let explained = try smartflow(
      ["explain", folder.path("outer.json"), "--set", "a=7", "--ascii"] + data)
    #expect(explained.status == 0, "\(explained.errors)")
    for line in ["SubTree", "/: Condition", "/trueAction: GrantBonus", "amount: 14"] {
      #expect(explained.output.contains(line), "\(explained.output)")
    }
    let shown = try smartflow(["trees", "versions", "outer"] + admin)
    #expect(shown.output.contains("uses vip"), "\(shown.output)")
  }
}
