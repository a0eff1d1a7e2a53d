import Foundation
import SmartFlowMessages
import TestSupport
import Testing

@Suite struct `The envelope of a request` {
  typealias W = WireBytes

  /// Four mebibytes of fields of later versions, as small as a field can be.
  private static let tiny = (0..<2 << 20).flatMap { _ in [0x78, 0x01] as [UInt8] }

  @Test(arguments: Method.allCases)
  func `names its method`(method: Method) throws {
    var bytes: [UInt8] = []
    RequestEnvelopeMessage.append(
      service: method.service, method: method.name, timeoutNanoseconds: 1, to: &bytes
    ) { $0 += [1, 2, 3] }
    let envelope = try RequestEnvelope(decoding: bytes.span.bytes)
    #expect(envelope.method == method)
    #expect(Array(bytes[envelope.payload]) == [1, 2, 3])
  }

  @Test(
    arguments: [
      ("", ""), ("smartflow.v1.ExecutionService", ""), ("", "ExecuteTree"),
      ("smartflow.v1.ExecutionService", "executeTree"), ("grpc.health.v1.Health", "Watch"),
      ("smartflow.v1.AdminService", "Check"), ("größe", "x"),
    ])
  func `may name a method that is not ours`(service: String, method: String) throws {
    let bytes = W.field(1, service) + W.field(2, method)
    let envelope = try RequestEnvelope(decoding: bytes.span.bytes)
    #expect(envelope.method == nil)
    #expect(envelope.service(in: bytes.span.bytes) == service)
    #expect(envelope.methodName(in: bytes.span.bytes) == method)
  }

  @Test(arguments: [0, 1, 150_000_000, Int64.max, -1, .min])
  func `carries a timeout`(nanoseconds: Int64) throws {
    var bytes: [UInt8] = []
    RequestEnvelopeMessage.append(
      HealthCheckRequest(), timeoutNanoseconds: nanoseconds, to: &bytes)
    let envelope = try RequestEnvelope(decoding: bytes.span.bytes)
    #expect(envelope.timeoutNanoseconds == nanoseconds)
    #expect(envelope.payload.isEmpty)
  }

  @Test func `carries metadata whose keys are in any case`() throws {
    var bytes: [UInt8] = []
    RequestEnvelopeMessage.append(
      HealthCheckRequest(service: "x"),
      metadata: [
        ("TraceParent", "00-4bf92f-01"), ("tracestate", "a=b"), ("X-Request-Id", "first"),
        ("x-request-id", "last"), ("other", "ignored"),
      ], to: &bytes)
    let envelope = try RequestEnvelope(decoding: bytes.span.bytes)
    #expect(envelope.traceparent(in: bytes.span.bytes) == "00-4bf92f-01")
    #expect(envelope.tracestate(in: bytes.span.bytes) == "a=b")
    #expect(envelope.requestID(in: bytes.span.bytes) == "last")

    let bare = try RequestEnvelope(decoding: RawSpan())
    #expect(bare.traceparent(in: RawSpan()) == nil)
  }

  @Test(
    arguments: [
      ([0x08, 1], .malformed(field: "", .wrongWireType(0))),
      (W.field(4, "x"), .malformed(field: "", .wrongWireType(2))),
      (W.field(5, [0x0D, 0, 0, 0, 0]), .malformed(field: "", .wrongWireType(5))),
      ([0x0A, 5, 0x41], .malformed(field: "", .truncated)),
      (W.field(5, [0x0A, 9]), .malformed(field: "", .truncated)),
      ([0x0B], .malformed(field: "", .wireType(3))), ([0x00], .malformed(field: "", .fieldNumber)),
      ([0x1A] + W.varint(.max), .malformed(field: "", .truncated)),
      ([0x20] + [UInt8](repeating: 0xFF, count: 11), .malformed(field: "", .varintOverflow)),
      (W.field(1, [0xFF]), .invalidUTF8(field: "service")),
      (W.field(2, "a\0"), .containsNUL(field: "method")),
      (
        W.field(5, W.field(1, "traceparent") + W.field(2, [0xC3])),
        .invalidUTF8(field: "metadata.value")
      ),
      (
        W.field(1, String(repeating: "x", count: 5000)),
        .textTooLong(field: "service", limit: MessageLimits.envelopeTextBytes)
      ),
      (tiny, .tooManyFields(limit: MessageLimits.requestFields)),
      (W.field(5, tiny), .tooManyFields(limit: MessageLimits.requestFields)),
    ] as [([UInt8], MessageError)])
  func `that is broken is refused`(bytes: [UInt8], error: MessageError) {
    #expect(throws: error) { try RequestEnvelope(decoding: bytes.span.bytes) }
  }

  @Test func `with fields of later versions is read, and the last of two counts`() throws {
    let bytes =
      W.field(1, "first") + W.field(90, "x") + W.varint(91 << 3 | 1) + [0, 0, 0, 0, 0, 0, 0, 0]
      + W.varint(92 << 3 | 5) + [0, 0, 0, 0] + W.field(93, varint: .max)
      + W.field(1, "smartflow.v1.AdminService") + W.field(2, "GetServerInfo")
    let envelope = try RequestEnvelope(decoding: bytes.span.bytes)
    #expect(envelope.method == .getServerInfo)
  }

  @Test func `says on which socket a method is served`() {
    #expect(Method.allCases.allSatisfy { $0.isServed(on: .admin) })
    let others = Method.allCases.filter { !$0.isServed(on: .data) }
    #expect(
      others == [
        .getServerInfo, .liftQuarantine, .publishTree, .getTree, .listTrees, .listTreeVersions,
        .activateTree, .retireTree, .getMetrics, .setLogLevel, .drain,
      ])
  }
}

@Suite struct `The envelope of a response` {
  @Test(arguments: [0, 1, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152])
  func `carries a payload of any length, written in place`(count: Int) throws {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    var bytes: [UInt8] = [9, 9]
    ResponseEnvelope.append(to: &bytes) { $0 += payload }
    let data = Array(bytes.dropFirst(2))
    #expect(Array(bytes.prefix(2)) == [9, 9])
    #expect(data == WireBytes.field(2, payload))
    guard case .payload(let range) = try ResponseEnvelope.decode(data.span.bytes) else {
      Issue.record("no payload")
      return
    }
    #expect(Array(data[range]) == payload)
  }

  @Test func `carries a status`() throws {
    var bytes: [UInt8] = []
    ResponseEnvelope.append(Samples.status, to: &bytes)
    #expect(try ResponseEnvelope.decode(bytes.span.bytes) == .failure(Samples.status))
  }

  @Test(arguments: [[], WireBytes.field(1, [] as [UInt8])] as [[UInt8]])
  func `without a status, or with one of OK, is a success`(bytes: [UInt8]) throws {
    let outcome = try ResponseEnvelope.decode(bytes.span.bytes)
    #expect(outcome == .payload(0..<0))
  }

  @Test func `with a status that does not parse is refused`() {
    let bytes = WireBytes.field(1, WireBytes.field(2, [0xFF]))
    #expect(throws: MessageError.invalidUTF8(field: "message")) {
      try ResponseEnvelope.decode(bytes.span.bytes)
    }
  }
}

/// What the reference server answered to envelopes; ours must sort them in the same way.
@Suite(
  .enabled(
    if: Project.sharedVectors("ttrpc/transcripts.ndjson") != nil, "the shared vectors are not here")
)
struct `Recorded envelopes` {
  struct Transcript: Decodable {
    struct Answer: Decodable {
      var stream: UInt32
      var code: Int
    }
    var name: String
    var send: [Write]
    var answers: [Answer]
    var also_accepted: [Answer]?
  }

  /// A write in hexadecimal; longer ones are made, and are not about envelopes.
  struct Write: Decodable {
    var bytes: [UInt8]?

    init(from decoder: any Swift.Decoder) throws {
      guard let text = try? decoder.singleValueContainer().decode(String.self) else { return }
      let digits = text.compactMap { $0.hexDigitValue.map(UInt8.init) }
      bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
  }

  @Test func `are sorted as the reference server sorts them`() throws {
    let url = try #require(Project.sharedVectors("ttrpc/transcripts.ndjson"))
    var seen: Set<Int> = []
    for line in try Project.lines(of: url) {
      let transcript = try JSONDecoder().decode(Transcript.self, from: Data(line.utf8))
      guard transcript.name.contains("envelope") || transcript.name.contains("unknown"),
        let first = transcript.send.first?.bytes, first.count >= 10, first[8] == 1,
        let answer = transcript.answers.first(where: { $0.stream == 1 })
      else { continue }
      let data = Array(first[10...].prefix(Int(first[2]) << 8 | Int(first[3])))
      let codes = [answer.code] + (transcript.also_accepted ?? []).map(\.code)
      let code = code(of: data)
      #expect(codes.contains(code), "\(transcript.name)")
      seen.insert(code)
    }
    #expect(seen == [0, 3, 12])
  }

  private func code(of data: [UInt8]) -> Int {
    do throws(MessageError) {
      return try RequestEnvelope(decoding: data.span.bytes).method == nil ? 12 : 0
    } catch { return 3 }
  }
}
