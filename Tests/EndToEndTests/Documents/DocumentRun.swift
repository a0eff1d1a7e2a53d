import Foundation
import TestSupport

/// What a reader does who follows a document from its first line to its last: in one shell, in a folder of their own
/// that looks like the project's root.
///
/// What is to be done with a block, the comments above it say:
///
/// | mark | |
/// |---|---|
/// | `run` | its lines are run, and end with 0 |
/// | `run: daemon` | the same, while a daemon of the test's serves |
/// | `run: daemon, exit 1` | the last of them ends so |
/// | `run apart: PLACE` | they take long, or a machine of their own: `contrib/docs/run` runs them, and what it says is `short`, `contrib/test` runs, too |
/// | `run by: FILE, FILE` | each of them is a command in one of these files, as it stands |
/// | `before: LINES` | they are run first, and not shown to readers; `after: LINES` last, where it is run apart |
/// | `file: NAME` | the block is the file of that name |
/// | `prints` | the block is what the last one that was run wrote; `…` stands for anything within a line, and alone on a line for any lines |
/// | `prints: errors` | the same of its standard error |
///
/// Folders of the system that a document names are the reader's own folder here (``places``).
struct DocumentRun {
  /// What a document calls some folder, and what it is in the reader's folder.
  static let places = [
    "/var/lib/smartflow": "state", "/etc/smartflow": "etc", "/run/smartflow": "run",
    "/usr/local": "local", "/mnt/elsewhere": "elsewhere", "/backup": "backup", "/tmp": "tmp",
  ]

  /// Languages whose blocks are commands.
  static let commandLanguages = ["sh", "bash", "python"]

  /// A block that was run, and what came of it.
  struct Result {
    var block: FencedBlock
    var isDone: Bool
    var output: String
    var errors: String
  }

  let document: String
  let blocks: [FencedBlock]

  init(_ document: String) throws {
    self.document = document
    blocks = try FencedBlock.all(of: document)
  }

  var runBlocks: [FencedBlock] { blocks.filter { $0.mark("run") != nil } }

  /// Blocks of commands of which nobody has said who runs them.
  var unmarked: [FencedBlock] {
    blocks.filter { block in
      Self.commandLanguages.contains(block.language)
        && ["run", "run apart", "run by"].allSatisfy { block.mark($0) == nil }
    }
  }

  private var needsDaemon: Bool { runBlocks.contains { words($0).contains("daemon") } }

  private func words(_ block: FencedBlock) -> [String] {
    (block.mark("run") ?? "").split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  /// Runs all that is to be run.
  ///
  /// - Throws: What keeps it from beginning.
  func results() throws -> [Result] {
    let folder = try TemporaryFolder()
    for name in ["proto", "contrib", "Sources", "Package.swift"] {
      try FileManager.default.createSymbolicLink(
        at: folder.url.appending(path: name), withDestinationURL: Project.file(name))
    }
    for name in Self.places.values where name != "state" {
      try make(folder, name)
    }
    try make(folder, ".build")
    let programs = try DaemonProcess.programFolder()
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: ".build/release"), withDestinationURL: programs)
    let daemon =
      needsDaemon
      ? try DaemonProcess(
        workers: 1, arguments: ["--default-timeout", "5s", "--max-timeout", "10s"], folder: folder)
      : nil
    try script(in: folder).write(
      toFile: folder.path("script"), atomically: true, encoding: .utf8)
    try run(in: folder, programs, daemon)
    return runBlocks.enumerated().map { index, block in
      Result(
        block: block,
        isDone: FileManager.default.fileExists(atPath: folder.path("done-\(index)")),
        output: (try? String(contentsOfFile: folder.path("out-\(index)"), encoding: .utf8)) ?? "",
        errors: (try? String(contentsOfFile: folder.path("err-\(index)"), encoding: .utf8)) ?? "")
    }
  }

  private func make(_ folder: TemporaryFolder, _ name: String) throws {
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: name), withIntermediateDirectories: true)
  }

  /// One script of all blocks, in the order of the document.
  private func script(in folder: TemporaryFolder) -> String {
    var lines = ["set -eu", "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"]
    var index = 0
    for block in blocks {
      if let name = block.mark("file") {
        lines.append(contentsOf: hereDocument(block.text, to: name, in: folder))
      }
      guard block.mark("run") != nil else { continue }
      lines.append("exec >\(folder.path("out-\(index)")) 2>\(folder.path("err-\(index)"))")
      let status =
        words(block).first { $0.hasPrefix("exit ") }.flatMap { Int($0.dropFirst(5)) } ?? 0
      if let before = block.mark("before") {
        lines.append(replaced(before, folder))
        lines.append("exec >\(folder.path("out-\(index)")) 2>\(folder.path("err-\(index)"))")
      }
      if block.language == "python" {
        lines.append(contentsOf: hereDocument(block.text, to: "block.py", in: folder))
        lines.append("PYTHONPATH=contrib/python python3 block.py")
      } else if status == 0 {
        lines.append(replaced(block.text, folder))
      } else {
        // One command: what it ends with is what is asked.
        lines.append("code=0; { \(replaced(block.text, folder)) } || code=$?")
        lines.append("[ $code = \(status) ]")
      }
      lines.append(": >\(folder.path("done-\(index)"))")
      index += 1
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func hereDocument(
    _ text: String, to name: String, in folder: TemporaryFolder
  ) -> [String] {
    ["cat >\(name) <<'END OF THE BLOCK'", replaced(text, folder) + "END OF THE BLOCK"]
  }

  private func replaced(_ text: String, _ folder: TemporaryFolder) -> String {
    // The folder itself may lie in one of these.
    var text = text
    for (index, place) in Self.places.keys.sorted().enumerated() {
      text = text.replacing(place, with: "<\(index)>")
    }
    for (index, place) in Self.places.keys.sorted().enumerated() {
      text = text.replacing("<\(index)>", with: folder.path(Self.places[place] ?? ""))
    }
    return text
  }

  private func run(in folder: TemporaryFolder, _ programs: URL, _ daemon: DaemonProcess?) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/timeout")
    process.arguments = ["--kill-after=5", "50", "bash", folder.path("script")]
    process.currentDirectoryURL = folder.url
    var environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("SMARTFLOW_") }
    environment["PATH"] = programs.path + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
    environment["HOME"] = folder.url.path
    environment["XDG_RUNTIME_DIR"] = folder.path("run")
    environment["SMARTFLOW_STATE_DIRECTORY"] = folder.path("other-state")
    if let daemon {
      environment["SMARTFLOW_ENDPOINT"] = "unix://" + daemon.socketPath
      environment["SMARTFLOW_ADMIN_ENDPOINT"] = "unix://" + daemon.adminSocketPath
      environment["KEEPER"] = String(daemon.processID)
    }
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
  }
}

extension FencedBlock {
  /// Whether a text is what this block shows.
  func shows(_ output: String) -> Bool {
    let shown = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return Self.matches(shown[...], lines[...])
  }

  private static func matches(_ shown: ArraySlice<String>, _ lines: ArraySlice<String>) -> Bool {
    guard let first = shown.first else { return lines.isEmpty }
    if first == "…" {
      return (lines.startIndex...lines.endIndex).contains {
        matches(shown.dropFirst(), lines[$0...])
      }
    }
    guard let line = lines.first, matches(first, line) else { return false }
    return matches(shown.dropFirst(), lines.dropFirst())
  }

  /// One line, in which `…` stands for anything.
  private static func matches(_ shown: String, _ line: String) -> Bool {
    let parts = shown.split(separator: "…", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else { return shown == line }
    var rest = line[...]
    for (index, part) in parts.enumerated() {
      if index == 0 {
        guard rest.hasPrefix(part) else { return false }
        rest = rest.dropFirst(part.count)
      } else if index == parts.count - 1 {
        return rest.hasSuffix(part)
      } else if let range = rest.firstRange(of: part) {
        rest = rest[range.upperBound...]
      } else {
        return part.isEmpty
      }
    }
    return true
  }
}
