import Foundation
import TestSupport

/// A daemon with a configuration file that a test rewrites.
struct ConfiguredDaemon {
  /// A setting, as `GetServerInfo` tells of it.
  struct Value: Equatable {
    var value: String
    /// 1 flag, 2 environment, 3 file, 4 default.
    var source: UInt64
    var place: String
    var pending: String
  }

  let folder: TemporaryFolder
  let daemon: DaemonProcess
  var path: String { folder.path("c.json") }

  init(_ text: String, environment: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    try Data(text.utf8).write(to: URL(filePath: folder.path("c.json")))
    daemon = try DaemonProcess(
      workers: 1, arguments: ["--config", folder.path("c.json")], folder: folder,
      environment: environment)
  }

  /// Rewrites the file, reloads, and waits for the end of it: an event of the log, the so-manieth.
  func reload(_ text: String?, until event: String, count: Int = 1) throws -> Bool {
    if let text {
      try Data(text.utf8).write(to: URL(filePath: path))
    } else {
      try FileManager.default.removeItem(atPath: path)
    }
    daemon.signal(SIGHUP)
    return try waitFor(event, count: count)
  }

  func waitFor(_ event: String, count: Int = 1) throws -> Bool {
    waitUntil(within: .seconds(60)) {
      ((try? daemon.logRecords(of: event).count) ?? 0) >= count
    }
  }

  /// All settings by their names.
  func configuration() throws -> [String: Value] {
    let answer = try Administrator(daemon: daemon).call("GetServerInfo", Wire.field(1, 1))
    var values: [String: Value] = [:]
    for field in try Wire.fields(of: answer.payload) where field.number == 21 {
      let fields = try Wire.fields(of: field.bytes)
      func text(_ number: UInt64) -> String { fields.first { $0.number == number }?.text ?? "" }
      values[text(1)] = Value(
        value: text(2), source: fields.first { $0.number == 3 }?.value ?? 0, place: text(4),
        pending: text(5))
    }
    return values
  }

  /// Calls in flight that a connection may have, as the workers know it.
  func streams() throws -> UInt64? {
    let answer = try Administrator(daemon: daemon).call("GetServerInfo")
    let limits = try Wire.fields(of: answer.payload).first { $0.number == 7 }
    return try Wire.fields(of: limits?.bytes ?? []).first { $0.number == 5 }?.value
  }
}
