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
}
