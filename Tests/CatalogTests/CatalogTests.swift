import TestSupport
import Testing
import UnixSocket
import WorkerLink

@testable import Catalog

/// What a worker sees of a writer's newest state; a class, since expectations copy what they look at.
private final class Snapshot {
  private var reader: CatalogReader

  init(_ writer: borrowing CatalogWriter) throws {
    reader = try CatalogReader(mapping: Descriptor.duplicate(writer.rawDescriptor))
    reader.become(writer.state)
  }

  func find(_ id: String, _ version: UInt64) -> CatalogEntry? {
    reader.find(id.utf8.span, version: version)
  }

  func bytes(of entry: CatalogEntry) -> [UInt8] {
    reader.withJSON(of: entry) { span in span.withUnsafeBytes { Array($0) } }
  }
}

@Suite struct `A catalog` {
  private static func id(_ number: Int) throws -> TreeID {
    try #require(TreeID("tree-\(number)"))
  }

  private static func digest(_ number: Int) -> Digest {
    Digest(words: (UInt64(number), 1, 2, UInt64(number) << 32))
  }

  private static func json(_ number: Int) -> [UInt8] {
    Array(#"{"type":"SendSMS","number":\#(number)}"#.utf8)
  }

  private static func reader(_ writer: borrowing CatalogWriter) throws -> Snapshot {
    try Snapshot(writer)
  }

  @Test func `has nothing at first`() throws {
    let writer = try CatalogWriter()
    let reader = try Self.reader(writer)
    #expect(reader.find("tree-1", 0) == nil)
  }

  @Test func `gives each version its own content, and the active one to calls that name none`()
    throws
  {
    var writer = try CatalogWriter()
    let id = try Self.id(1)
    try writer.put(id, version: 1, digest: Self.digest(1), json: Self.json(1))
    try writer.put(id, version: 2, digest: Self.digest(2), json: Self.json(2))
    try writer.activate(id, version: 2)
    let reader = try Self.reader(writer)
    let active = try #require(reader.find(id.text, 0))
    #expect(active.version == 2)
    #expect(active.digest == Self.digest(2))
    #expect(reader.bytes(of: active) == Self.json(2))
    let first = try #require(reader.find(id.text, 1))
    #expect(reader.bytes(of: first) == Self.json(1))
    #expect(reader.find(id.text, 3) == nil)
  }

  @Test func `leaves a snapshot as it was, whatever is published later`() throws {
    var writer = try CatalogWriter()
    let id = try Self.id(1)
    try writer.put(id, version: 1, digest: Self.digest(1), json: Self.json(1))
    try writer.activate(id, version: 1)
    let old = try Self.reader(writer)
    for number in 2...2000 {
      try writer.put(
        Self.id(number), version: 1, digest: Self.digest(number), json: Self.json(number))
    }
    try writer.put(id, version: 2, digest: Self.digest(2), json: Self.json(2))
    try writer.activate(id, version: 2)
    #expect(old.find(id.text, 0)?.version == 1)
    #expect(old.find("tree-2", 1) == nil)
    let new = try Self.reader(writer)
    #expect(new.find(id.text, 0)?.version == 2)
    #expect(new.find("tree-2000", 1)?.digest == Self.digest(2000))
  }

  @Test func `says of a retired version that it is, and of a retired tree that none is active`()
    throws
  {
    var writer = try CatalogWriter()
    let id = try Self.id(1)
    for version in 1...2 {
      try writer.put(
        id, version: UInt64(version), digest: Self.digest(version), json: Self.json(version))
    }
    try writer.activate(id, version: 2)
    try writer.retire(id, version: 1)
    #expect(try Self.reader(writer).find(id.text, 1)?.isRetired == true)
    #expect(writer.state.activeTrees == 1)
    try writer.activate(id, version: nil)
    #expect(try Self.reader(writer).find(id.text, 0)?.version == 0)
    #expect(writer.state.activeTrees == 0)
  }

  @Test func `goes back to an earlier state as if nothing had been written`() throws {
    var writer = try CatalogWriter()
    let id = try Self.id(1)
    try writer.put(id, version: 1, digest: Self.digest(1), json: Self.json(1))
    let before = writer.state
    try writer.put(id, version: 2, digest: Self.digest(2), json: Self.json(2))
    try writer.activate(id, version: 2)
    writer.goBack(to: before)
    let reader = try Self.reader(writer)
    #expect(reader.find(id.text, 2) == nil)
    #expect(reader.find(id.text, 0) == nil)
    #expect(reader.find(id.text, 1) != nil)
    #expect(writer.state.activeTrees == 0)
  }

  @Test(arguments: 0..<8) func `holds what a dictionary holds`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var writer = try CatalogWriter()
    var versions: [Int: UInt64] = [:]
    var active: [Int: UInt64] = [:]
    for _ in 0..<2000 {
      let number = Int.random(in: 0..<300, using: &random)
      let id = try Self.id(number)
      let newest = versions[number] ?? 0
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        versions[number] = newest + 1
        try writer.put(
          id, version: newest + 1, digest: Self.digest(number * 1000 + Int(newest + 1)),
          json: Self.json(number))
      case 6..<9 where newest > 0:
        let version = UInt64.random(in: 1...newest, using: &random)
        active[number] = version
        try writer.activate(id, version: version)
      default:
        guard newest > 0 else { continue }
        active[number] = nil
        try writer.activate(id, version: nil)
      }
    }
    let reader = try Self.reader(writer)
    for number in 0..<300 {
      let id = try Self.id(number).text
      #expect((reader.find(id, 0)?.version ?? 0) == active[number] ?? 0)
      for version in 1...((versions[number] ?? 0) + 1) {
        let found = reader.find(id, version)
        #expect((found != nil) == (version <= versions[number] ?? 0))
        guard let found else { continue }
        #expect(found.digest == Self.digest(number * 1000 + Int(version)))
      }
    }
    #expect(writer.state.activeTrees == UInt64(active.count))
  }

  @Test(arguments: [0, 1, 2, 17, 3000])
  func `made of all versions at once finds each, and goes on from there`(count: Int) throws {
    let versions = try (0..<count).map { number in
      var version = PublishedVersion(
        treeID: try Self.id(number / 3), version: UInt64(number % 3 + 1),
        digest: Self.digest(number).bytes, publishMicroseconds: 0,
        author: PublishedVersion.Author(userID: 0, groupID: 0, processID: 0), byteCount: 0)
      version.json = Self.json(number)
      version.isActive = number % 3 == 1
      version.isRetired = number % 3 == 0
      return version
    }
    var writer = try CatalogWriter.load { take throws(CatalogWriter.Failure) in
      for version in versions { take(version) }
    }
    let loaded = try Self.reader(writer)
    for (number, version) in versions.enumerated() {
      let found = try #require(loaded.find(version.treeID.text, version.version))
      #expect(found.digest == Self.digest(number))
      #expect(found.isRetired == version.isRetired)
      guard version.isActive else { continue }
      let active = try #require(loaded.find(version.treeID.text, 0))
      #expect(active.version == version.version)
      #expect(loaded.bytes(of: active) == version.json)
    }
    #expect(loaded.find("tree-\(count)", 1) == nil)
    #expect(writer.state.activeTrees == UInt64(versions.count { $0.isActive }))
    let id = try Self.id(count)
    try writer.put(id, version: 1, digest: Self.digest(count), json: Self.json(count))
    try writer.activate(id, version: 1)
    let changed = try Self.reader(writer)
    #expect(changed.find(id.text, 0)?.digest == Self.digest(count))
    for version in versions {
      #expect(changed.find(version.treeID.text, version.version)?.digest.bytes == version.digest)
    }
  }

  @Test func `can't be written by whoever has only its file`() throws {
    let writer = try CatalogWriter()
    #expect(throws: SystemError.self) {
      _ = try SharedBytes(
        mapping: Descriptor.duplicate(writer.rawDescriptor), capacity: Limits.catalogBytes,
        isWritable: true)
    }
  }

  @Test func `refuses what does not fit, and stays what it was`() throws {
    var writer = try CatalogWriter()
    let id = try Self.id(1)
    let megabyte = [UInt8](repeating: 0x20, count: 1 << 20)
    try writer.put(id, version: 1, digest: Self.digest(1), json: Self.json(1))
    var version: UInt64 = 1
    var failure: CatalogWriter.Failure?
    while failure == nil, version < 2000 {
      version += 1
      do throws(CatalogWriter.Failure) {
        try writer.put(id, version: version, digest: Self.digest(2), json: megabyte)
      } catch {
        failure = error
      }
    }
    // A machine with little memory refuses before the limit is reached.
    #expect(failure != nil)
    #expect(try Self.reader(writer).find(id.text, version) == nil)
    #expect(try Self.reader(writer).find(id.text, 1) != nil)
  }
}

@Suite struct `A tree's ID` {
  @Test(arguments: ["a", "winback", "Win_back-2.v3", "0", String(repeating: "x", count: 128)])
  func `is letters, digits and three signs`(text: String) { #expect(TreeID(text) != nil) }

  @Test(arguments: [
    "", ".", "-x", "_x", "a b", "a/b", "ä", "a\u{0}", "a@1", String(repeating: "x", count: 129),
  ])
  func `is nothing else`(text: String) { #expect(TreeID(text) == nil) }
}
