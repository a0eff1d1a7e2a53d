import FuzzSupport
import SmartFlowMessages
import TTRPC

/// Requests in frames, and what each of them must be answered.
struct Session {
  /// What the client sends.
  private(set) var bytes: [UInt8] = []
  /// The method of each request; the first goes on stream 1, the next on 3.
  private var methods: [Method?] = []

  /// Reads requests: a byte of form and timeout, two of length, and so many bytes of content.
  init(requests input: [UInt8]) {
    var rest = input[...]
    // No more than may be in flight at once, so that each is taken.
    while rest.count >= 3, methods.count < 64 {
      let head = Array(rest.prefix(3))
      let content = rest.dropFirst(3).prefix(Int(head[1]) | Int(head[2]) << 8)
      rest = rest.dropFirst(3 + content.count)
      append(form: head[0] & 15, timeout: head[0] >> 4 & 3, Array(content))
    }
  }

  private mutating func append(form: UInt8, timeout: UInt8, _ content: [UInt8]) {
    let nanoseconds: Int64 = [0, 1_000_000, 1_000_000_000, -1][Int(timeout)]
    let start = FrameWriter.beginFrame(in: &bytes)
    let parts = content.split(separator: 0xFF, omittingEmptySubsequences: false).map { Array($0) }
    let contexts = parts.dropFirst().map { ContextMessage.json($0) }
    let options = ExecutionOptions(dryRun: form == 8, trace: form != 6)
    switch form {
    case 6, 7, 8:
      write(
        ExecuteTreeRequestMessage(
          tree: .json(parts[0]), context: contexts.first, playerID: "maria", options: options),
        nanoseconds)
    case 9:
      write(
        ExecuteBatchRequestMessage(
          tree: .json(parts[0]),
          items: contexts.map { ExecuteBatchRequestMessage.Item(context: $0, playerID: "maria") },
          options: options), nanoseconds)
    case 10:
      write(
        ValidateTreeRequestMessage(
          tree: .json(parts[0]), contextSchema: parts.dropFirst().first ?? []), nanoseconds)
    case 11:
      // The envelope as it stands.
      bytes += content
      methods.append(nil)
    default:
      let method = Method.allCases[Int(form) % Method.allCases.count]
      RequestEnvelopeMessage.append(
        service: method.service, method: method.name, timeoutNanoseconds: nanoseconds, to: &bytes
      ) { $0 += content }
      methods.append(method)
    }
    FrameWriter.endFrame(
      startingAt: start, type: .request, streamID: UInt32(2 * methods.count - 1), in: &bytes)
  }

  private mutating func write<Request: RequestMessage>(_ request: Request, _ timeout: Int64) {
    RequestEnvelopeMessage.append(request, timeoutNanoseconds: timeout, to: &bytes)
    methods.append(Request.method)
  }

  /// Every request has its answer, once, and a client can read it.
  func check(_ answers: [UInt8], isAdmin: Bool) {
    var open = Set(methods.indices)
    Self.eachAnswer(in: answers) { streamID, data in
      let index = Int(streamID) / 2
      require(open.remove(index) != nil, "an answer on stream \(streamID), which waits for none")
      data.withExactBytes { data in
        guard let payload = Self.payload(of: data), let method = methods[index] else { return }
        require(method.isServed(on: isAdmin ? .admin : .data), "\(method) on the wrong socket")
        Self.check(method, payload)
      }
    }
    require(open.isEmpty, "of \(methods.count) requests \(open.count) have no answer")
  }

  /// Whatever came, what goes out are frames of answers.
  static func checkFrames(_ answers: [UInt8]) {
    eachAnswer(in: answers) { _, data in data.withExactBytes { _ = payload(of: $0) } }
  }

  /// Whether the bytes are the answer to a health check, whole, and say that the worker serves.
  static func isServing(_ bytes: [UInt8], _ wanted: UInt32) -> Bool {
    bytes.withExactBytes { answer in
      guard let header = FrameHeader(parsing: answer),
        answer.byteCount >= FrameHeader.byteCount + Int(header.dataByteCount)
      else { return false }
      eachAnswer(in: bytes) { streamID, data in
        require(streamID == wanted, "the neighbour's answer is on stream \(streamID)")
        data.withExactBytes { data in
          guard let payload = payload(of: data) else { broken("the neighbour is refused") }
          do throws(MessageError) {
            let health = try HealthCheckResponse(decoding: payload)
            require(health.status == .serving, "the neighbour hears \(health)")
          } catch {
            broken("the neighbour's answer does not parse: \(error)")
          }
        }
      }
      return true
    }
  }

  private static func eachAnswer(in answers: [UInt8], _ body: (UInt32, [UInt8]) -> Void) {
    answers.withExactBytes { bytes in
      var offset = 0
      while offset < bytes.byteCount {
        guard let header = FrameHeader(parsing: bytes, at: offset) else {
          broken("the answers end in a piece of a header")
        }
        offset += FrameHeader.byteCount
        require(header.type == FrameType.response.rawValue, "a frame of type \(header.type)")
        let end = offset + Int(header.dataByteCount)
        require(end <= bytes.byteCount, "the last answer is cut off")
        body(header.streamID, bytes.extracting(offset..<end).array)
        offset = end
      }
    }
  }

  /// The message of an answer, or `nil` where it is a status.
  @_lifetime(copy data)
  private static func payload(of data: RawSpan) -> RawSpan? {
    do throws(MessageError) {
      switch try ResponseEnvelope.decode(data) {
      case .payload(let range): return data.extracting(range)
      case .failure(let status):
        require(!status.message.isEmpty, "a status says nothing")
        require(StatusCode(rawValue: status.code) != nil, "a status of code \(status.code)")
        require(status.code != StatusCode.internal.rawValue, "an internal error: \(status)")
        return nil
      }
    } catch {
      broken("an answer's envelope does not parse: \(error)")
    }
  }

  private static func check(_ method: Method, _ payload: RawSpan) {
    do throws(MessageError) {
      switch method {
      case .executeTree: _ = try ExecuteTreeResponseMessage(decoding: payload)
      case .executeBatch: _ = try ExecuteBatchResponseMessage(decoding: payload)
      case .validateTree: _ = try ValidateTreeResponseMessage(decoding: payload)
      case .healthCheck: _ = try HealthCheckResponse(decoding: payload)
      case .getServerInfo: _ = try GetServerInfoResponseMessage(decoding: payload)
      case .healthList: _ = try HealthListResponse(decoding: payload)
      case .liftQuarantine: _ = try LiftQuarantineResponse(decoding: payload)
      case .getMetrics: _ = try GetMetricsResponse(decoding: payload)
      case .setLogLevel: _ = try SetLogLevelResponse(decoding: payload)
      case .drain: _ = try DrainResponse(decoding: payload)
      case .publishTree: _ = try PublishTreeResponseMessage(decoding: payload)
      case .getTree: _ = try GetTreeResponse(decoding: payload)
      case .listTrees: _ = try ListTreesResponse(decoding: payload)
      case .listTreeVersions: _ = try ListTreeVersionsResponse(decoding: payload)
      case .activateTree: _ = try ActivateTreeResponse(decoding: payload)
      case .retireTree: _ = try RetireTreeResponse(decoding: payload)
      }
    } catch {
      broken("an answer of \(method) does not parse: \(error)")
    }
  }
}
