import TestSupport
import Testing

@Suite(
  .enabled(
    if: ForeignClient.installed.count == ForeignClient.allCases.count,
    "not every foreign client can be built here"))
struct `The document of the clients` {
  private static let names = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
  ]

  /// What the calls came to, client by client.
  @Test func `has what every call came to`() throws {
    let clients = ForeignClient.allCases
    let outcomes = try clients.map { try $0.outcomes() }
    let rows = try (outcomes.first ?? []).map { first in
      [first.name]
        + (try outcomes.map { all in
          let code = try #require(all.first { $0.name == first.name }).code
          return Self.names.indices.contains(code) ? Self.names[code] : "\(code)"
        })
    }
    let table = markdownTable(["call"] + clients.map(\.rawValue), rows)
    let part = GeneratedPart("interop", of: "contrib/docs/clients.md")
    #expect(try part.text(shouldBe: table) == table, "\(GeneratedPart.remedy)")
  }
}
