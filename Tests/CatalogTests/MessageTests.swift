import TestSupport
import Testing

@testable import Catalog

@Suite struct `What keeper and worker say of trees` {
  private static func version() throws -> PublishedVersion {
    var version = PublishedVersion(
      treeID: try #require(TreeID("winback")), version: 7,
      digest: [UInt8](repeating: 3, count: 32), publishMicroseconds: 1_700_000_000_000_000,
      author: PublishedVersion.Author(userID: 1, groupID: 2, processID: 3, name: "maria"),
      byteCount: 2)
    version.isActive = true
    version.labels = [PublishedVersion.Label(key: "team", value: "crm")]
    version.comment = "shorter"
    version.subTrees = [try #require(TreeID("vip"))]
    version.json = Array("{}".utf8)
    version.contextSchema = Array("true".utf8)
    return version
  }

  private static func requests() throws -> [StoreRequest] {
    let id = try #require(TreeID("winback"))
    let author = PublishedVersion.Author(userID: 1, groupID: 2, processID: 3)
    var publication = Publication(
      treeID: id, digest: [UInt8](repeating: 3, count: 32), json: Array("{}".utf8), author: author)
    publication.labels = [PublishedVersion.Label(key: "team", value: "crm")]
    publication.comment = "shorter"
    publication.expectedVersion = 6
    publication.activates = true
    publication.subTrees = [id]
    publication.grounds = Grounds(generation: 9, coversUsers: true)
    var listing = TreeListing(count: 10)
    listing.prefix = "win"
    listing.after = "winb"
    listing.includesRetired = true
    return [
      .publish(publication), .get(id, version: 3), .list(listing),
      .versions(id, before: 9, count: 100),
      .activate(Activation(treeID: id, version: 2, author: author)), .retire(id, version: 0),
      .users(id),
    ]
  }

  private static func replies() throws -> [StoreReply] {
    let version = try version()
    let summary = TreeSummary(
      treeID: version.treeID, activeVersion: 1, newestVersion: 2, isRetired: false,
      updateMicroseconds: 5)
    return [
      .published(version, isNew: true), .version(version), .trees([summary], hasMore: true),
      .versions([version, version], hasMore: false), .activated(version, previous: 3), .retired,
      .configuration([
        ConfiguredValue(name: "a", value: "1", source: .file, place: "ö:1:2", pending: "3"),
        ConfiguredValue(name: "", value: "", source: .standard, place: "", pending: ""),
      ]),
      .refused(.noSuchTree), .refused(.noSuchVersion(3)), .refused(.noActiveVersion),
      .refused(.noPreviousVersion), .refused(.stale(expected: 1, actual: 2)),
      .refused(.exists(newest: 2)), .refused(.retired(1)), .refused(.isActive(1)),
      .refused(.inUse(by: [version.treeID])), .refused(.full(limitBytes: 3)),
      .refused(.unchecked(version: 4)), .refused(.changed(generation: 8)),
      .refused(.tooManyUsers(limit: 6)), .users([version.treeID], generation: 7),
      .refused(.malformed), .refused(.tooLong(bytes: 5)), .refused(.unavailable("disk full")),
    ]
  }

  @Test func `is read as it was written`() throws {
    for request in try Self.requests() { #expect(StoreRequest(parsing: request.bytes) == request) }
    for reply in try Self.replies() { #expect(StoreReply(parsing: reply.bytes) == reply) }
  }

  @Test func `is nothing when it is cut anywhere, or longer`() throws {
    for bytes in try Self.requests().map(\.bytes) {
      for count in bytes.indices { #expect(StoreRequest(parsing: Array(bytes[..<count])) == nil) }
      #expect(StoreRequest(parsing: bytes + [0]) == nil)
    }
    for bytes in try Self.replies().map(\.bytes) {
      for count in bytes.indices { #expect(StoreReply(parsing: Array(bytes[..<count])) == nil) }
      #expect(StoreReply(parsing: bytes + [0]) == nil)
    }
  }

  @Test func `may be anything at all, and is read without harm`() throws {
    var random = SeededGenerator(seed: 4)
    let messages = try Self.requests().map(\.bytes) + Self.replies().map(\.bytes)
    for _ in 0..<20_000 {
      guard var bytes = messages.randomElement(using: &random) else { continue }
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      if let request = StoreRequest(parsing: bytes) { #expect(request.bytes == bytes) }
      if let reply = StoreReply(parsing: bytes) { #expect(reply.bytes == bytes) }
    }
  }
}
