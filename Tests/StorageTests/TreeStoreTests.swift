import Catalog
import Foundation
import Hashes
import TestSupport
import Testing
import WorkerLink

@testable import Storage

private func sha256(_ bytes: [UInt8]) -> [UInt8] {
  let digest = SHA256.digest(of: bytes.span.bytes)
  return digest.span.indices.map { digest[$0] }
}

private struct Fixture {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("trees.sqlite")
  }

  static let author = PublishedVersion.Author(userID: 1, groupID: 2, processID: 3, name: "maria")

  func publication(_ text: String, as id: String = "winback") throws -> Publication {
    let json = Array(text.utf8)
    return Publication(
      treeID: try #require(TreeID(id)), digest: sha256(json), json: json, author: Self.author)
  }
}

@Suite struct `A tree store` {
  private let fixture = try? Fixture()

  private func store() throws -> (TreeRoom, Fixture) {
    let fixture = try #require(fixture)
    return (try TreeRoom(path: fixture.path), fixture)
  }

  private func answer(_ room: TreeRoom, _ request: StoreRequest) -> StoreReply {
    room.answer(request.bytes, now: 1_000) { _ in "maria" }
  }

  private func id(_ text: String = "winback") throws -> TreeID { try #require(TreeID(text)) }

  @Test func `counts versions from one, and keeps what each says`() throws {
    let (room, fixture) = try store()
    var publication = try fixture.publication("{\"a\":1}")
    publication.labels = [PublishedVersion.Label(key: "team", value: "crm")]
    publication.comment = "first"
    publication.contextSchema = Array("true".utf8)
    publication.activates = true
    guard case .published(let version, isNew: true) = answer(room, .publish(publication)) else {
      Issue.record("not published")
      return
    }
    #expect(version.version == 1)
    #expect(version.isActive)
    guard case .version(let kept) = answer(room, .get(try id(), version: 0)) else {
      Issue.record("not kept")
      return
    }
    #expect(kept == version)
    #expect(kept.json == publication.json)
    #expect(kept.contextSchema == publication.contextSchema)
    #expect(kept.labels == publication.labels)
    #expect(kept.comment == "first")
    #expect(kept.author == Fixture.author)
    #expect(kept.publishMicroseconds == 1_000)
  }

  @Test func `takes the same tree again for the version that it is`() throws {
    let (room, fixture) = try store()
    let publication = try fixture.publication("{}")
    _ = answer(room, .publish(publication))
    guard case .published(let again, isNew: false) = answer(room, .publish(publication)) else {
      Issue.record("not the same")
      return
    }
    #expect(again.version == 1)
    #expect(!again.isActive)
  }

  @Test func `refuses what was expected otherwise, and changes nothing`() throws {
    let (room, fixture) = try store()
    _ = answer(room, .publish(try fixture.publication("{}")))
    let before = room.state
    var stale = try fixture.publication("[]")
    stale.expectedVersion = 2
    #expect(answer(room, .publish(stale)) == .refused(.stale(expected: 2, actual: 1)))
    stale.expectedVersion = 0
    stale.mustBeNew = true
    #expect(answer(room, .publish(stale)) == .refused(.exists(newest: 1)))
    #expect(room.state == before)
  }

  @Test func `goes back to what was active before`() throws {
    let (room, fixture) = try store()
    for text in ["1", "2"] {
      var publication = try fixture.publication(text)
      publication.activates = true
      _ = answer(room, .publish(publication))
    }
    let back = Activation(treeID: try id(), version: 0, author: Fixture.author)
    guard case .activated(let version, previous: 2) = answer(room, .activate(back)) else {
      Issue.record("not activated")
      return
    }
    #expect(version.version == 1)
    var stale = back
    stale.expectedActive = 2
    #expect(answer(room, .activate(stale)) == .refused(.stale(expected: 2, actual: 1)))
  }

  @Test func `retires a version for good, and a tree until one is activated again`() throws {
    let (room, fixture) = try store()
    for text in ["1", "2"] { _ = answer(room, .publish(try fixture.publication(text))) }
    var activation = Activation(treeID: try id(), version: 2, author: Fixture.author)
    _ = answer(room, .activate(activation))
    #expect(answer(room, .retire(try id(), version: 2)) == .refused(.isActive(2)))
    #expect(answer(room, .retire(try id(), version: 1)) == .retired)
    activation.version = 1
    #expect(answer(room, .activate(activation)) == .refused(.retired(1)))
    #expect(answer(room, .retire(try id(), version: 0)) == .retired)
    #expect(answer(room, .get(try id(), version: 0)) == .refused(.noActiveVersion))
    #expect(answer(room, .list(TreeListing(count: 10))) == .trees([], hasMore: false))
    activation.version = 2
    guard case .activated = answer(room, .activate(activation)) else {
      Issue.record("not activated")
      return
    }
  }

  @Test func `says what there is not`() throws {
    let (room, fixture) = try store()
    #expect(answer(room, .get(try id(), version: 0)) == .refused(.noSuchTree))
    _ = answer(room, .publish(try fixture.publication("{}")))
    #expect(answer(room, .get(try id(), version: 0)) == .refused(.noActiveVersion))
    #expect(answer(room, .get(try id(), version: 9)) == .refused(.noSuchVersion(9)))
    #expect(answer(room, .retire(try id("other"), version: 0)) == .refused(.noSuchTree))
    let back = Activation(treeID: try id(), version: 0, author: Fixture.author)
    #expect(answer(room, .activate(back)) == .refused(.noPreviousVersion))
    #expect(room.answer([1, 2, 3], now: 0) { _ in "" } == .refused(.malformed))
  }

  @Test func `lists by name, a page at a time`() throws {
    let (room, fixture) = try store()
    for number in 0..<25 {
      _ = answer(room, .publish(try fixture.publication("{}", as: "tree-\(number)")))
    }
    _ = answer(room, .publish(try fixture.publication("{}", as: "other")))
    var listing = TreeListing(count: 10)
    listing.prefix = "tree-"
    var names: [String] = []
    var pages = 0
    var hasMore = true
    while hasMore, pages < 10 {
      guard case .trees(let trees, let more) = answer(room, .list(listing)) else { break }
      names += trees.map(\.treeID.text)
      listing.after = names.last ?? ""
      hasMore = more
      pages += 1
    }
    #expect(pages == 3)
    #expect(names == (0..<25).map { "tree-\($0)" }.sorted())
  }

  @Test func `lists versions from the newest, however long their comments are`() throws {
    let (room, fixture) = try store()
    for number in 0..<400 {
      var publication = try fixture.publication("\(number)")
      publication.comment = String(repeating: "x", count: Limits.commentBytes)
      _ = answer(room, .publish(publication))
    }
    var versions: [UInt64] = []
    var hasMore = true
    var pages = 0
    while hasMore, pages < 10 {
      let request = StoreRequest.versions(try id(), before: versions.last ?? 0, count: 1000)
      let reply = answer(room, request)
      #expect(reply.bytes.count <= Limits.deskBytes)
      guard case .versions(let page, let more) = reply else { break }
      versions += page.map(\.version)
      hasMore = more
      pages += 1
    }
    #expect(versions == (1...400).reversed())
  }

  @Test func `is after a restart what it was`() throws {
    let fixture = try #require(fixture)
    var before: CatalogEntry?
    do {
      let (room, _) = try store()
      for text in ["1", "2", "3"] {
        var publication = try fixture.publication(text)
        publication.activates = text == "2"
        _ = answer(room, .publish(publication))
      }
      _ = answer(room, .retire(try id(), version: 1))
      before = room.find(try id(), version: 0)
    }
    let room = try TreeRoom(path: fixture.path)
    let after = try #require(room.find(try id(), version: 0))
    #expect(after.version == 2)
    #expect(after.digest == before?.digest)
    #expect(room.find(try id(), version: 1)?.isRetired == true)
    #expect(room.find(try id(), version: 3)?.version == 3)
    #expect(room.state.activeTrees == 1)
  }
}

@Suite struct `A tree store's file` {
  private let fixture = try? Fixture()

  private func failure(_ path: String) -> StoreFailure? {
    do throws(StoreFailure) {
      _ = try TreeRoom(path: path)
      return nil
    } catch {
      return error
    }
  }

  @Test func `that is no database is refused and left alone`() throws {
    let fixture = try #require(fixture)
    let text = Data(String(repeating: "precious", count: 100).utf8)
    try text.write(to: URL(filePath: fixture.path))
    guard case .corrupt? = failure(fixture.path) else {
      Issue.record("\(String(describing: failure(fixture.path)))")
      return
    }
    #expect(try Data(contentsOf: URL(filePath: fixture.path)) == text)
  }

  @Test(arguments: 1..<12) func `with a page of something else is refused`(page: Int) throws {
    let fixture = try #require(fixture)
    do {
      let room = try TreeRoom(path: fixture.path)
      for number in 0..<40 {
        let text = "{\"n\":\"\(String(repeating: "\(number)", count: 300))\"}"
        _ = room.answer(
          StoreRequest.publish(try fixture.publication(text, as: "tree-\(number)")).bytes, now: 0
        ) { _ in "" }
      }
    }
    var bytes = try Data(contentsOf: URL(filePath: fixture.path))
    let start = page * 4096
    try #require(bytes.count >= start + 4096)
    for index in start..<start + 4096 { bytes[index] = 0xA5 }
    try bytes.write(to: URL(filePath: fixture.path))
    guard case .corrupt(let file, _)? = failure(fixture.path) else {
      Issue.record("page \(page): \(String(describing: failure(fixture.path)))")
      return
    }
    #expect(file.path.hasSuffix("trees.sqlite"))
  }

  @Test func `whose tree is not what its digest says is refused`() throws {
    let fixture = try #require(fixture)
    do {
      let room = try TreeRoom(path: fixture.path)
      _ = room.answer(
        StoreRequest.publish(try fixture.publication("{\"amount\":1000}")).bytes, now: 0
      ) { _ in "" }
    }
    var bytes = try Data(contentsOf: URL(filePath: fixture.path))
    let place = try #require(bytes.range(of: Data("1000".utf8)))
    bytes[place.lowerBound] = UInt8(ascii: "9")
    try bytes.write(to: URL(filePath: fixture.path))
    guard case .corrupt(_, let reason)? = failure(fixture.path) else {
      Issue.record("it was taken")
      return
    }
    #expect(reason.contains("is not what its digest says"))
  }

  @Test func `that another process has is refused`() throws {
    let fixture = try #require(fixture)
    let room = try TreeRoom(path: fixture.path)
    #expect(room.state.activeTrees == 0)
    #expect(failure(fixture.path) == .inUse(StoreFile(.trees, path: fixture.path)))
  }

  @Test func `of a later release is refused`() throws {
    let fixture = try #require(fixture)
    do { _ = try TreeRoom(path: fixture.path) }
    do {
      let database = try Database(path: fixture.path)
      try database.run("PRAGMA user_version = 99")
    }
    #expect(failure(fixture.path) == .newer(StoreFile(.trees, path: fixture.path), form: 99))
  }

  @Test func `of another program is refused`() throws {
    let fixture = try #require(fixture)
    do {
      let database = try Database(path: fixture.path)
      try database.run("CREATE TABLE notes (text TEXT)")
    }
    guard case .corrupt? = failure(fixture.path) else {
      Issue.record("it was taken")
      return
    }
  }
}
