import ArgumentParser
import Foundation
import TestSupport

@testable import SmartFlowDaemon

/// A daemon's settings by what a test says: flags, variables, and the text of a file.
struct Asked {
  var flags: [String] = []
  var variables: [String: String] = [:]
  var file: String?

  /// What it comes to.
  ///
  /// - Throws: ``ConfigurationFailure``, or what the command line's parser throws.
  func settings(running: DaemonSettings? = nil) throws -> DaemonSettings {
    let folder = try TemporaryFolder()
    let path = folder.path("c.json")
    if let file { try file.write(toFile: path, atomically: true, encoding: .utf8) }
    var sources = try sources()
    sources.path = file == nil ? nil : path
    return try sources.settings(running: running)
  }

  func sources() throws -> ConfigurationSources {
    let options = try FlagOptions.parse(flags)
    let variables = ["SMARTFLOW_SOCKET": "/tmp/v.sock", "SMARTFLOW_STATE_DIRECTORY": "/tmp/v"]
      .merging(variables) { $1 }
    return ConfigurationSources(flags: options.given, environment: { variables[$0] })
  }

  /// Everything that is wrong with it, the folder of the file left out.
  func flaws() throws -> [String] {
    do {
      _ = try settings()
      return []
    } catch let failure as ConfigurationFailure {
      return failure.flaws.map { flaw in
        guard case .file(_, let position) = flaw.origin else { return flaw.description }
        var flaw = flaw
        flaw.origin = .file("c.json", position)
        return flaw.description
      }
    }
  }

  /// The exit status of a daemon that is to start with it.
  func exitStatus() throws -> Int32 {
    do {
      _ = try settings()
      return 0
    } catch let failure as ConfigurationFailure { return failure.exitStatus }
  }
}
