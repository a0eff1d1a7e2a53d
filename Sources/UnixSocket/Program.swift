internal import CLinux
internal import Glibc

/// The program that a process runs.
public enum Program {
  /// Makes this process run another program: execv(2).
  ///
  /// The process stays the same, with its children and with the descriptors that are inherited; see
  /// ``Descriptor/setInherited(_:_:)``. Everything else of the program that runs now is gone.
  ///
  /// - Parameters:
  ///   - path: The program's file.
  ///   - arguments: Its arguments, the first of which is its name.
  /// - Returns: Why the kernel refused; otherwise it does not return.
  public static func become(_ path: String, arguments: [String]) -> SystemError {
    let code = unsafe withCStrings(arguments) { pointers in
      // Safe: path and arguments are read during the call only.
      unsafe clinux_become(path, pointers)
    }
    return SystemError(call: "exec", code: code, subject: path)
  }
}

/// Lends texts as C has them, with a null pointer behind the last.
@unsafe func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let copies = unsafe texts.map { unsafe UnsafePointer<CChar>(strdup($0)) } + [nil]
  defer {
    var index = 0
    while unsafe index < copies.count {
      unsafe free(UnsafeMutablePointer(mutating: copies[index]))
      index += 1
    }
  }
  return unsafe copies.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("an array of one at least") }
    return unsafe body(base)
  }
}
