internal import Glibc

/// Ends the process where something does not hold that must; libFuzzer then keeps the input.
///
/// Not `precondition`, whose message an optimised build leaves out.
public func require(
  _ holds: Bool, _ fact: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  guard !holds else { return }
  broken(fact(), file: file, line: line)
}

/// Ends the process: what should not happen has happened.
public func broken(_ fact: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
  let text = "\n\(file):\(line): broken: \(fact)\n"
  _ = unsafe write(STDERR_FILENO, text, text.utf8.count)
  abort()
}
