internal import ArgumentParser

/// Why a command ends without its answer: what to say, and how to exit.
struct Failure: Error, CustomStringConvertible {
  /// Exit codes of sysexits(3), as far as they are used here.
  enum Code: Int32 {
    case no = 1
    case usage = 64
    case badData = 65
    case noInput = 66
    case unavailable = 69
    case internalError = 70
    case timedOut = 75
    case notPermitted = 77
  }

  var code: Code
  var description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// Says it on standard error, and gives what ArgumentParser ends the program with.
  func report() -> ExitCode {
    Terminal.complain("smartflow: " + description)
    return ExitCode(code.rawValue)
  }
}

/// Runs a command's body and turns its failure into a sentence and an exit code.
func reporting(_ body: () async throws -> Void) async throws {
  do { try await body() } catch let failure as Failure { throw failure.report() }
}
