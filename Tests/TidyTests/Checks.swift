/// Something that is not as the house wants it: the place, and the remedy.
struct Finding: Equatable, CustomStringConvertible {
  var place: String
  var problem: String

  init(_ place: String, _ problem: String) {
    self.place = place
    self.problem = problem
  }

  var description: String { "\(place): \(problem)" }
}

/// A file as the checks see it: its path from the project's root, and its text.
struct SourceFile {
  var path: String
  var text: String

  /// The target's name for a file below `Sources`.
  var room: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
  }

  /// The path inside the target's folder.
  var pathInRoom: String { path.split(separator: "/").dropFirst(2).joined(separator: "/") }
}

/// The checks: text in, findings out, so that each can be shown to fail.
enum Checks {
  // MARK: Arrows

  /// The modules that a source imports, with the lines.
  static func imports(of text: String) -> [(line: Int, module: String)] {
    // Attributes and access levels in any order, then perhaps the kind of one declaration.
    // A local, since a regular expression is no `Sendable` value.
    let statement =
      #/
      ^\s* (?: @\w+ (?: \( [^)]* \) )? \s+ | (?: public|package|internal|fileprivate|private ) \s+ )*
      import \s+ (?: (?: struct|class|enum|protocol|typealias|func|let|var|actor|macro ) \s+ )?
      `? (\w+)
      /#
    return SwiftText(text).lines.enumerated().flatMap { index, line in
      line.split(separator: ";").compactMap { part in
        part.firstMatch(of: statement).map { (index + 1, String($0.output.1)) }
      }
    }
  }

  /// Imports that the plan does not know.
  static func arrows(of file: SourceFile, plan: [Room] = Plan.rooms) -> [Finding] {
    guard let name = file.room, let room = plan.first(where: { $0.name == name }) else {
      return [Finding(file.path, "belongs to no room of Arrows.swift")]
    }
    let allowed = Set(room.house).union(room.foreign.keys)
    return imports(of: file.text).filter { !allowed.contains($0.module) }.map {
      Finding(
        "\(file.path):\($0.line)",
        "\(name) may not import \($0.module); Arrows.swift has the arrows, each with its reason")
    }
  }

  // MARK: Access

  /// Mutating methods of the worker's values that are given the worker: they could come back to the value they change,
  /// whose access nobody checks at run time.
  static func reentrance(of file: SourceFile) -> [Finding] {
    guard file.room == "SmartFlowWorker" else { return [] }
    let text = SwiftText(file.text).lines.joined(separator: "\n")
    return text.matches(of: #/mutating\s+func\s+`?(\w+)[^{}]*:\s*(?:\w+\s+)?Worker\b/#).map {
      Finding(
        file.path,
        "`\($0.output.1)` changes a value and is given the worker: make it a method of the worker")
    }
  }

  // MARK: Words

  /// Words that promise unfinished work, or that end a process on somebody else's mistake.
  static func words(of file: SourceFile) -> [Finding] {
    let code: [(Regex<Substring>, String)] = [
      (#/\bfatalError\s*\(/#, "`fatalError`: throw, answer a status, or state a precondition"),
      (#/\btry\s*!/#, "`try!`: catch the error"),
      (#/\bas\s*!/#, "`as!`: bind with `as?`"),
    ]
    let anywhere: [(Regex<Substring>, String)] = [
      (#/\b(?:TODO|FIXME|XXX|HACK)\b/#, "finish it, or open an issue")
    ]
    return find(code, in: SwiftText(file.text).lines, of: file)
      + find(anywhere, in: SwiftText.lines(of: file.text), of: file)
  }

  private static func find(
    _ patterns: [(Regex<Substring>, String)], in lines: [Substring], of file: SourceFile
  ) -> [Finding] {
    lines.enumerated().flatMap { index, line in
      patterns.filter { line.contains($0.0) }.map { Finding("\(file.path):\(index + 1)", $0.1) }
    }
  }

  // MARK: Unsafe code

  /// Unsafe code outside the places that the plan lists.
  ///
  /// `unsafe x.span.bytes` is everybody's: the language counts it as unsafe for types with padding,
  /// and bytes have none.
  static func unsafe(of file: SourceFile, plan: [Room] = Plan.rooms) -> [Finding] {
    guard let room = plan.first(where: { $0.name == file.room }) else { return [] }
    func isListed(_ places: [String: Room.Reason]) -> Bool {
      places.keys.contains {
        $0.isEmpty || file.pathInRoom == $0 || file.pathInRoom.hasPrefix($0 + "/")
      }
    }
    var findings: [Finding] = []
    let lines = SwiftText(file.text).lines
    for (index, line) in lines.enumerated() {
      let place = "\(file.path):\(index + 1)"
      if line.contains(#/@unchecked\s+Sendable/#), !isListed(room.unchecked) {
        findings.append(Finding(place, "`@unchecked Sendable` outside the places of Arrows.swift"))
      }
      // A statement goes on over the lines that follow, so the bytes may stand on the next ones.
      let statement = lines[index..<min(index + 4, lines.count)].joined(separator: "\n")
      if line.contains(#/\bunsafe\b/#), !statement.contains(".span.bytes"), !isListed(room.unsafe) {
        findings.append(Finding(place, "unsafe code outside the places of Arrows.swift"))
      }
    }
    return findings
  }

  // MARK: Sizes and names

  static func length(of file: SourceFile, longest: Int = Plan.longestFile) -> [Finding] {
    let count =
      SwiftText.lines(of: file.text).count { _ in true } - (file.text.hasSuffix("\n") ? 1 : 0)
    guard count > longest, Plan.tables[file.path] == nil else { return [] }
    return [Finding(file.path, "\(count) lines; \(longest) are the most: one file, one thing")]
  }

  /// Names at the top of the project that nobody planned.
  static func topLevel(_ names: [String]) -> [Finding] {
    names.filter { !Plan.topLevel.contains($0) }.map {
      Finding($0, "does not belong at the top of the project")
    }
  }
}
