import Foundation
import Storage
import TestSupport
import Testing
import UnixSocket

@testable import SmartFlowDaemon

@Suite struct `Journals that are kept in store` {
  private let folder: TemporaryFolder
  private let stock: JournalStock

  init() throws {
    folder = try TemporaryFolder()
    stock = try JournalStock(JournalMaker(directory: folder.path("journals")))
  }

  private func makeFolder() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("journals"), withIntermediateDirectories: false)
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path("journals"))
  }

  /// Takes one as soon as there is one.
  private func taken(for workerIndex: Int) -> NewJournal? {
    var journal: NewJournal?
    _ = waitUntil(within: .seconds(30)) {
      journal = stock.take(for: workerIndex)
      return journal != nil
    }
    return journal
  }

  @Test func `are there for each place from the start, and again when one was taken`() throws {
    try makeFolder()
    try stock.start(places: 2)
    let first = [stock.take(for: 0), stock.take(for: 1)].compactMap { $0?.id }
    #expect(first.count == 2)
    let next = [taken(for: 0), taken(for: 1)].compactMap { $0?.id }
    #expect(Set(first + next).count == 4)
    stock.end()
  }

  @Test func `go with the end, but for those that were taken`() throws {
    try makeFolder()
    try stock.start(places: 2)
    let journal = try #require(stock.take(for: 0))
    #expect(waitUntil(within: .seconds(30)) { (try? files().count) == 3 })
    stock.end()
    #expect(waitUntil(within: .seconds(30)) { (try? files()) == ["\(journal.id).journal"] })
    #expect(stock.take(for: 1) == nil)
  }

  @Test func `can be given back`() throws {
    try makeFolder()
    try stock.start(places: 1)
    let journal = try #require(stock.take(for: 0))
    stock.giveBack(journal, of: 0)
    #expect(taken(for: 0)?.id == journal.id)
    stock.end()
  }

  @Test func `come when they can be made, and whoever asked in vain is told`() throws {
    try stock.start(places: 1)
    #expect(stock.take(for: 0) == nil)
    #expect(stock.failure != nil)
    try makeFolder()
    let isTold = stock.refilled.wait(milliseconds: 30_000)
    #expect(isTold)
    #expect(stock.take(for: 0) != nil)
    #expect(stock.failure == nil)
    stock.end()
  }
}
