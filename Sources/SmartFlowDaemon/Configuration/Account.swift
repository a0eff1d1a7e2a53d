internal import Glibc

/// Users and groups of the system, by name or number.
enum Account {
  /// A group's number.
  ///
  /// - Throws: ``ConfigurationFailure`` when there is none.
  static func group(
    _ text: String, of setting: Setting, in configuration: Configuration
  ) throws(ConfigurationFailure) -> UInt32 {
    // The highest number stands for nobody in the kernel's calls.
    if let number = UInt32(text), number != .max { return number }
    // Safe: the entry is read before anything else could ask for another.
    guard let entry = unsafe getgrnam(text) else {
      throw configuration.failure(
        setting, reason: .noAccount("`\(text)` is no group here; name one that is"))
    }
    return unsafe entry.pointee.gr_gid
  }

  /// A user's number and group; a number that nobody has here is taken for the group's, too.
  ///
  /// - Throws: ``ConfigurationFailure`` when there is none.
  static func user(
    _ text: String, of setting: Setting, in configuration: Configuration
  ) throws(ConfigurationFailure) -> (id: UInt32, group: UInt32) {
    // Safe: the entry is read before anything else could ask for another, here and below.
    if let id = UInt32(text), id != .max {
      guard let entry = unsafe getpwuid(id) else { return (id, id) }
      return (id, unsafe entry.pointee.pw_gid)
    }
    guard let entry = unsafe getpwnam(text) else {
      throw configuration.failure(
        setting, reason: .noAccount("`\(text)` is no user here; name one that is"))
    }
    return unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
  }

  /// A user's name; empty where the number has none.
  static func name(of user: UInt32) -> String {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    // Safe: all is written during the call only, and the name is copied while the buffer is there. The reentrant
    // call, since the store has a thread of its own.
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
      guard let start = buffer.baseAddress,
        unsafe getpwuid_r(user, &entry, start, buffer.count, &found) == 0,
        let name = unsafe found?.pointee.pw_name
      else { return "" }
      return unsafe String(cString: name)
    }
  }
}
