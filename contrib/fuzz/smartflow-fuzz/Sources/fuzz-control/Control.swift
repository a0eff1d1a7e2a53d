import FuzzSupport
import UnixSocket
import WorkerLink

/// What keeper and worker read of each other, and what a client is told of its endpoint.
///
/// The first byte says what it is.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    let bytes = input.behind(1).array
    switch input.setting(0) & 3 {
    case 0: readControl(bytes)
    case 1: readLog(bytes)
    case 2: readSettings(String(decoding: bytes, as: UTF8.self))
    default: readEndpoint(String(decoding: bytes, as: UTF8.self))
    }
  }
}

/// A packet is a message or none, and every message is one packet.
private func readControl(_ bytes: [UInt8]) {
  // As the loop reads it: a part of its buffer, which does not begin at 0.
  guard let message = ControlMessage(parsing: ([7] + bytes)[1...]) else { return }
  require(message.bytes == bytes, "\(message) is other bytes")
}

/// The lines of a packet are what it was made of, up to where it is broken.
private func readLog(_ bytes: [UInt8]) {
  let lines = LogRecord.lines(in: ([7] + bytes)[1...])
  var packet: [UInt8] = []
  for (index, line) in lines.enumerated() {
    guard let line else {
      require(index == lines.count - 1, "lines behind what is no line")
      require(packet.count < bytes.count && bytes.starts(with: packet), "the lines are others")
      return
    }
    require(line.count <= LogRecord.lineBytes, "a line of \(line.count) bytes")
    require(!line.contains(0x0A), "a line that is two")
    require(LogRecord.append(Array(line), to: &packet), "a line that is refused when written")
  }
  require(packet == bytes, "the lines are others than those of the packet")
}

/// Settings are their arguments.
private func readSettings(_ text: String) {
  let arguments = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  do throws(LaunchSettings.Failure) {
    let settings = try LaunchSettings(parsing: arguments)
    let again = try LaunchSettings(parsing: settings.arguments)
    require(again == settings, "the settings' own arguments are others")
  } catch {
    require(!error.description.isEmpty, "a failure says nothing")
  }
}

/// An endpoint is its description.
private func readEndpoint(_ text: String) {
  do throws(Endpoint.Failure) {
    let endpoint = try Endpoint(parsing: text)
    let again: Endpoint
    do throws(Endpoint.Failure) {
      again = try Endpoint(parsing: endpoint.description)
    } catch {
      broken("`\(endpoint)` is not read again: \(error)")
    }
    require(again == endpoint, "`\(text)` is `\(endpoint)`, and that is `\(again)`")
  } catch {
    require(!error.description.isEmpty, "a failure says nothing")
  }
}
