internal import CLinux
internal import Glibc
internal import Synchronization

/// Words of memory that several processes see, each written by one of them.
///
/// Readers see each word whole, and words in no particular order: made for counters and marks.
@safe public struct SharedWords: ~Copyable, @unchecked Sendable {
  /// The memory's file, to be handed to other processes.
  public let descriptor: Descriptor
  /// How many words there are.
  public let count: Int
  private let words: UnsafeMutablePointer<Atomic<UInt64>>

  /// Makes memory of so many words, all zero, whose size nobody can change any more.
  ///
  /// A process that could shorten the file would end every other that looks at it: a mapping past the file's
  /// end is SIGBUS.
  ///
  /// - Parameters:
  ///   - name: What `/proc` shows.
  ///   - count: Words, at least one.
  ///   - othersMayWrite: Whether a process that gets the file may map it for writing. Otherwise this mapping
  ///     stays the only one that writes.
  /// - Throws: ``SystemError`` when the kernel refuses.
  public init(
    creating name: String, count: Int, othersMayWrite: Bool = true
  ) throws(SystemError) {
    // Safe: the name is read during the call only.
    let file = unsafe clinux_memory_file(name, count * MemoryLayout<UInt64>.stride)
    guard file >= 0 else { throw SystemError("memfd_create", name) }
    let descriptor = Descriptor(owning: file)
    // Safe: the memory is unmapped here, or by deinit.
    let words = unsafe try Self.map(descriptor, count: count, isWritable: true)
    // After the mapping: it may go on writing, a later one may not.
    let seals = Seal.size | (othersMayWrite ? 0 : Seal.futureWrite) | Seal.seal
    guard fcntl(file, Seal.add, seals) == 0 else {
      let error = SystemError("fcntl", name)
      unsafe munmap(words, count * MemoryLayout<UInt64>.stride)
      throw error
    }
    unsafe self.words = words
    self.count = count
    self.descriptor = descriptor
  }

  /// Numbers of fcntl(2), which Swift's Glibc module leaves out.
  private enum Seal {
    static let add: Int32 = 1033
    static let seal: Int32 = 0x01
    static let size: Int32 = 0x02 | 0x04
    static let futureWrite: Int32 = 0x10
  }

  /// Maps memory that another process made.
  ///
  /// - Parameters:
  ///   - descriptor: The memory's file.
  ///   - count: How many words are wanted; the file must hold as many.
  ///   - isWritable: Whether this process is the one that writes.
  /// - Throws: ``SystemError`` when the file is too short, or the kernel refuses.
  public init(
    mapping descriptor: consuming Descriptor, count: Int, isWritable: Bool
  ) throws(SystemError) {
    // Safe: unmapped by deinit.
    unsafe words = try Self.map(descriptor, count: count, isWritable: isWritable)
    self.count = count
    self.descriptor = descriptor
  }

  @unsafe private static func map(
    _ descriptor: borrowing Descriptor, count: Int, isWritable: Bool
  ) throws(SystemError) -> UnsafeMutablePointer<Atomic<UInt64>> {
    let byteCount = count * MemoryLayout<UInt64>.stride
    var status = stat()
    // Safe: the structure is written during the call only.
    guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw SystemError("fstat") }
    // A mapping past the file's end would end the process at the first look.
    guard status.st_size >= byteCount, count > 0 else {
      throw SystemError(call: "mmap", code: EINVAL)
    }
    let memory = unsafe mmap(
      nil, byteCount, isWritable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED,
      descriptor.rawValue, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      throw SystemError("mmap")
    }
    // Safe: an atomic word is laid out as the word, and any bits are one.
    return unsafe memory.bindMemory(to: Atomic<UInt64>.self, capacity: count)
  }

  deinit {
    // Safe: mapped by init, and nobody keeps the pointer.
    unsafe munmap(words, count * MemoryLayout<UInt64>.stride)
  }

  /// A word, as it stands now; writing needs a writable mapping.
  public subscript(index: Int) -> UInt64 {
    get {
      precondition(index >= 0 && index < count, "no such word")
      // Safe: the index was checked.
      return unsafe words[index].load(ordering: .relaxed)
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "no such word")
      // Safe: the index was checked.
      unsafe words[index].store(newValue, ordering: .relaxed)
    }
  }
}
