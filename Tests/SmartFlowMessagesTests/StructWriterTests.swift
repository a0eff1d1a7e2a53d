import Testing

@testable import SmartFlowMessages

@Suite struct `The writer of structs` {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `writes what protobuf-c reads as the same value`(seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    let members = randomObject(depth: 5, using: &generator)
    let bytes = ExecuteTreeRequestMessage(tree: nil, context: .structure(members)).bytes
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    let context = try CapturedContext(request.context)
    #expect(context == .structure(.object(members)))
  }

  @Test func `is used again, as if it were new`() {
    let action = ActionResultMessage(type: "SendSMS", parameters: Samples.parameters)
    var writer = StructWriter()
    var first: [UInt8] = []
    ExecutionWriter.append(action, using: &writer, to: &first)
    for _ in 0..<3 {
      var again: [UInt8] = [1]
      ExecutionWriter.append(action, using: &writer, to: &again)
      #expect(Array(again.dropFirst()) == first)
    }
    // Events give the same bytes as the value that they spell.
    var identified = action
    identified.actionID = Samples.actionID.text
    first = []
    ExecutionWriter.append(identified, using: &writer, to: &first)
    var events: [UInt8] = []
    ExecutionWriter.append(
      action, actionID: Samples.actionID.bytes, using: &writer, to: &events,
      parameters: { StructValue.visit(Samples.parameters, into: &$0) })
    #expect(events == first)
  }

  @Test func `writes an action of which most is known before as it writes it whole`() {
    var action = ActionResultMessage(
      type: "SendSMS", path: "/trueAction", status: .accepted, parameters: Samples.parameters,
      actionID: Samples.actionID.text, nodeID: "sms")
    var writer = StructWriter()
    let part = ActionPart(
      type: action.type, path: action.path, nodeID: action.nodeID, using: &writer
    ) { StructValue.visit(Samples.parameters, into: &$0) }
    for status in [ActionResultMessage.Status.accepted, .notPerformed] {
      action.status = status
      var output: [UInt8] = []
      ExecutionWriter.append(
        part, status: status, actionID: Samples.actionID.bytes, to: &output)
      var whole: [UInt8] = []
      ExecutionWriter.append(action, using: &writer, to: &whole)
      #expect(output == whole)
    }
  }

  @Test func `writes an execution field by field as it writes it whole`() throws {
    var sample = Samples.execution
    sample.replayed = false
    var output: [UInt8] = []
    let envelope = ResponseEnvelope.begin(in: &output)
    let mark = ExecutionWriter.beginResponse(in: &output)
    ExecutionWriter.appendHead(
      executionID: Samples.executionID, tree: sample.tree,
      treeDigest: [32 of UInt8] { UInt8($0) }, to: &output)
    var writer = StructWriter()
    for action in sample.actions { ExecutionWriter.append(action, using: &writer, to: &output) }
    for step in sample.trace { ExecutionWriter.append(step, to: &output) }
    ExecutionWriter.appendTail(
      status: sample.status, elapsedNanoseconds: 1_234_567_891, fuelUsed: sample.fuelUsed,
      omittedSteps: sample.omittedSteps, to: &output)
    ExecutionWriter.endResponse(mark, in: &output)
    ResponseEnvelope.end(envelope, in: &output)

    guard case .payload(let range) = try ResponseEnvelope.decode(output.span.bytes) else {
      Issue.record("no payload")
      return
    }
    #expect(try ExecuteTreeResponseMessage(reading: Array(output[range])).execution == sample)
    #expect(Array(output[range]) == ExecuteTreeResponseMessage(execution: sample).bytes)
  }

  @Test func `stops the program at events that spell no object`() async {
    await #expect(processExitsWith: .failure) {
      var output: [UInt8] = []
      var writer = StructWriter()
      writer.write(4, to: &output) { $0.null() }
    }
    await #expect(processExitsWith: .failure) {
      var output: [UInt8] = []
      var writer = StructWriter()
      writer.write(4, to: &output) { $0.beginObject() }
    }
  }

  private func randomObject(
    depth: Int, using generator: inout SeededGenerator
  ) -> [String: StructValue] {
    var members: [String: StructValue] = [:]
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      members[randomText(using: &generator)] = randomValue(depth: depth, using: &generator)
    }
    return members
  }

  private func randomValue(depth: Int, using generator: inout SeededGenerator) -> StructValue {
    switch Int.random(in: 0...(depth > 0 ? 5 : 3), using: &generator) {
    case 0: .null
    case 1: .number(Double.random(in: -1e9...1e9, using: &generator))
    case 2: .text(randomText(using: &generator))
    case 3: .logical(Bool.random(using: &generator))
    case 4:
      .list(
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in
          randomValue(depth: depth - 1, using: &generator)
        })
    default: .object(randomObject(depth: depth - 1, using: &generator))
    }
  }

  /// Mostly short, sometimes around the lengths where a length takes one byte more.
  private func randomText(using generator: inout SeededGenerator) -> String {
    let letters = Array("abcdeäß日🎉 \u{1}")
    let counts = [0, 1, 3, 8, 30, 60, 127, 200, 16_384]
    let count = counts[Int.random(in: 0..<counts.count, using: &generator)]
    let letter = letters[Int.random(in: 0..<letters.count, using: &generator)]
    let other = letters[Int.random(in: 0..<letters.count, using: &generator)]
    return String(repeating: letter, count: count / 2)
      + String(repeating: other, count: count - count / 2)
  }
}
