import FuzzSupport
import SmartFlowMessages

/// Both envelopes: read in place, read by protobuf-c, written and read again.
///
/// The first byte says which one it is.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    let bytes = input.behind(1)
    if input.setting(0) & 1 == 0 { readRequest(bytes) } else { readResponse(bytes) }
  }
}

// MARK: Requests

/// All that an envelope says.
private struct Request: Equatable {
  var service: [UInt8]
  var method: [UInt8]
  var payload: [UInt8]
  var timeoutNanoseconds: Int64
  var traceparent: String?
  var tracestate: String?
  var requestID: String?

  init(_ envelope: RequestEnvelope, in bytes: RawSpan) {
    service = Array(envelope.service(in: bytes).utf8)
    method = Array(envelope.methodName(in: bytes).utf8)
    payload = bytes.extracting(envelope.payload).array
    timeoutNanoseconds = envelope.timeoutNanoseconds
    traceparent = envelope.traceparent(in: bytes)
    tracestate = envelope.tracestate(in: bytes)
    requestID = envelope.requestID(in: bytes)
    let named = Method.allCases.first {
      Array($0.service.utf8) == service && Array($0.name.utf8) == method
    }
    require(envelope.method == named, "the method is not the one that is named")
  }

  /// The envelope as a client would write it.
  func append(to output: inout [UInt8]) {
    let metadata = [
      ("Traceparent", traceparent), ("tracestate", tracestate), ("X-REQUEST-ID", requestID),
    ]
    RequestEnvelopeMessage.append(
      service: String(decoding: service, as: UTF8.self),
      method: String(decoding: method, as: UTF8.self), timeoutNanoseconds: timeoutNanoseconds,
      metadata: metadata.compactMap { key, value in value.map { (key, $0) } }, to: &output
    ) { $0 += payload }
  }
}

private func readRequest(_ bytes: RawSpan) {
  let reference = ReferenceRequest(bytes)
  do throws(MessageError) {
    let request = Request(try RequestEnvelope(decoding: bytes), in: bytes)
    if let reference {
      reference.check(request.service, request.method, request.payload, request.timeoutNanoseconds)
    }
    var written: [UInt8] = []
    request.append(to: &written)
    written.withExactBytes { bytes in
      do throws(MessageError) {
        let again = Request(try RequestEnvelope(decoding: bytes), in: bytes)
        require(again == request, "written again it is \(again), not \(request)")
      } catch {
        broken("an envelope that was written does not parse: \(error)")
      }
    }
  } catch {
    check(error)
    switch error {
    // protobuf-c takes a field's number 0 for one that it does not know, and cuts a number's bits off.
    case .malformed(_, .fieldNumber), .malformed(_, .varintOverflow): break
    case .malformed: require(reference == nil, "protobuf-c reads it: \(error)")
    default: break
    }
  }
}

private func check(_ error: MessageError) {
  require(!error.description.isEmpty, "an error says nothing")
  if case .malformed(_, .refused) = error {
    broken("protobuf-c refuses what the check lets pass")
  }
}

// MARK: Responses

private func readResponse(_ bytes: RawSpan) {
  do throws(MessageError) {
    let outcome = try ResponseEnvelope.decode(bytes)
    var written: [UInt8] = []
    switch outcome {
    case .payload(let range):
      let payload = bytes.extracting(range).array
      ResponseEnvelope.append(to: &written) { $0 += payload }
      require(reread(written) == .payload(written.count - payload.count..<written.count), "moved")
      require(written.suffix(payload.count) == payload[...], "the payload is another")
    case .failure(let status):
      require(status.code != 0, "a failure that is OK")
      ResponseEnvelope.append(status, to: &written)
      require(reread(written) == outcome, "written again it is another failure than \(status)")
    }
  } catch {
    check(error)
  }
}

private func reread(_ written: [UInt8]) -> ResponseEnvelope.Outcome {
  written.withExactBytes { bytes in
    do throws(MessageError) {
      return try ResponseEnvelope.decode(bytes)
    } catch {
      broken("an envelope that was written does not parse: \(error)")
    }
  }
}
