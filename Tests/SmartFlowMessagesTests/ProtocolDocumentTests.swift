import Foundation
import TestSupport
import Testing

@testable import SmartFlowMessages

@Suite struct `The document of the protocol` {
  private static let path = "contrib/docs/protocol.md"

  /// Files whose messages are sent, in the order of the document.
  private static let files = [
    "smartflow/v1/execution.proto", "smartflow/v1/tree.proto", "smartflow/v1/tree_service.proto",
    "smartflow/v1/admin.proto", "grpc/health/v1/health.proto",
  ]
  /// What of Google's details is sent; the others are there for whoever reads them.
  private static let details = [
    "ErrorInfo", "BadRequest", "BadRequest.FieldViolation", "ResourceInfo", "RetryInfo",
  ]

  @Test func `has every method as it is`() throws {
    var rows: [[String]] = []
    for path in Self.files {
      let file = try ProtoFile(path)
      for service in file.declarations where service.kind == .service {
        for method in service.lines {
          let name = "\(file.package).\(service.name)/\(method.name)"
          let served = Method.allCases.first { $0.fullName == name }
          let socket =
            switch served?.socket {
            case .data: "both"
            case .admin: "admin"
            case nil: "not served: UNIMPLEMENTED"
            }
          rows.append(["`\(name)`", method.type, socket, method.comment])
        }
      }
    }
    #expect(rows.count > Method.allCases.count)
    let table = markdownTable(["method", "messages", "socket", ""], rows)
    let part = GeneratedPart("methods", of: Self.path)
    #expect(try part.text(shouldBe: table) == table, "\(GeneratedPart.remedy)")
  }

  @Test func `has every message of an envelope and a status as it is`() throws {
    let envelope = try ProtoFile("ttrpc.proto")
    let status = try ProtoFile("google/rpc/status.proto")
    let details = try ProtoFile("google/rpc/error_details.proto")
    let text = Self.text(
      of: envelope.declarations + status.declarations
        + details.declarations.filter { Self.details.contains($0.name) })
    let part = GeneratedPart("envelope", of: Self.path)
    #expect(try part.text(shouldBe: text) == text, "\(GeneratedPart.remedy)")
  }

  @Test func `has every message and enumeration as it is`() throws {
    let text = Self.text(
      of: try Self.files.flatMap { try ProtoFile($0).declarations }.filter { $0.kind != .service })
    let part = GeneratedPart("messages", of: Self.path)
    #expect(try part.text(shouldBe: text) == text, "\(GeneratedPart.remedy)")
  }

  @Test func `has every reason that a status gives`() throws {
    let text = try String(contentsOf: Project.file(Self.path), encoding: .utf8)
    var count = 0
    for path in [
      "SmartFlowWorker/Services/Statuses.swift", "SmartFlowWorker/Services/StoreStatuses.swift",
      "TTRPC/Refusal.swift",
    ] {
      let source = try String(contentsOf: Project.file("Sources/" + path), encoding: .utf8)
      for match in source.matches(of: /"([A-Z]+(?:_[A-Z]+)*)"/) {
        count += 1
        #expect(text.contains("`\(match.1)`"), "\(match.1) of \(path)")
      }
    }
    #expect(count > 20)
  }

  private static func text(of declarations: [ProtoFile.Declaration]) -> String {
    declarations.map { declaration in
      let comment = declaration.comment.isEmpty ? "" : declaration.comment + "\n\n"
      let rows = declaration.lines.map { line in
        let choice = line.choice.map { "one of `\($0)`." } ?? ""
        let said = [choice, line.comment].filter { !$0.isEmpty }.joined(separator: " ")
        return ["\(line.number)", "`\(line.name)`", line.type, said]
      }
      let body =
        switch declaration.kind {
        case .enum: markdownTable(["", "value", ""], rows.map { [$0[0], $0[1], $0[3]] })
        case .message, .service:
          rows.isEmpty ? "No fields.\n" : markdownTable(["", "field", "type", ""], rows)
        }
      return "#### \(declaration.name)\n\n\(comment)\(body)"
    }.joined(separator: "\n")
  }
}
