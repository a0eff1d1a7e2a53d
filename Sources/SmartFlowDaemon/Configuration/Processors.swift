internal import UnixSocket

/// How many processors this process may use: those it may run on, and of them as many as its control groups pay for.
enum Processors {
  /// - Returns: At least 1.
  static func available() -> Int {
    let granted = controlGroups().compactMap { quota(inText: text(of: $0 + "/cpu.max")) }.min()
    return max(1, min(SystemProcessors.allowed, granted ?? .max))
  }

  /// The folders of the group that this process is in and of those around it, of cgroups(7)'s version 2.
  private static func controlGroups() -> [String] {
    folders(inText: text(of: "/proc/self/cgroup"))
  }

  static func folders(inText text: String) -> [String] {
    let line = text.split(separator: "\n").first { $0.hasPrefix("0::/") }
    guard let path = line?.dropFirst(4) else { return [] }
    let names = path.split(separator: "/")
    return (0...names.count).map { count in
      (["/sys/fs/cgroup"] + names.prefix(count).map { String($0) }).joined(separator: "/")
    }
  }

  /// Processors that a `cpu.max` pays for, rounded up; `nil` where it sets no limit.
  static func quota(inText text: String) -> Int? {
    let numbers = text.split { $0 == " " || $0 == "\n" }.map { Int($0) }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0
    else { return nil }
    return 1 + (quota - 1) / period
  }

  /// A small file of the kernel's; nothing where there is none.
  private static func text(of path: String) -> String {
    var bytes: [UInt8] = []
    do throws(SystemError) {
      try Descriptor.open(path, .read).read(at: 0, count: 4096, into: &bytes)
    } catch {
      // A machine without such groups, or one that hides them.
      return ""
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
