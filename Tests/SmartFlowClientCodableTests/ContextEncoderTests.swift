import Foundation
import SmartFlowClient
import SmartFlowClientCodable
import SmartFlowMessages
import TestSupport
import Testing

/// Any value that JSON has, as a type that encodes itself.
private enum Sample: Encodable {
  case null
  case logical(Bool)
  case number(Double)
  case integer(Int)
  case text(String)
  case list([Sample])
  case object([String: Sample])

  init(_ random: inout SeededGenerator, depth: Int) {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: self = .null
    case 1: self = .logical(.random(using: &random))
    case 2:
      let bits = Double(bitPattern: random.next())
      self = .number(bits.isFinite ? bits : 0.1)
    case 3: self = .integer(Int.random(in: -(1 << 53)...(1 << 53), using: &random))
    case 4: self = .text(Self.text(&random))
    case 5:
      let count = Int.random(in: 0...4, using: &random)
      self = .list((0..<count).map { _ in Sample(&random, depth: depth - 1) })
    default: self = Self.object(&random, depth: depth)
    }
  }

  static func object(_ random: inout SeededGenerator, depth: Int) -> Sample {
    var members: [String: Sample] = [:]
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      members[text(&random)] = Sample(&random, depth: depth - 1)
    }
    return .object(members)
  }

  private static func text(_ random: inout SeededGenerator) -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "\"", "\\", "\n", "\u{1}", "é", "🎰", "\u{301}", "/", "\u{2028}",
    ]
    let count = Int.random(in: 0...6, using: &random)
    var text = String.UnicodeScalarView()
    for _ in 0..<count { text.append(scalars.randomElement(using: &random) ?? "b") }
    return String(text)
  }

  func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    switch self {
    case .null: try single.encodeNil()
    case .logical(let value): try single.encode(value)
    case .number(let value): try single.encode(value)
    case .integer(let value): try single.encode(value)
    case .text(let value): try single.encode(value)
    case .list(let values): try single.encode(values)
    case .object(let members): try single.encode(members)
    }
  }

  /// Whether it is what Foundation has read.
  ///
  /// By hand, since `NSNumber` compares a logical with a number as its platform likes.
  func isSame(as read: Any?) -> Bool {
    switch self {
    case .null: read is NSNull
    case .logical(let value): read as? Bool == value
    case .number(let value):
      // JSONSerialization makes decimals of some numbers, and loses the last digits; exactness is another test's.
      (read as? NSNumber).map { abs($0.doubleValue - value) <= abs(value) * 1e-14 } ?? false
    case .integer(let value): (read as? NSNumber)?.doubleValue == Double(value)
    case .text(let value):
      (read as? String)?.unicodeScalars.elementsEqual(value.unicodeScalars) == true
    case .list(let values):
      if let read = read as? [Any], read.count == values.count {
        zip(values, read).allSatisfy { $0.isSame(as: $1) }
      } else {
        false
      }
    case .object(let members):
      if let read = read as? [String: Any], read.count == members.count {
        members.allSatisfy { $1.isSame(as: read[$0]) }
      } else {
        false
      }
    }
  }
}

private struct Wallet: Encodable {
  var cash: Double
  var coins: [UInt8]
}

private struct Player: Encodable {
  var name: String
  var daysInactive: Int
  var isVIP: Bool
  var wallets: [Wallet]
  var tier: String?
}

private struct Holder<Value: Encodable>: Encodable { var inner: [Value] }

/// Keeps what its superclass encodes beside its own.
private class Base: Encodable {
  var id = 1
}

private final class Derived: Base {
  var extra = "x"
  private enum Keys: CodingKey { case extra }
  override func encode(to encoder: any Encoder) throws {
    try super.encode(to: encoder)
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(extra, forKey: .extra)
    try super.encode(to: container.superEncoder())
  }
}

private struct Interleaved: Encodable {
  private enum Keys: CodingKey { case first, second }
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    var first = container.nestedUnkeyedContainer(forKey: .first)
    try first.encode(1)
    try container.encode(2, forKey: .second)
    try first.encode(3)
  }
}

private struct Nested: Encodable {
  private enum Keys: CodingKey { case list, nothing, empty, last }
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    var list = container.nestedUnkeyedContainer(forKey: .list)
    try list.encode("a")
    var inner = list.nestedContainer(keyedBy: Keys.self)
    try inner.encode(true, forKey: .last)
    _ = container.superEncoder(forKey: .nothing)
    _ = container.nestedContainer(keyedBy: Keys.self, forKey: .empty)
    try container.encodeNil(forKey: .last)
  }
}

private struct Endless: Encodable {
  func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    try list.encode(Endless())
  }
}

private struct Thrower: Encodable {
  struct Mistake: Error {}
  func encode(to encoder: any Encoder) throws { throw Mistake() }
}

private struct Twice: Encodable {
  private enum Keys: CodingKey { case a }
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(1, forKey: .a)
    try container.encode(2, forKey: .a)
  }
}

@Suite struct `A context encoder` {
  private func json(
    _ value: some Encodable, dates: ContextEncoder.Dates = .refused
  ) throws -> String {
    String(decoding: try ContextEncoder(dates: dates).bytes(of: value), as: UTF8.self)
  }

  private func error(_ value: some Encodable) -> ContextEncodingError? {
    do throws(ContextEncodingError) {
      _ = try ContextEncoder().bytes(of: value)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: 0..<UInt64(500))
  func `writes what JSONSerialization reads as the same value`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sample = Sample.object(&random, depth: 5)
    let bytes = try ContextEncoder().bytes(of: sample)
    let read = try JSONSerialization.jsonObject(with: Data(bytes))
    #expect(sample.isSame(as: read), "\(String(decoding: bytes, as: UTF8.self))")
  }

  @Test(arguments: 0..<UInt64(500))
  func `writes numbers that read back bit by bit`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let number = Double(bitPattern: random.next())
    guard number.isFinite else { return }
    let bytes = try ContextEncoder().bytes(of: ["n": number])
    let text = String(decoding: bytes.dropFirst(5).dropLast(), as: UTF8.self)
    #expect(Double(text)?.bitPattern == number.bitPattern, "\(text)")
  }

  @Test func `writes structures as Swift's own coding has them`() throws {
    let player = Player(
      name: "Maria \"M\"", daysInactive: 7, isVIP: true,
      wallets: [Wallet(cash: 0.1, coins: [1, 2]), Wallet(cash: -0.0, coins: [])])
    #expect(
      try json(player)
        == #"{"name":"Maria \"M\"","daysInactive":7,"isVIP":true,"wallets":[{"cash":0.1,"coins":[1,2]},{"cash":-0,"coins":[]}]}"#
    )
    #expect(try json(Derived()) == #"{"id":1,"extra":"x","super":{"id":1}}"#)
    #expect(
      try json(Nested()) == #"{"list":["a",{"last":true}],"nothing":{},"empty":{},"last":null}"#)
    #expect(try json([1: "one"]) == #"{"1":"one"}"#)
    #expect(try json([String: Int]()) == "{}")
  }

  @Test(arguments: [.min, -(1 << 53), 1 << 53, 1 << 60] as [Int64])
  func `writes integers that are doubles`(value: Int64) throws {
    #expect(try json(["n": value]) == #"{"n":\#(value)}"#)
  }

  @Test(arguments: [.max, (1 << 53) + 1, -(1 << 53) - 1] as [Int64])
  func `refuses integers that no double is, by their place`(value: Int64) {
    #expect(
      error(["a": ["b": value]]) == .integerNotExact(path: "a.b", value: String(value)))
    #expect(error(["a": UInt64.max]) == .integerNotExact(path: "a", value: "18446744073709551615"))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `refuses what is no finite number, by its place`(value: Double) {
    #expect(error(Holder(inner: [0, value])) == .numberNotFinite(path: "inner.1"))
    #expect(error(["f": Float(value)]) == .numberNotFinite(path: "f"))
  }

  @Test func `takes dates only as the caller says`() throws {
    let date = Date(timeIntervalSince1970: 1_790_000_000.5)
    guard case .unsupportedType("inner.0", "Date", _)? = error(Holder(inner: [date])) else {
      Issue.record("a date was taken")
      return
    }
    #expect(try json(["at": date], dates: .secondsSince1970) == #"{"at":1790000000.5}"#)
    #expect(try json(["at": date], dates: .millisecondsSince1970) == #"{"at":1790000000500}"#)
    #expect(try json(["at": Date?.none], dates: .refused) == #"{"at":null}"#)
  }

  @Test func `refuses types whose own coding an expression can't read, by their names`() throws {
    let url = try #require(URL(string: "https://example.com"))
    for (value, name) in [
      (error(["v": url]), "URL"), (error(["v": Data([1])]), "Data"),
      (error(["v": Decimal(1)]), "Decimal"),
    ] {
      guard case .unsupportedType("v", name, let remedy)? = value else {
        Issue.record("\(name) was taken: \(String(describing: value))")
        continue
      }
      #expect(!remedy.isEmpty)
    }
    #expect(
      try json(["v": UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))]).contains("-"))
  }

  @Test func `refuses what is no context`() {
    #expect(error(1) == .notAnObject)
    #expect(error([1]) == .notAnObject)
    #expect(error(String?.none) == .notAnObject)
    #expect(error("text") == .notAnObject)
  }

  @Test func `refuses what JSON can't be written of in order`() {
    #expect(error(Twice()) == .repeatedKey(path: "a"))
    guard case .outOfOrder("first.1")? = error(Interleaved()) else {
      Issue.record("\(String(describing: error(Interleaved())))")
      return
    }
  }

  @Test func `ends what has no end, and says which limit that was`() {
    let path = (["a"] + Array(repeating: "0", count: 31)).joined(separator: ".")
    #expect(error(["a": Endless()]) == .tooDeep(path: path, limit: 32))
    guard case .tooManyValues(_, 10_000)? = error(["a": [Bool](repeating: true, count: 10_001)])
    else {
      Issue.record("ten thousand values are the most")
      return
    }
    let text = String(repeating: "x", count: 256 << 10)
    #expect(error(["a": text]) == .tooLarge(byteCount: (256 << 10) + 8, limit: 256 << 10))
  }

  @Test func `passes on what a type's own coding throws`() {
    #expect(error(["a": Thrower()]) == .failed(description: "Mistake()"))
  }

  @Test func `says of each error where it is, in one sentence`() {
    for value in [
      error(["a": Double.nan]), error(["a": Int.max]), error(Twice()), error(["a": Data()]),
    ] {
      #expect("\(value.map(\.description) ?? "")".hasPrefix("`a`"))
    }
  }
}
