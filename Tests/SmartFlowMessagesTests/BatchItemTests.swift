import Testing

@testable import SmartFlowMessages

@Suite struct `The items of a batch` {
  private static let items = (0..<40).map {
    ExecuteBatchRequestMessage.Item(
      context: .structure(["a": .number(Double($0)), "b": .list([.text("x"), .null])]),
      playerID: "p\($0)", idempotencyKey: "k\($0)")
  }
  private static let sample = ExecuteBatchRequestMessage(tree: nil, items: items).bytes

  /// What the check of all items says, and in how many steps.
  private func check(_ bytes: [UInt8], fields: Int) throws(MessageError) -> Int {
    var request = try ExecuteBatchRequest(decoding: bytes.span.bytes)
    var steps = 1
    while try request.checkItems(fields: fields) { steps += 1 }
    return steps
  }

  @Test func `are checked in steps`() throws {
    #expect(try check(Self.sample, fields: .max) == 1)
    #expect(try check(Self.sample, fields: 10) > 40)
  }

  @Test func `are named in the place of what is wrong with them`() throws {
    let value = WireBytes.field(2, double: .nan)
    let item = WireBytes.field(1, WireBytes.entry("a", value))
    let error = #expect(throws: MessageError.self) {
      try check(Self.sample + WireBytes.field(4, item), fields: 3)
    }
    #expect(error == .numberNotFinite(field: "items.context_struct.fields.value.number_value"))
  }

  /// Whatever the steps, the same bytes pass; and what passes is unpacked without a complaint.
  @Test func `spliced at random pass as a whole or are refused, whatever the steps`() throws {
    var generator = SeededGenerator(state: 11)
    var sound = 0
    for _ in 0..<600 {
      var bytes = Self.sample
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        bytes[index] = UInt8.random(in: 0...255, using: &generator)
      }
      let expected = Result { () throws(MessageError) in _ = try check(bytes, fields: .max) }
      let found = Result { () throws(MessageError) in _ = try check(bytes, fields: 1) }
      switch (expected, found) {
      case (.success, .success):
        sound += 1
        #expect(throws: Never.self) { try CapturedBatch(decoding: bytes) }
      case (.failure(let expected), .failure(let found)): #expect(expected == found)
      default: Issue.record("\(expected), but \(found) in steps")
      }
    }
    #expect((50..<550).contains(sound))
  }
}

@Suite struct `A context of messages that is read in steps` {
  @Test(arguments: [1, 3, 100])
  func `is the context that was written`(events: Int) throws {
    var members = Samples.parameters
    for number in 0..<500 { members["k\(number)"] = .list([.number(Double(number)), .text("x")]) }
    let bytes = ExecuteTreeRequestMessage(tree: nil, context: .structure(members)).bytes
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    guard case .structure(let structure) = request.context else {
      Issue.record("no structure")
      return
    }
    var reading = NodeReading(.context)
    var builder = StructValueBuilder()
    var steps = 1
    while try reading.step(events: events, of: structure, into: &builder) { steps += 1 }
    #expect(builder.value == .object(members))
    #expect(steps > 1000 / events)
  }
}
