internal import CLinux
internal import Glibc

/// Standard input, output and error.
public enum StandardDescriptors {
  /// Opens `/dev/null` for each of the three that the process was started without.
  ///
  /// Otherwise the next socket would get its number, and what is meant for standard error would be written
  /// into that socket. To be called first of all.
  public static func open() throws(SystemError) {
    while true {
      // Safe: the path is read during the call only. Open in programs that this one starts, as the three are.
      let descriptor = unsafe Glibc.open("/dev/null", O_RDWR)
      guard descriptor >= 0 else { throw SystemError("open", "/dev/null") }
      if descriptor > STDERR_FILENO {
        close(descriptor)
        return
      }
    }
  }

  /// Puts `/dev/null` in the place of standard input and output.
  ///
  /// For a process that uses neither: otherwise it holds a terminal, or a file, of whoever started it.
  public static func leaveInputAndOutput() throws(SystemError) {
    // Safe: the path is read during the call only.
    let descriptor = unsafe Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open", "/dev/null") }
    defer { close(descriptor) }
    for standard in [STDIN_FILENO, STDOUT_FILENO] {
      guard dup2(descriptor, standard) == standard else { throw SystemError("dup2") }
    }
  }
}

extension Descriptor {
  /// Closes every descriptor of the process from a number on, whoever opened it.
  ///
  /// To be called before the process has opened any of its own.
  public static func closeAll(from lowest: Int32) throws(SystemError) {
    guard clinux_close_from(UInt32(lowest)) == 0 else { throw SystemError("close_range") }
  }
}
