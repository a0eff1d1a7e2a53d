/// The targets that `Package.swift` declares, read from its text.
struct Manifest {
  struct Target: Equatable {
    var name: String
    var isTest: Bool
    /// Targets and products it depends on.
    var dependencies: Set<String>
  }

  var targets: [Target] = []

  /// Products stand there as constants; this is the module each one is.
  static let products = [
    "argumentParser": "ArgumentParser", "logging": "Logging", "realModule": "RealModule",
    "flyingFox": "FlyingFox", "flyingSocks": "FlyingSocks",
  ]

  init(_ text: String) {
    let list = text.ranges(of: "\n  targets: [").last.map { text[$0.upperBound...] } ?? ""
    var depth = 0
    var entry = ""
    for character in list {
      if character == "(" { depth += 1 }
      if depth > 0 || !(character == "," || character.isWhitespace) { entry.append(character) }
      guard character == ")" else { continue }
      depth -= 1
      if depth == 0 {
        read(entry)
        entry = ""
      }
    }
  }

  private mutating func read(_ entry: String) {
    // The second half of a test target's call names folders of data.
    let declared = entry.split(separator: "data:").first.map(String.init) ?? entry
    let quoted = declared.matches(of: #/"([^"]+)"/#).map { String($0.output.1) }
    guard let name = quoted.first else { return }
    var dependencies = Set(quoted.dropFirst())
    let words = declared.split { !$0.isLetter }.map(String.init)
    for word in words { if let module = Self.products[word] { dependencies.insert(module) } }
    targets.append(
      Target(
        name: name, isTest: entry.hasPrefix("tests(") || name == "TestSupport",
        dependencies: entry.hasPrefix(".systemLibrary") || name == "TestSupport" ? [] : dependencies
      ))
  }

  /// Where plan, package and folders do not agree.
  func findings(sources: [String], tests: [String], plan: [Room] = Plan.rooms) -> [Finding] {
    var findings: [Finding] = []
    let rooms = targets.filter { !$0.isTest }
    for room in plan where !rooms.contains(where: { $0.name == room.name }) {
      findings.append(Finding(room.name, "is in Arrows.swift, and no target of Package.swift"))
    }
    for target in rooms {
      guard let room = plan.first(where: { $0.name == target.name }) else {
        findings.append(Finding(target.name, "is in Package.swift, and no room of Arrows.swift"))
        continue
      }
      let planned = Set(room.house).union(Self.products.values.filter { room.foreign[$0] != nil })
      for name in planned.subtracting(target.dependencies).sorted() {
        findings.append(Finding(target.name, "Package.swift does not declare its arrow to \(name)"))
      }
      for name in target.dependencies.subtracting(planned).sorted() {
        findings.append(
          Finding(target.name, "Package.swift has an arrow to \(name), Arrows.swift not"))
      }
    }
    findings += difference("Sources", sources, rooms.map(\.name))
    findings += difference("Tests", tests, targets.filter(\.isTest).map(\.name))
    return findings
  }

  private func difference(_ parent: String, _ folders: [String], _ names: [String]) -> [Finding] {
    Set(folders).subtracting(names).sorted().map {
      Finding("\(parent)/\($0)", "is the folder of no target")
    }
      + Set(names).subtracting(folders).sorted().map {
        Finding("\(parent)/\($0)", "is a target without a folder")
      }
  }
}
