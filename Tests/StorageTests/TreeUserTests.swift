import Catalog
import Hashes
import TestSupport
import Testing

@testable import Storage

/// Trees of a store that use one another.
@Suite struct `A tree that others use` {
  private let folder: TemporaryFolder
  private let room: TreeRoom

  init() throws {
    folder = try TemporaryFolder()
    room = try TreeRoom(path: folder.path("trees.sqlite"))
  }

  private static let author = PublishedVersion.Author(userID: 1, groupID: 2, processID: 3)

  private func id(_ text: String) throws -> TreeID { try #require(TreeID(text)) }

  private func answer(_ request: StoreRequest) -> StoreReply {
    room.answer(request.bytes, now: 1_000) { _ in "" }
  }

  @discardableResult
  private func publish(
    _ text: String, as name: String, uses: [String] = [], activates: Bool = true,
    _ grounds: Grounds? = nil
  ) throws -> StoreReply {
    let json = Array(text.utf8)
    let digest = SHA256.digest(of: json.span.bytes)
    var publication = Publication(
      treeID: try id(name), digest: digest.span.indices.map { digest[$0] }, json: json,
      author: Self.author)
    publication.activates = activates
    publication.subTrees = try uses.map { try id($0) }
    publication.grounds =
      grounds ?? Grounds(generation: room.state.generation, coversUsers: true)
    return answer(.publish(publication))
  }

  /// `c` uses `b`, which uses `a`; `d` did once, and does not any more.
  private func chain() throws {
    try publish("1", as: "a")
    try publish("2", as: "b", uses: ["a"])
    try publish("3", as: "c", uses: ["b"])
    try publish("4", as: "d", uses: ["b"])
    try publish("5", as: "d")
  }

  @Test func `has those whose active versions do, by way of others too`() throws {
    try chain()
    let generation = room.state.generation
    #expect(
      answer(.users(try id("a"))) == .users([try id("b"), try id("c")], generation: generation))
    #expect(answer(.users(try id("c"))) == .users([], generation: generation))
    #expect(answer(.users(try id("nobody"))) == .users([], generation: generation))
  }

  @Test func `is changed only by who has looked at them, and at what they are now`() throws {
    try chain()
    let before = room.state
    #expect(try publish("6", as: "a", Grounds()) == .refused(.unchecked(version: 2)))
    let blind = Grounds(generation: before.generation, coversUsers: false)
    #expect(try publish("6", as: "a", blind) == .refused(.unchecked(version: 2)))
    let old = Grounds(generation: before.generation - 1, coversUsers: true)
    #expect(
      try publish("6", as: "a", old) == .refused(.changed(generation: before.generation)))
    #expect(room.state == before)
    guard case .published(let version, isNew: true) = try publish("6", as: "a") else {
      Issue.record("not published")
      return
    }
    #expect(version.version == 2)
  }

  @Test func `is activated only by who has looked at them`() throws {
    try publish("0", as: "a", activates: false)
    try chain()
    let before = room.state
    var activation = Activation(treeID: try id("a"), version: 1, author: Self.author)
    #expect(answer(.activate(activation)) == .refused(.unchecked(version: 1)))
    #expect(room.state == before)
    activation.grounds = Grounds(generation: before.generation, coversUsers: true)
    guard case .activated = answer(.activate(activation)) else {
      Issue.record("not activated")
      return
    }
    // To make the active version active is to change nothing.
    activation.grounds = Grounds()
    guard case .activated = answer(.activate(activation)) else {
      Issue.record("not activated again")
      return
    }
  }

  @Test func `is not retired as long as one does`() throws {
    try chain()
    #expect(answer(.retire(try id("a"), version: 0)) == .refused(.inUse(by: [try id("b")])))
    for name in ["c", "b", "a"] {
      #expect(answer(.retire(try id(name), version: 0)) == .retired)
    }
  }

  @Test func `makes a version that uses one be looked at too`() throws {
    try publish("1", as: "a")
    #expect(
      try publish("2", as: "b", uses: ["a"], Grounds()) == .refused(.unchecked(version: 1)))
    #expect(answer(.get(try id("b"), version: 1)) == .refused(.noSuchTree))
  }

  @Test func `may have a thousand and no more`() throws {
    try publish("1", as: "a")
    for number in 0..<Limits.users {
      try publish("\(number)", as: "user-\(number)", uses: ["a"])
    }
    guard case .users(let users, _) = answer(.users(try id("a"))) else {
      Issue.record("no users")
      return
    }
    #expect(users.count == Limits.users)
    try publish("x", as: "one-more", uses: ["a"])
    #expect(
      answer(.users(try id("a"))) == .refused(.tooManyUsers(limit: UInt64(Limits.users))))
  }

  @Test func `is known by those that use it`() throws {
    try chain()
    guard case .version(let version) = answer(.get(try id("c"), version: 0)) else {
      Issue.record("no version")
      return
    }
    #expect(version.subTrees == [try id("b")])
  }
}
