import FuzzSupport
import SmartFlowMessages

/// Every message that comes from a peer; the first byte says which.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    let bytes = input.behind(1)
    var arena = MessageArena()
    do throws(MessageError) {
      switch input.setting(0) % 12 {
      case 0: try Requests.executeTree(bytes, &arena)
      case 1: try Requests.executeBatch(bytes)
      case 2: try Requests.validateTree(bytes, &arena)
      case 3: try Requests.healthCheck(bytes, &arena)
      case 4: _ = try GetServerInfoRequest(decoding: bytes, in: &arena)
      case 5: try response(ExecuteTreeResponseMessage.self, bytes, &arena)
      case 6: try response(ExecuteBatchResponseMessage.self, bytes, &arena)
      case 7: try response(ValidateTreeResponseMessage.self, bytes, &arena)
      case 8: try response(HealthCheckResponse.self, bytes, &arena)
      case 9: try response(GetServerInfoResponseMessage.self, bytes, &arena)
      case 10: try status(bytes)
      // The commonest message once more.
      default: try Requests.executeTree(bytes, &arena)
      }
    } catch {
      check(error)
    }
    require(arena.capacityBytes <= 2 * MessageLimits.arenaBytes, "the arena is over its limit")
  }
}

private func check(_ error: MessageError) {
  require(!error.description.isEmpty, "an error says nothing")
  if case .malformed(_, .refused) = error {
    broken("protobuf-c refuses what the check lets pass")
  }
}

/// A response that was read is written and read as the same.
private func response<Response: ResponseMessage>(
  _ type: Response.Type, _ bytes: RawSpan, _ arena: inout MessageArena
) throws(MessageError) {
  let response = try Response(decoding: bytes, in: &arena)
  var written: [UInt8] = []
  response.append(to: &written)
  written.withExactBytes { bytes in
    do throws(MessageError) {
      // The same arena again, as a client uses it.
      let again = try Response(decoding: bytes, in: &arena)
      require(again == response, "written again it is \(again), not \(response)")
      var second: [UInt8] = []
      again.append(to: &second)
      require(second == written, "the same response is other bytes")
    } catch {
      broken("a response that was written does not parse: \(error)")
    }
  }
}

private func status(_ bytes: RawSpan) throws(MessageError) {
  let status = try RPCStatus(decoding: bytes)
  for detail in status.details { try execution(in: detail) }
  var written: [UInt8] = []
  status.append(to: &written)
  written.withExactBytes { bytes in
    do throws(MessageError) {
      let again = try RPCStatus(decoding: bytes)
      require(again == status, "written again it is \(again), not \(status)")
    } catch {
      broken("a status that was written does not parse: \(error)")
    }
  }
}

/// An execution among the details is read on demand, and is then written and read as the same.
private func execution(in detail: StatusDetail) throws(MessageError) {
  guard let execution = try detail.execution() else { return }
  let written = StatusDetail.execution { execution.append(to: &$0) }
  do throws(MessageError) {
    let again = try written.execution()
    require(again == execution, "written again it is another execution than \(execution)")
  } catch {
    broken("an execution that was written does not parse: \(error)")
  }
}
