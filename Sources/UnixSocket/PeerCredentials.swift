internal import CLinux
internal import Glibc

/// Who is at the other end of a connection, as the kernel knows it.
public struct PeerCredentials: Equatable, Sendable {
  /// Process, user and group when the connection was made.
  public var processID: Int32
  /// The user.
  public var userID: UInt32
  /// The user's group.
  public var groupID: UInt32

  /// Asks the kernel; socket(7) `SO_PEERCRED`.
  public init(of descriptor: borrowing Descriptor) throws(SystemError) {
    var credentials = clinux_credentials()
    // Safe: the structure is written during the call only.
    guard unsafe clinux_peer_credentials(descriptor.rawValue, &credentials) == 0 else {
      throw SystemError("getsockopt")
    }
    processID = credentials.process
    userID = credentials.user
    groupID = credentials.group
  }

  /// The groups that the peer was in besides its own one when the connection was made; socket(7)
  /// `SO_PEERGROUPS`.
  ///
  /// - Throws: ``SystemError`` when the kernel does not say.
  public static func otherGroups(
    of descriptor: borrowing Descriptor
  ) throws(SystemError) -> [UInt32] {
    var groups = [UInt32](repeating: 0, count: usualGroups)
    while true {
      var count = UInt32(groups.count)
      // Safe: the array is as long as it says, and written during the call only.
      if unsafe clinux_peer_groups(descriptor.rawValue, &groups, &count) == 0 {
        return Array(groups.prefix(Int(count)))
      }
      // The kernel has said how many there are; it knows no more than 65,536.
      guard errno == ERANGE, Int(count) > groups.count, Int(count) <= 1 << 16 else {
        throw SystemError("getsockopt")
      }
      groups = [UInt32](repeating: 0, count: Int(count))
    }
  }

  /// More groups than a user mostly is in.
  private static let usualGroups = 64
}
