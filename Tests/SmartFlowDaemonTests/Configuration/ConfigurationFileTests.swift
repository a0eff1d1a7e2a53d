import Foundation
import Glibc
import JSON
import TestSupport
import Testing

@testable import SmartFlowDaemon

@Suite struct `A configuration file` {
  private func read(_ text: String) -> ConfigurationFile {
    ConfigurationFile(path: "c.json", bytes: Array(text.utf8))
  }

  private func flaws(_ text: String) -> [String] { read(text).flaws.map(\.description) }

  @Test func `is an object of values, each with its place`() {
    let file = read("{\n  \"a\": 1,\n  \"ü\": \"x\", \"b\": [2]\n}\n")
    #expect(file.members.map(\.key) == ["a", "ü", "b"])
    #expect(
      file.members.map { "\($0.position.line):\($0.position.column)" } == ["2:8", "3:8", "3:18"])
    #expect(file.flaws.isEmpty)
  }

  @Test(arguments: [
    "// first\n{} // last", "{ // \"b\": 2,\n}", "//\n{}//", "{}//\u{FFFD}ö\n//",
    "{}\r\n// {\r\n",
  ])
  func `has notes from two slashes to the end of a line`(text: String) {
    #expect(flaws(text) == [])
    #expect(read(text).members.isEmpty)
  }

  @Test func `has no notes in texts`() {
    let file = read(#"{"a": "http://x", "b": "\"//", "c": "\\"} // "d""#)
    #expect(file.flaws.isEmpty)
    #expect(file.members.map(\.value) == [.string("http://x"), .string("\"//"), .string("\\")])
  }

  @Test(arguments: [
    ("", "c.json:1:1: there is no value"), ("// {}", "c.json:1:6: there is no value"),
    ("{\n\"a\": 1", "c.json:2:7: the text ends inside a value"),
    ("{\"a\": 1,}", "c.json:1:9: expected a key in `\"`, found `}`"),
    ("{\"a\": 'x'}", "c.json:1:7: expected a value, found `'`"),
    ("{\"a\": \"x // y\n\"}", "c.json:1:14: a text holds byte 0x0A; write it as an escape"),
    ("{} /", "c.json:1:4: there is more behind the value; a text holds one"),
    (
      "[1]",
      "c.json:1:1: holds an array; write one object: { \"workers\": 4, \"log-level\": \"info\" }"
    ), ("{\"a\": 1e400}", "c.json:1:7: a number is beyond what a double holds"),
    ("{\"a\": [[[1]]]}", "c.json:1:9: lists and objects are nested more than 3 deep"),
  ])
  func `that is no such object is refused with the place`(text: String, sentence: String) {
    #expect(flaws(text) == [sentence])
  }

  @Test func `has all of its keys that stand there twice complained of, and the rest read`() {
    let file = read(
      """
      {"workers": 1, "max-streams": 2, "workers": 3,
       "workers": 4, "max-streams": 5, "unknown": 6, "unknown": 7, "log-level": "info"}
      """)
    #expect(
      file.flaws.map(\.description) == [
        "c.json:1:34: `workers` stands there twice; keep one of them",
        "c.json:2:2: `workers` stands there twice; keep one of them",
        "c.json:2:16: `max-streams` stands there twice; keep one of them",
        "c.json:2:48: `unknown` stands there twice; keep one of them",
      ])
    #expect(file.members.map(\.key) == ["workers", "max-streams", "unknown", "log-level"])
    #expect(file.members.last?.position == JSONPosition(line: 2, column: 75))
  }

  @Test(arguments: [#"{"": 1, "": 2}"#, #"{"é": 1, "é": 2}"#, #"{"\n": 1, "\n": 2}"#])
  func `has a key complained of that can't be told from the first by another name`(text: String) {
    #expect(read(text).flaws.count == 1)
    #expect(read(text).flaws.first?.description.contains("stands there twice") == true)
  }

  @Test func `that can't be read is refused with the reason`() throws {
    let folder = try TemporaryFolder()
    let missing = ConfigurationFile(path: folder.path("x.json")).flaws.map(\.description)
    #expect(
      missing == [
        folder.path("x.json")
          + ": open: No such file or directory; give a file that this user may read"
      ])
    #expect(ConfigurationFile(path: folder.path("")).flaws.map(\.reason) == [.notAFile])
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    #expect(ConfigurationFile(path: folder.path("pipe")).flaws.map(\.reason) == [.notAFile])
    let long = folder.path("long.json")
    try Data(repeating: 0x20, count: ConfigurationFile.byteCount + 1).write(to: URL(filePath: long))
    #expect(
      ConfigurationFile(path: long).flaws.map(\.reason)
        == [.tooLong(limit: ConfigurationFile.byteCount)])
  }

  @Test func `may be a link to one`() throws {
    let folder = try TemporaryFolder()
    try Data("{}".utf8).write(to: URL(filePath: folder.path("c.json")))
    #expect(symlink("c.json", folder.path("link.json")) == 0)
    #expect(ConfigurationFile(path: folder.path("link.json")).flaws.isEmpty)
  }

  @Test func `whatever bytes it has is read or refused, and never both or neither`() throws {
    var generator = SeededGenerator(seed: 7)
    let sample = Array(#"{"workers": 2, "allow-uid": ["a", 1], "a": "x"} // n"#.utf8)
    for _ in 0..<2000 {
      var bytes = sample
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      let file = ConfigurationFile(path: "c.json", bytes: bytes)
      #expect(!file.flaws.isEmpty || !file.members.isEmpty || bytes.first != UInt8(ascii: "{"))
    }
  }
}

@Suite struct `The name that was meant` {
  @Test(arguments: [
    ("log_level", "log-level"), ("LogLevel", "log-level"), ("max-stream", "max-streams"),
    ("wrokers", "workers"), ("socketmode", "socket-mode"), ("a", nil), ("", nil),
    ("something-else", nil),
  ])
  func `is the nearest that there is`(text: String, name: String?) {
    #expect(NearestName.to(text, of: SettingTable.all.map(\.name)) == name)
  }
}
