internal import Glibc

/// Makes a Unix socket and binds it, for a test that stands in for somebody else.
///
/// - Parameters:
///   - type: Such as `SOCK_DGRAM`.
///   - name: A path, or `@` and a name in the abstract namespace.
/// - Returns: The descriptor, which is the caller's to close.
/// - Throws: ``RawConnection/Failure`` when the kernel refuses.
public func boundSocket(_ type: Int32, to name: String) throws -> Int32 {
  let descriptor = socket(AF_UNIX, type, 0)
  guard descriptor >= 0 else { throw RawConnection.Failure.call("socket", errno: errno) }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  var bytes = Array(name.utf8)
  guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
    close(descriptor)
    throw RawConnection.Failure.pathTooLong(bytes.count)
  }
  // An abstract name begins with a zero byte, and ends where the address does.
  if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  let byteCount = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
  let result = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, byteCount) }
  }
  guard result == 0 else {
    let code = errno
    close(descriptor)
    throw RawConnection.Failure.call("bind", errno: code)
  }
  return descriptor
}
