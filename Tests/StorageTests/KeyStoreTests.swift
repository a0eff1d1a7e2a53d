import Foundation
import Journal
import TestSupport
import Testing

@testable import Storage

@Suite struct `The store of idempotency keys` {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("keys.db")
  }

  private func store() throws -> KeyStore {
    try KeyStore(path: path, retentionMicroseconds: 100)
  }

  private static func answer(
    _ number: UInt8, at time: UInt64, _ bytes: [UInt8] = [1]
  ) -> KeyedAnswer {
    KeyedAnswer(
      key: [UInt8](repeating: number, count: 32), request: [UInt8](repeating: 9, count: 32),
      microseconds: time, answer: bytes[...])
  }

  @Test func `remembers the first answer, also when it is opened again`() throws {
    let first = Self.answer(1, at: 1000)
    do {
      let store = try store()
      #expect(try store.answer(to: first.key, at: 1001) == nil)
      try store.remember(first, at: 1001)
      try store.remember(Self.answer(1, at: 1002, [2]), at: 1002)
    }
    #expect(try store().answer(to: first.key, at: 1003) == first)
  }

  @Test func `forgets an answer when its time is over, and takes another then`() throws {
    let store = try store()
    let first = Self.answer(1, at: 1000)
    try store.remember(first, at: 1000)
    #expect(try store.answer(to: first.key, at: 1099) == first)
    #expect(try store.answer(to: first.key, at: 1100) == nil)
    let second = Self.answer(1, at: 1100, [2])
    try store.remember(second, at: 1100)
    #expect(try store.answer(to: first.key, at: 1101) == second)
  }

  @Test func `gives back only what is old`() throws {
    let store = try store()
    let (old, fresh) = (Self.answer(1, at: 1000), Self.answer(2, at: 1050))
    try store.remember(old, at: 1050)
    try store.remember(fresh, at: 1050)
    #expect(try !store.forgetOld(at: 1120))
    // Looked at as of a time at which both would still be remembered.
    #expect(try store.answer(to: old.key, at: 1060) == nil)
    #expect(try store.answer(to: fresh.key, at: 1060) == fresh)
  }

  @Test func `does many things as one, or none`() throws {
    let store = try store()
    let answer = Self.answer(1, at: 1000)
    #expect(throws: StoreFailure.self) {
      try store.together { () throws(StoreFailure) in
        try store.remember(answer, at: 1000)
        throw .refused(StoreFile(.keys, path: path), reason: "enough")
      }
    }
    #expect(try store.answer(to: answer.key, at: 1001) == nil)
  }

  @Test func `of a later release is refused, and left as it is`() throws {
    do { _ = try store() }
    do { try Database(path: path).run("PRAGMA user_version = 99") }
    let failure = #expect(throws: StoreFailure.self) { try store() }
    #expect(failure == .newer(StoreFile(.keys, path: path), form: 99))
    #expect(failure?.description.contains("start the release that made it") == true)
    let form = try Database(path: path).query("PRAGMA user_version") { $0.integer(0) }
    #expect(form == [99])
  }

  @Test func `is refused when it is something else`() throws {
    try Data(repeating: 7, count: 8192).write(to: URL(filePath: path))
    let failure = #expect(throws: StoreFailure.self) { try store() }
    guard case .corrupt = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }
}
