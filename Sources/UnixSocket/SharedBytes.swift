internal import Glibc

/// Memory that several processes see as bytes: a file without a name, mapped up to what it may grow to.
///
/// Nothing here orders one process's writes before another's reads; whoever shares bytes says so by
/// ``SharedWords/publish(_:at:sequence:)`` or by a message, which do.
public struct SharedBytes: ~Copyable, Sendable {
  /// The memory's file, to be handed to other processes.
  public var descriptor: Descriptor { _read { yield mapping.descriptor } }
  /// How many bytes it may come to.
  public let capacity: Int
  private let mapping: MemoryMapping

  /// Makes memory of so many bytes, all zero, which nobody can make smaller any more.
  ///
  /// - Parameters:
  ///   - name: What `/proc` shows.
  ///   - byteCount: Bytes that are there, at most `capacity`.
  ///   - capacity: Bytes that it may grow to, by ``grow(to:)``. Only address space is taken for them.
  ///   - othersMayWrite: Whether a process that gets the file may map it for writing. Otherwise this mapping
  ///     stays the only one that writes.
  /// - Throws: ``SystemError`` when the kernel refuses.
  public init(
    creating name: String, byteCount: Int, capacity: Int, othersMayWrite: Bool
  ) throws(SystemError) {
    precondition(byteCount >= 0 && byteCount <= capacity && capacity > 0, "no such size")
    mapping = try MemoryMapping(
      creating: name, fileBytes: byteCount, byteCount: capacity, othersMayWrite: othersMayWrite)
    self.capacity = capacity
  }

  /// Maps memory that another process made.
  ///
  /// - Parameters:
  ///   - descriptor: The memory's file.
  ///   - capacity: What it was made with; what is read of it has to be there.
  ///   - isWritable: Whether this process may write too.
  /// - Throws: ``SystemError`` when the kernel refuses.
  public init(
    mapping descriptor: consuming Descriptor, capacity: Int, isWritable: Bool
  ) throws(SystemError) {
    mapping = try MemoryMapping(
      mapping: descriptor, byteCount: capacity, isWritable: isWritable)
    self.capacity = capacity
  }

  /// Makes it larger; only the process that made it does.
  ///
  /// - Parameter byteCount: Bytes there are to be, at most ``capacity``.
  /// - Throws: ``SystemError`` when the kernel has no memory for it.
  public func grow(to byteCount: Int) throws(SystemError) {
    precondition(byteCount <= capacity, "more than was mapped")
    guard ftruncate(descriptor.rawValue, byteCount) == 0 else { throw SystemError("ftruncate") }
    // The pages are taken now, where that can be refused, and not at the first write, where it is SIGBUS.
    let code = posix_fallocate(descriptor.rawValue, 0, byteCount)
    guard code == 0 else { throw SystemError(call: "posix_fallocate", code: code) }
  }

  /// Writes bytes to a place that is there.
  public func write(_ bytes: RawSpan, at offset: Int) {
    precondition(offset >= 0 && bytes.byteCount <= capacity - offset, "no such bytes")
    // Safe: the range was checked, and both are read and written during the call only.
    unsafe bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe (mapping.start + offset).copyMemory(from: start, byteCount: source.count)
    }
  }

  /// Lends bytes that are there.
  ///
  /// - Parameters:
  ///   - range: Which; the file must hold them.
  ///   - body: What reads them. They may change under it when another process writes them meanwhile.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= capacity, "no such bytes")
    // Safe: the range was checked, and the span ends with the call.
    let span = unsafe RawSpan(
      _unsafeStart: UnsafeRawPointer(mapping.start + range.lowerBound), byteCount: range.count)
    return try body(span)
  }

  /// A word of 32 bits, the lowest byte first.
  public func word(at offset: Int) -> UInt32 {
    precondition(offset >= 0 && offset <= capacity - 4, "no such word")
    // Safe: the place was checked.
    return unsafe UInt32(
      littleEndian: mapping.start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// A word of 64 bits, the lowest byte first.
  public func longWord(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= capacity - 8, "no such word")
    // Safe: the place was checked.
    return unsafe UInt64(
      littleEndian: mapping.start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
