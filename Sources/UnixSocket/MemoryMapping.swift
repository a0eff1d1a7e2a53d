internal import CLinux
internal import Glibc

/// Memory that several processes see: a file without a name, and where it is mapped.
@safe struct MemoryMapping: ~Copyable, @unchecked Sendable {
  /// The memory's file, to be handed to other processes.
  let descriptor: Descriptor
  let start: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Makes memory, all zero, which nobody can make smaller any more, or larger where all of it is there.
  ///
  /// A process that could shorten the file would end every other that looks at it: a mapping past the file's
  /// end is SIGBUS.
  ///
  /// - Parameters:
  ///   - name: What `/proc` shows.
  ///   - fileBytes: Bytes that are there.
  ///   - byteCount: Bytes that are mapped, for a file that grows.
  ///   - othersMayWrite: Whether a process that gets the file may map it for writing. Otherwise this mapping
  ///     stays the only one that writes.
  /// - Throws: ``SystemError`` when the kernel refuses.
  init(
    creating name: String, fileBytes: Int, byteCount: Int, othersMayWrite: Bool
  ) throws(SystemError) {
    // Safe: the name is read during the call only.
    let file = unsafe clinux_memory_file(name, fileBytes)
    guard file >= 0 else { throw SystemError("memfd_create", name) }
    let descriptor = Descriptor(owning: file)
    // Safe: unmapped here, or by deinit.
    let start = unsafe try Self.map(descriptor, byteCount, isWritable: true)
    // After the mapping: it may go on writing, a later one may not.
    let seals =
      Seal.shrink | (fileBytes == byteCount ? Seal.grow : 0)
      | (othersMayWrite ? 0 : Seal.futureWrite) | Seal.seal
    guard fcntl(file, Seal.add, seals) == 0 else {
      let error = SystemError("fcntl", name)
      unsafe munmap(start, byteCount)
      throw error
    }
    unsafe self.start = unsafe start
    self.byteCount = byteCount
    self.descriptor = descriptor
  }

  /// Maps memory that another process made.
  ///
  /// - Throws: ``SystemError`` when the kernel refuses.
  init(
    mapping descriptor: consuming Descriptor, byteCount: Int, isWritable: Bool
  ) throws(SystemError) {
    // Safe: unmapped by deinit.
    unsafe start = try Self.map(descriptor, byteCount, isWritable: isWritable)
    self.byteCount = byteCount
    self.descriptor = descriptor
  }

  deinit {
    // Safe: mapped by init, and nobody keeps the pointer.
    unsafe munmap(start, byteCount)
  }

  /// Numbers of fcntl(2), which Swift's Glibc module leaves out.
  private enum Seal {
    static let add: Int32 = 1033
    static let seal: Int32 = 0x01
    static let shrink: Int32 = 0x02
    static let grow: Int32 = 0x04
    static let futureWrite: Int32 = 0x10
  }

  @unsafe private static func map(
    _ descriptor: borrowing Descriptor, _ byteCount: Int, isWritable: Bool
  ) throws(SystemError) -> UnsafeMutableRawPointer {
    let memory = unsafe mmap(
      nil, byteCount, isWritable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED,
      descriptor.rawValue, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      throw SystemError("mmap")
    }
    return unsafe memory
  }
}
