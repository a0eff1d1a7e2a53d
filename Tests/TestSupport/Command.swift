import Foundation

/// Runs the command as a shell would.
///
/// - Parameters:
///   - arguments: What stands behind its name.
///   - input: Its standard input.
///   - endpoint: What `SMARTFLOW_ENDPOINT` says; unset when `nil`.
///   - variables: What else the environment says.
/// - Returns: Its exit status and what it wrote.
/// - Throws: When it can not be run.
public func smartflow(
  _ arguments: [String], input: String = "", endpoint: String? = nil,
  variables: [String: String] = [:]
) throws -> (status: Int32, output: String, errors: String) {
  let process = Process()
  process.executableURL = try DaemonProcess.programFolder().appending(path: "smartflow")
  process.arguments = arguments
  var environment = ProcessInfo.processInfo.environment
  environment["SMARTFLOW_ENDPOINT"] = endpoint
  environment.merge(variables) { $1 }
  process.environment = environment
  let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
  process.standardInput = standardInput
  process.standardOutput = output
  process.standardError = errors
  try process.run()
  try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
  try standardInput.fileHandleForWriting.close()
  let text = output.fileHandleForReading.readDataToEndOfFile()
  let complaints = errors.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (
    process.terminationStatus, String(decoding: text, as: UTF8.self),
    String(decoding: complaints, as: UTF8.self)
  )
}
