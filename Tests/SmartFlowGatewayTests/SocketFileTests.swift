import Foundation
import TestSupport
import Testing
import UnixSocket

@testable import SmartFlowGateway

@Suite struct `The file of a socket` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `that nobody listens on any more makes room`() throws {
    let path = folder.path("s.sock")
    close(try boundSocket(Int32(SOCK_STREAM.rawValue), to: path))
    #expect(FileManager.default.fileExists(atPath: path))
    try SocketFile.makeRoom(at: path)
    #expect(!FileManager.default.fileExists(atPath: path))
    // Nothing is there at all.
    try SocketFile.makeRoom(at: path)
  }

  @Test func `that somebody listens on stays`() throws {
    let path = folder.path("s.sock")
    let listener = try Listener(binding: path, mode: 0o600)
    #expect(throws: SocketFile.Failure.taken(path)) { try SocketFile.makeRoom(at: path) }
    #expect(FileManager.default.fileExists(atPath: listener.path))
    listener.removeFile()
  }

  @Test func `that is none is not taken away`() throws {
    let path = folder.path("text")
    try Data("x".utf8).write(to: URL(filePath: path))
    #expect(throws: SocketFile.Failure.notASocket(path)) { try SocketFile.makeRoom(at: path) }
    #expect(FileManager.default.fileExists(atPath: path))
  }
}
