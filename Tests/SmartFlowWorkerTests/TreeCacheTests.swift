import DecisionEngine
import JSON
import Testing

@testable import SmartFlowWorker

@Suite struct `The tree cache` {
  private func entry(_ text: String, form: CachedTree.Form = .json) -> CachedTree {
    CachedTree(form: form, source: Array(text.utf8), outcome: .invalid([]))
  }

  private func find(_ cache: inout TreeCache, _ text: String, _ form: CachedTree.Form = .json)
    -> Bool
  {
    let bytes = Array(text.utf8)
    let hash = TreeCache.hash(bytes.span.bytes, form)
    return cache.find(bytes.span.bytes, form: form, hash: hash) != nil
  }

  private func insert(_ entry: CachedTree, into cache: inout TreeCache) {
    let source = entry.source
    cache.insert(entry, hash: TreeCache.hash(source.span.bytes, entry.form))
  }

  @Test func `finds what was put in by its bytes and its form`() {
    var cache = TreeCache(limitBytes: 1000)
    insert(entry("one"), into: &cache)
    #expect(find(&cache, "one"))
    #expect(!find(&cache, "One"))
    #expect(!find(&cache, "one", .node))
    #expect(cache.hits == 1)
    #expect(cache.misses == 2)
  }

  @Test func `stays within its bound, and keeps what is used`() {
    var cache = TreeCache(limitBytes: 100)
    insert(entry("used-used-"), into: &cache)
    for number in 100..<1000 {
      #expect(find(&cache, "used-used-"))
      insert(entry("tree\(number)..."), into: &cache)
      #expect(cache.memoryBytes <= 100)
    }
    #expect(cache.count <= 10)
  }

  @Test func `keeps nothing that would push out many others`() {
    var cache = TreeCache(limitBytes: 100)
    insert(entry(String(repeating: "x", count: 26)), into: &cache)
    #expect(cache.count == 0)
    insert(entry(String(repeating: "x", count: 25)), into: &cache)
    #expect(cache.count == 1)
  }

  @Test func `gives up what is not what it would be now, and finds what is`() {
    var cache = TreeCache(limitBytes: 1000)
    let (old, new) = (entry("same"), entry("same"))
    insert(old, into: &cache)
    insert(new, into: &cache)
    let bytes = Array("same".utf8)
    let hash = TreeCache.hash(bytes.span.bytes, .json)
    let found = cache.find(bytes.span.bytes, form: .json, hash: hash) { $0 !== old }
    #expect(found === new)
    #expect(cache.count == 1)
    #expect(cache.memoryBytes == new.memoryBytes)
  }

  @Test func `finds each of those of one hash, whichever is taken away`() {
    let names = ["a", "b", "c", "d"]
    func find(_ name: String, in cache: inout TreeCache, unless gone: String = "") -> Bool {
      let bytes = Array(name.utf8)
      return cache.find(bytes.span.bytes, form: .json, hash: 7) { _ in name != gone } != nil
    }
    for gone in names {
      var cache = TreeCache(limitBytes: 1000)
      for name in names { cache.insert(entry(name), hash: 7) }
      #expect(!find(gone, in: &cache, unless: gone))
      for name in names { #expect(find(name, in: &cache) == (name != gone)) }
      cache.insert(entry(gone), hash: 7)
      for name in names { #expect(find(name, in: &cache)) }
      #expect(cache.count == 4)
    }
  }

  @Test func `keeps a published tree as long as it fits`() {
    var cache = TreeCache(limitBytes: 100)
    insert(entry(String(repeating: "x", count: 100), form: .published), into: &cache)
    #expect(cache.count == 1)
    insert(entry(String(repeating: "y", count: 101), form: .published), into: &cache)
    #expect(cache.count == 1)
  }
}

@Suite struct `An identifier` {
  @Test func `is a UUID of version 7 that sorts by time`() {
    let random = [10 of UInt8](repeating: 0xFF)
    let early = UUIDv7(milliseconds: 0x0123_4567_89AB, random: random)
    #expect(early.text == "01234567-89ab-7fff-bfff-ffffffffffff")
    #expect(early.text < UUIDv7(milliseconds: 0x0123_4567_89AC, random: random).text)
  }

  @Test func `is not given twice`() {
    var random = RandomBytes()
    var seen: Set<String> = []
    for _ in 0..<5000 { seen.insert(UUIDv7(milliseconds: 1, random: random.ten()).text) }
    #expect(seen.count == 5000)
  }
}
