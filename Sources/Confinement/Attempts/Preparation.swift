internal import Glibc

extension Attempt.Preparation {
  /// - Returns: A descriptor or an address, or `nil` when it can't be made.
  func make() -> Int? {
    switch self {
    case .none: return 0
    case .socket(let family):
      let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
      return socket < 0 ? nil : Int(socket)
    case .program: return Self.programInMemory()
    case .page:
      // Safe: memory that nobody else has; the attempt alone uses it.
      let page = unsafe mmap(
        nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      return unsafe page == MAP_FAILED ? nil : Int(bitPattern: page)
    case .parentAddress: return Self.parentAddress()
    }
  }

  /// A memory file that holds the program `true`.
  private static func programInMemory() -> Int? {
    let file = Call.make("memfd_create", .text("attempt"), .number(0))
    // Safe: paths and buffer are used during the calls only.
    let program = unsafe open("/bin/true", O_RDONLY)
    guard file >= 0, program >= 0 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe read(program, &buffer, buffer.count)
    close(program)
    guard count > 0, unsafe write(Int32(file), buffer, count) == count else { return nil }
    return file
  }

  /// The first address of the keeper's memory.
  private static func parentAddress() -> Int? {
    // Safe: path and buffer are used during the calls only.
    let file = unsafe open("/proc/\(getppid())/maps", O_RDONLY)
    guard file >= 0 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(file, &buffer, buffer.count)
    close(file)
    let digits = buffer.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "-") }
    return Int(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
