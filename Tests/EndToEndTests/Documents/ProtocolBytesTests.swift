import Foundation
import TestSupport
import Testing

/// Bytes that the document of the protocol shows are sent as they stand, and what comes back is what it shows.
@Suite struct `The bytes in the document of the protocol` {
  private static let path = "contrib/docs/protocol.md"

  private static func bytes(_ kind: String, _ name: String) throws -> [UInt8] {
    let block = try #require(
      try FencedBlock.all(of: path).first { $0.mark(kind) == name }, "\(kind): \(name)")
    let digits = block.text.split(separator: "\n")
      .map { $0.split(separator: "#", omittingEmptySubsequences: false)[0] }
      .joined().filter { !$0.isWhitespace }
    return try Wire.bytes(hexadecimal: digits)
  }

  private func response(to name: String) throws -> [UInt8] {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    try connection.send(try Self.bytes("request", name))
    let header = try connection.receive(10)
    try #require(header.count == 10)
    let count = header[..<4].reduce(0) { $0 << 8 | Int($1) }
    return try header + connection.receive(count)
  }

  @Test(arguments: ["health", "failure"])
  func `are answered as it shows`(name: String) throws {
    #expect(try response(to: name) == Self.bytes("response", name))
  }

  @Test func `are answered as it shows but for IDs and times`() throws {
    var shown = try Self.bytes("response", "execute")[...]
    var answered = try response(to: "execute")[...]
    let (left, right) = (
      try Wire.Answer(frame: &shown), try Wire.Answer(frame: &answered)
    )
    #expect(shown.isEmpty && answered.isEmpty)
    #expect(left.stream == right.stream && left.code == right.code)
    #expect(try Self.described(left) == Self.described(right))
  }

  /// An execution without what is another one each time: its ID, its action's and the elapsed time.
  private static func described(_ answer: Wire.Answer) throws -> [String] {
    try answer.execution().filter { ![1, 7].contains($0.number) }.flatMap { field in
      guard field.number == 5 else { return ["\(field.number) \(field.value) \(field.bytes)"] }
      return try Wire.fields(of: field.bytes).filter { $0.number != 5 }.map {
        "5.\($0.number) \($0.value) \($0.bytes)"
      }
    }
  }
}
