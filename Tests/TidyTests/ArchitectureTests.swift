import Foundation
import TestSupport
import Testing

@Suite struct `The document of the architecture` {
  private static let path = "contrib/docs/architecture.md"

  @Test func `has every target and its arrows as they are planned`() throws {
    let rows = Plan.rooms.map { room in
      let house = room.house.map { "`\($0)`" }.joined(separator: ", ")
      let foreign = room.foreign.sorted { $0.key < $1.key }
        .map { "\($0.key): \($0.value)" }.joined(separator: "; ")
      return ["`\(room.name)`", house, foreign]
    }
    let table = markdownTable(["target", "may import", "from elsewhere"], rows)
    let part = GeneratedPart("targets", of: Self.path)
    #expect(try part.text(shouldBe: table) == table, "\(GeneratedPart.remedy)")
  }

  @Test func `names a file of every room on a request's path`() throws {
    let text = try String(contentsOf: Project.file(Self.path), encoding: .utf8)
    for room in [
      "UnixSocket", "TTRPC", "SmartFlowMessages", "SmartFlowWorker", "Catalog", "DecisionEngine",
      "Filtrex", "Journal", "Storage", "SmartFlowDaemon", "WorkerLink",
    ] {
      #expect(text.contains("`Sources/\(room)/"), "\(room)")
    }
  }
}
