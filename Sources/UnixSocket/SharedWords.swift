internal import Glibc
internal import Synchronization

/// Words of memory that several processes see, each written by one of them.
///
/// Readers see each word whole, and words in no particular order: made for counters and marks. Words that
/// belong together go by ``publish(_:at:sequence:)`` and ``snapshot(of:at:)``.
@safe public struct SharedWords: ~Copyable, @unchecked Sendable {
  /// The memory's file, to be handed to other processes.
  public var descriptor: Descriptor { _read { yield mapping.descriptor } }
  /// How many words there are.
  public let count: Int
  private let mapping: MemoryMapping
  /// The mapping's own memory, as what it holds.
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
    let byteCount = count * MemoryLayout<UInt64>.stride
    mapping = try MemoryMapping(
      creating: name, fileBytes: byteCount, byteCount: byteCount, othersMayWrite: othersMayWrite)
    // Safe: an atomic word is laid out as the word, and any bits are one.
    unsafe words = mapping.start.bindMemory(to: Atomic<UInt64>.self, capacity: count)
    self.count = count
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
    let byteCount = count * MemoryLayout<UInt64>.stride
    // A mapping past the file's end would end the process at the first look.
    guard try descriptor.fileStatus().byteCount >= UInt64(byteCount), count > 0 else {
      throw SystemError(call: "mmap", code: EINVAL)
    }
    mapping = try MemoryMapping(
      mapping: descriptor, byteCount: byteCount, isWritable: isWritable)
    // Safe: an atomic word is laid out as the word, and any bits are one.
    unsafe words = mapping.start.bindMemory(to: Atomic<UInt64>.self, capacity: count)
    self.count = count
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

  /// Writes words that belong together behind a word that counts their changes; the one writer's side of a
  /// sequence lock.
  ///
  /// - Parameters:
  ///   - values: The words, which begin behind the counting one.
  ///   - index: The counting word; odd while the others change.
  ///   - sequence: What the counting word holds, kept by the writer, who so reads nothing from memory that
  ///     others could have spoilt.
  public func publish(_ values: Span<UInt64>, at index: Int, sequence: inout UInt64) {
    precondition(index >= 0 && values.count < count - index, "no such words")
    // Safe, all of them: the range was checked. Where the processor keeps the order of stores, as x86 does, the
    // fence binds the compiler alone.
    unsafe words[index].store(sequence &+ 1, ordering: .relaxed)
    atomicMemoryFence(ordering: .releasing)
    for offset in values.indices {
      unsafe words[index + 1 + offset].store(values[offset], ordering: .relaxed)
    }
    sequence &+= 2
    unsafe words[index].store(sequence, ordering: .releasing)
  }

  /// Reads words that were written by ``publish(_:at:sequence:)``.
  ///
  /// - Parameters:
  ///   - wanted: How many words behind the counting one.
  ///   - index: The counting word.
  /// - Returns: The count of changes and the words as one change left them; `nil` when the writer was at it
  ///   each time, or stopped in the middle. Never waits for the writer.
  public func snapshot(of wanted: Int, at index: Int) -> (sequence: UInt64, values: [UInt64])? {
    precondition(index >= 0 && wanted >= 0 && wanted < count - index, "no such words")
    for _ in 0..<Self.snapshotAttempts {
      // Safe, all of them: the range was checked.
      let before = unsafe words[index].load(ordering: .acquiring)
      guard before & 1 == 0 else { continue }
      let values = (0..<wanted).map { unsafe words[index + 1 + $0].load(ordering: .relaxed) }
      atomicMemoryFence(ordering: .acquiring)
      if unsafe words[index].load(ordering: .relaxed) == before { return (before, values) }
    }
    return nil
  }

  /// A writer is at it for nanoseconds; one that is met so often is stopped, or makes fun of us.
  private static let snapshotAttempts = 8
}
